"""The audit: every resize measured, ranked, and judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from . import backends
from .resizing import check_factor, downsample, resize
from .responses import DST, decibel, edge_ringing, pass_band, send_waves, stop_band

if TYPE_CHECKING:
    import pandas as pd

USE_DB, BAN_DB = -10.0, -5.0
"""Verdicts: the power that folds onto each output frequency, relative to the power that belongs there."""
_POINTS = 8
_TIMED_SIDE = 512
_PATIENCE = 0.04
"""Seconds after which a method is not timed again: the slow ones would take most of the audit."""
COLUMNS = ("method", "factor", "alias_db", "passband_db", "ringing", "ms", "verdict")


def alias_limit_db(factor: float, folded_db: float = BAN_DB) -> float:
    """The ``alias_db`` at which white noise folds to ``folded_db`` of the power that belongs there.

    ``factor - 1`` times as many frequencies fold as survive, so the same ``alias_db`` does more harm at a
    larger factor: ``folded_db = alias_db + 10 log10(factor - 1)``.  With this, one limit serves every
    factor: a box stays between -7.4 and -6.4 dB of folded power from factor 2 to any other.

    >>> [round(alias_limit_db(factor), 1) for factor in (2, 4, 8)]
    [-5.0, -9.8, -13.5]
    """
    return folded_db - 10 * float(np.log10(max(factor - 1, 1.0)))


def audit(
    factors: Iterable[float] = (2, 4, 8),
    methods: Iterable[str] | None = None,
    images: Mapping[str, NDArray] | Sequence[NDArray] | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Measure resize methods and rank them: least alias power first, factor by factor.

    Parameters
    ----------
    factors : how many times smaller, each above 1.
    methods : names that :func:`~aliaslab.methods` lists; by default all that are available here.
    images : pictures to judge the methods on as well, by name or in order; float, ``(H, W)`` or
        ``(H, W, C)``.
    progress : called as ``progress(done, total)`` after each measurement.

    Returns
    -------
    Table with one row per factor and method and the columns

    - ``method``, ``factor``;
    - ``alias_db``: alias power, the mean of ``|H(f)|^2`` over the frequencies above the new Nyquist
      frequency, ``1 / (2 factor) < f < 1 / 2`` along one axis, in dB.  0: all of it folds;
    - ``passband_db``: pass-band loss, minus the same mean below the new Nyquist frequency, in dB.
      0: nothing is lost; the larger, the blurrier;
    - ``ringing``: largest overshoot next to an edge, as a share of the edge's height;
    - ``ms``: median time of 3 runs (fewer of a slow method) on a 512 x 512 grey float32 picture, in
      milliseconds;
    - ``verdict``: from the alias power at this factor and, where it is worse, one input pixel further
      from ``64 factor`` to 64 pixels, where the output pixels fall everywhere between the input's (at
      exactly 2 a bilinear resize is an average of 4 pixels by luck).  *use*: what folds is at most -10 dB
      of what belongs there, with white noise as input (see :func:`alias_limit_db`); *ban*: above -5 dB;
      *tolerable* between;
    - one ``alias_db: NAME`` per picture: the share of the small picture's variation that is alias, as
      ``10 log10(var S(x - L x) / var S(x))``, where ``S`` is the method and ``L`` removes everything above
      the new Nyquist frequency (cosine transform).

    ``table.attrs["advice"]`` names, for each banned method, what to use instead (:func:`instead_of`).

    Raises
    ------
    ValueError
        If a method is unknown, a factor is not above 1, or a picture is empty, not finite or too small.
    MissingMethodError
        If a method asked for by name is not available.
    """
    import pandas as pd

    names = [m for m in backends.METHODS if not backends.absence(m)] if methods is None else list(methods)
    for name in names:
        backends.available(name)
    factors = [_factor(f) for f in factors]
    pictures = _pictures(images, factors)
    rows = []
    for factor in factors:
        for name in names:
            rows.append(_row(name, factor, pictures))
            if progress:
                progress(len(rows), len(factors) * len(names))
    columns = [*COLUMNS, *(f"alias_db: {name}" for name in pictures)]
    table = pd.DataFrame(rows, columns=columns).sort_values(
        ["factor", "alias_db"], ignore_index=True, kind="stable"
    )
    banned = table.loc[table.verdict == "ban", "method"].unique()
    table.attrs["advice"] = {name: instead_of(name) for name in banned}
    return table


