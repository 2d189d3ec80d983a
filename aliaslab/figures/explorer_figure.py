"""A test image, shrunk: what folds, and what a prefilter does about it."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from aliaslab.signals import (
    box_kernel,
    chirp_image,
    frequency_response,
    gaussian_kernel,
    gaussian_sigma,
    lanczos_kernel,
    siemens_star,
    zone_plate,
)
from aliaslab.signals._checks import one_of

from .interactive import Interactive, within
from .pictures import PICTURES, SIDE
from .style import PALETTE, new_figure

_RANGE = 60.0  # dB from white to black in the spectra
_SPOKES = 72

# name -> (the image, what its fine detail is called)
IMAGES = {
    "zone plate": (lambda: zone_plate(SIDE), "rings"),
    "star": (lambda: siemens_star(SIDE, _SPOKES), "spokes"),
    "chirp": (lambda: chirp_image(SIDE), "stripes"),
    "text": (PICTURES["text"], "frequencies"),
    "cat": (PICTURES["cat"], "frequencies"),
    "grass": (PICTURES["grass"], "frequencies"),
}
PREFILTERS = {
    "none": lambda width: np.ones(1),
    "box": box_kernel,
    "gaussian": lambda width: gaussian_kernel(gaussian_sigma(1) * width),
    "lanczos": lanczos_kernel,
}


def prefilter_kernel(prefilter: str, factor: float, strength: float) -> NDArray[np.float64]:
    """The low-pass before decimation by ``factor``, ``strength`` times as wide as usual."""
    return PREFILTERS[prefilter](strength * factor)


def first_kept(n: int, factor: int) -> int:
    """The first pixel that is kept, so that the centre pixel is kept too."""
    return n // 2 % factor


def shrink(image: NDArray, kernel: NDArray, factor: int) -> NDArray[np.float64]:
    """``image`` low-passed along both axes, mirrored at its edges, and every ``factor``-th pixel of it.

    A kernel of even length reaches one pixel farther up and left.
    """
    before, first = len(kernel) // 2, first_kept(len(image), factor)
    for axis in (0, 1):
        pads = [(0, 0), (0, 0)]
        pads[axis] = (before, len(kernel) - 1 - before)
        padded = np.pad(image, pads, mode="symmetric")
        windows = np.moveaxis(sliding_window_view(padded, len(kernel), axis), axis, 0)
        image = np.moveaxis(windows[first::factor] @ kernel, 0, axis)
    return image


def detail_power(image: NDArray) -> NDArray[np.float64]:
    """``|X|^2`` of an image whose mean is taken out, frequency 0 first."""
    return np.abs(np.fft.fft2(image - image.mean())) ** 2


def small_power(small: NDArray, n: int, factor: int) -> NDArray[np.float64]:
    """The same of a small image, its pixels back in their places among zeros and scaled to match."""
    spread, first = np.zeros((n, n)), first_kept(n, factor)
    spread[first::factor, first::factor] = factor**2 * (small - small.mean())
    return np.abs(np.fft.fft2(spread)) ** 2


def detail_shares(power: NDArray, kernel: NDArray, factor: int) -> tuple[float, float]:
    """What the new grid makes of the detail that the kernel passes, as two parts from 0 to 1.

    The part of it that folds, from beyond ``1 / (2 factor)`` along either axis; and the part left of the
    detail that the new grid could hold.
    """
    f = np.fft.fftfreq(len(power))
    gains = frequency_response(kernel, f) ** 2
    fits = np.abs(f) <= 1 / (2 * factor)
    fits = fits[:, None] & fits
    after = power * gains[:, None] * gains
    passed, held = after.sum(), power[fits].sum()
    return (
        float(after[~fits].sum() / passed) if passed else 0.0,
        float(after[fits].sum() / held) if held else 1.0,
    )


def _per_cent(part: float) -> str:
    if 0 < part < 0.001:
        return "under 0.1 %"
    return f"{100 * part:.{1 if part < 0.0995 else 0}f} %"


def _outcome(image: str, factor: int, folded: float, kept: float) -> str:
    if factor == 1:
        return f"Every pixel is kept, so nothing folds; {_per_cent(kept)} of the detail is left."
    detail, limit = IMAGES[image][1], f"{1 / (2 * factor):.3f} cycles per pixel"
    if folded >= 0.1:
        what = f"{detail.capitalize()} above {limit} fold back"
    elif folded >= 0.01:
        what = f"Some {detail} above {limit} still fold back"
    else:
        what = f"Hardly anything above {limit} folds back"
    return (
        f"{what}: {_per_cent(folded)} of the detail in the small image is false. "
        f"Of the true detail that it could hold, {_per_cent(kept)} is left."
    )


def _picture(axis, values: NDArray, title: str, **options) -> None:
    axis.imshow(values, cmap="gray", vmin=0, vmax=1, interpolation="nearest", **options)
    axis.set_title(title, loc="center")
    axis.spines[:].set_visible(False)


def _spectrum(axis, power: NDArray, reference: float, factor: int, title: str, limit: float) -> None:
    n = len(power)
    reach = n // (2 * factor)
    bins = np.arange(-reach, reach + 1)
    shown = power[np.ix_(bins % n, bins % n)]
    level = np.clip(1 + 10 * np.log10(np.maximum(shown / reference, 1e-30)) / _RANGE, 0, 1)
    beyond = (np.abs(bins) > n * limit)[:, None] | (np.abs(bins) > n * limit)
    rgb = level[..., None] * np.where(beyond[..., None], to_rgb(PALETTE["alias"]), (1, 1, 1))
    edge = (reach + 0.5) / n
    _picture(axis, rgb, title, extent=(-edge, edge, edge, -edge))
    if limit < 0.5:
        square = [-limit, limit, limit, -limit, -limit]
        axis.plot(square, [-limit, -limit, limit, limit, -limit], color=PALETTE["filter"], lw=1.2, ls="--")
    # the last whole bin may lie just inside 1 / (2 factor)
    axis.set(
        xticks=[-min(0.5 / factor, edge), 0, min(0.5 / factor, edge)],
        yticks=[],
        xlim=(-edge, edge),
        ylim=(edge, -edge),
    )
    axis.set_xticklabels([f"{-0.5 / factor:.3g}".replace("-", "\N{MINUS SIGN}"), "0", f"{0.5 / factor:.3g}"])


def _draw(image: str, factor: int, prefilter: str, strength: float) -> Figure:
    source, kernel = IMAGES[image][0](), prefilter_kernel(prefilter, factor, strength)
    small = shrink(source, kernel, factor)
    power = detail_power(source)
    gains = frequency_response(kernel, np.fft.fftfreq(SIDE)) ** 2
    figure, axes = new_figure(1, 2.2, ncols=3)
    _picture(axes[0], small, f"Small: {len(small)} × {len(small)} pixels")
    axes[0].set(xticks=[], yticks=[])
    limit = 1 / (2 * factor)
    _spectrum(axes[1], power * gains[:, None] * gains, power.max(), 1, "What is sampled", limit)
    _spectrum(axes[2], small_power(small, SIDE, factor), power.max(), factor, "What comes of it", 0.5)
    figure.supxlabel("spectra: frequency, cycles per pixel of the large image", fontsize="medium")
    return figure


def _alt(image: str, factor: int, prefilter: str, strength: float) -> str:
    shares = detail_shares(
        detail_power(IMAGES[image][0]()), prefilter_kernel(prefilter, factor, strength), factor
    )
    how = "with no prefilter"
    if prefilter != "none":
        kind = prefilter if prefilter == "box" else prefilter.capitalize()
        how = f"after a {kind} prefilter, {strength:.2f} times as wide as usual,"
    return (
        f"The test image {image}, {SIDE} pixels square, made {factor} times smaller {how} and enlarged "
        f"again, pixel by pixel; beside it, the spectrum that is sampled, with the square of frequencies up "
        f"to {1 / (2 * factor):.3f} cycles per pixel that the small image can hold, and the spectrum of the "
        f"small image. {_outcome(image, factor, *shares)}"
    )


def explorer(
    image: str = "zone plate", factor: int = 4, prefilter: str = "none", strength: float = 1.0
) -> Interactive:
    """Interactive: a test image made smaller, with the spectra before and after.

    Parameters
    ----------
    image : ``"zone plate"``, ``"star"``, ``"chirp"``, ``"text"``, ``"cat"`` or ``"grass"``; 256 by 256.
    factor : how many times smaller, a whole number, 1 to 12: every ``factor``-th pixel is kept.
    prefilter : the low-pass before that: ``"none"``, ``"box"`` (``factor`` pixels wide), ``"gaussian"``
        (sigma = ``factor / 2``) or ``"lanczos"`` (three lobes, ``3 factor`` pixels each way).
    strength : multiplies the width of the prefilter, 0.25 to 2.

    Raises
    ------
    ValueError
        If a value lies outside its slider's range, is NaN or infinite, ``factor`` is not whole, or a
        name is unknown.
    """
    if within("factor", factor, 1, 12, "times") != int(factor):
        raise ValueError(f"factor must be a whole number, got {factor!r}; choose one from 1 to 12")
    state = {
        "factor": int(factor),
        "image": one_of("image", image, IMAGES),
        "prefilter": one_of("prefilter", prefilter, PREFILTERS),
        "strength": within("strength", strength, 0.25, 2, "times the usual width"),
    }
    return Interactive("explorer", state, _alt(**state), _draw)
