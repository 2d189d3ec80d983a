// Pictures that cannot be computed here, as data URIs; aliaslab.figures.interactive fills them in.
export const PICTURES = {};
