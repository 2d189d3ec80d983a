// Pictures that cannot be computed here, as data URIs; aliaslab/figures/pictures.py makes them.
export const PICTURES = {};