def instead_of(method: str) -> str:
    """What to use in place of a method that aliases: the same library's way if it has one."""
    advice = {
        "aliaslab": "kaiser or gaussian",
        "opencv": "opencv-area (cv2.INTER_AREA)",
        "pillow": "pillow-lanczos or pillow-bicubic (without reducing_gap)",
        "skimage": "skimage-aa (order=1, anti_aliasing=True)",
        "scipy": "scipy.ndimage.gaussian_filter before it, or the method gaussian, which is both",
        "torch": "torch-bilinear-aa or torch-bicubic-aa (antialias=True)",
        "torchvision": "torchvision-bilinear-aa or torchvision-bicubic-aa (antialias=True)",
        "kornia": "kornia-bilinear-aa (antialias=True), or torch-bilinear-aa",
    }
    return advice[backends.find(method).backend]


def verdict(factor: float, alias_db: float) -> str:
    """``use``, ``tolerable`` or ``ban``; the limits are in :func:`audit`."""
    if alias_db <= alias_limit_db(factor, USE_DB):
        return "use"
    return "tolerable" if alias_db <= alias_limit_db(factor, BAN_DB) else "ban"


def _row(name: str, factor: float, pictures: dict[str, NDArray]) -> dict:
    run = partial(resize, method=name)
    stop, src = stop_band(factor, _POINTS), round(factor * DST)
    out = send_waves(run, src, DST, np.concatenate([pass_band(factor, _POINTS), stop]))
    power = np.mean(abs(out) ** 2, axis=0)
    alias = decibel(power[_POINTS:].mean())
    further = decibel(np.mean(abs(send_waves(run, src + 1, DST, stop)) ** 2))
    row = {
        "method": name,
        "factor": int(factor) if factor.is_integer() else factor,
        "alias_db": alias,
        "passband_db": 0.0 - decibel(power[:_POINTS].mean()),
        "ringing": edge_ringing(run, factor),
        "ms": _milliseconds(name, factor),
        "verdict": verdict(factor, max(alias, further)),
    }
    return row | {f"alias_db: {key}": picture_alias(name, factor, x) for key, x in pictures.items()}


def picture_alias(method: str, factor: float, image: NDArray) -> float:
    """The share of the small picture's variation that is alias, in dB (defined in :func:`audit`)."""
    from scipy.fft import dctn, idctn

    spectrum = dctn(image, axes=(0, 1))
    # coefficient k of a cosine transform is the frequency k / (2 N)
    for axis in (0, 1):
        side = image.shape[axis]
        spectrum[(slice(None),) * axis + (slice(int(side / factor) + 1, None),)] = 0
    fine = image - idctn(spectrum, axes=(0, 1))
    total = np.var(downsample(image, factor, method), axis=(0, 1)).sum()
    return decibel(np.var(downsample(fine, factor, method), axis=(0, 1)).sum() / max(total, 1e-20))


def _milliseconds(name: str, factor: float) -> float:
    picture = np.random.default_rng(0).random((_TIMED_SIDE, _TIMED_SIDE), dtype=np.float32)
    times = []
    while len(times) < 3 and sum(times) < _PATIENCE:
        start = time.perf_counter()
        downsample(picture, factor, name)
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))


def _factor(factor: float) -> float:
    if check_factor(factor) == 1:
        raise ValueError("factors must be above 1, got 1: at equal size nothing folds")
    return float(factor)


def _pictures(images, factors: list[float]) -> dict[str, NDArray]:
    if images is None:
        return {}
    named = images if isinstance(images, Mapping) else {f"image {i}": x for i, x in enumerate(images)}
    pictures = {name: np.asarray(image, dtype=float) for name, image in named.items()}
    for name, image in pictures.items():
        if image.ndim not in (2, 3) or 0 in image.shape or not np.isfinite(image).all():
            raise ValueError(
                f"images: {name!r} must be (H, W) or (H, W, C), finite and not empty, got shape {image.shape}"
            )
        if min(image.shape[:2]) < 2 * max(factors, default=1):
            raise ValueError(f"images: {name!r} is too small for factor {max(factors):g}: {image.shape}")
    return pictures
