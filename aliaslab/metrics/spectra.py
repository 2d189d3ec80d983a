"""Power spectra of feature maps, and how much of the power a stride of its own could not hold."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ..signals._checks import one_of
from ._checks import feature_maps, whole_stride

Stride = int | tuple[int, int]


def power_spectrum(x: Tensor) -> Tensor:
    """The power spectrum of each image, averaged over its channels.

    ``P(u, v) = 1/C sum_c |FFT2(x_c)(u, v)|^2``, with frequency 0 moved to the centre, at
    ``(H // 2, W // 2)``; the bin ``(i, j)`` holds the frequency ``((i - H // 2) / H, (j - W // 2) / W)``
    in cycles per pixel.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating.

    Returns
    -------
    ``(N, H, W)``, on the device of ``x``; its sum is ``H W`` times the sum of squares (Parseval),
    averaged over channels.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no such tensor, or holds NaN or infinity.

    References
    ----------
    Kashyap, "Measuring Spectral Aliasing in Strided CNNs", the definition of ``P``.
    """
    spectrum = torch.fft.fft2(feature_maps("x", x))
    return torch.fft.fftshift(_power(spectrum), (-2, -1))


def radial_profile(x: Tensor) -> tuple[Tensor, Tensor]:
    """The mean power in rings of the spectrum: how it falls from slow to fast.

    Ring ``k`` gathers the bins whose distance from frequency 0 rounds to ``k / min(H, W)`` cycles per
    pixel.  Rings beyond 0.5 lie in the corners.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating.

    Returns
    -------
    frequency : ``(K,)``, cycles per pixel, from 0 to at most 0.71.
    profile : ``(N, K)``, the mean of :func:`power_spectrum` over each ring's bins.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no such tensor, or holds NaN or infinity.
    """
    x = feature_maps("x", x)
    size = min(x.shape[-2:])
    down, across = _frequencies(x)
    # half a bin up: a tie must not round to even here and to odd there
    ring = torch.floor(torch.hypot(down, across) * size + 0.5).long()
    weight = _multiplicity(x).expand_as(ring)
    count = torch.zeros(int(ring.max()) + 1, dtype=x.dtype, device=x.device)
    count.index_add_(0, ring.flatten(), weight.flatten())
    total = x.new_zeros(len(x), len(count))
    total.index_add_(1, ring.flatten(), (_half_power(x) * weight).flatten(1))
    return torch.arange(len(count), device=x.device) / size, total / count


def alias_violation_ratio(x: Tensor, stride: Stride, region: str = "disc", mean: str = "keep") -> Tensor:
    """AVR: the share of a feature map's power at frequencies that a stride is said not to hold.

    ``AVR = sum(P where r > 1 / stride) / sum(P)`` with ``P`` from :func:`power_spectrum` and ``r`` the
    distance from frequency 0 in units of Nyquist, 0.5 cycles per pixel: the default.  The disc is not
    what a square grid holds: it blames diagonal waves that do not fold.  ``region="square"`` counts what
    does fold when ``x`` itself is decimated: ``|f_y|`` or ``|f_x|`` above ``1 / (2 stride)``.

    Measured at the input of a strided layer, both blame the layer for power that its own filter may
    remove.  :func:`folded_energy` measures at the point of decimation.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating: what goes into a strided layer.
    stride : whole, 1 or more, or ``(down, across)``; the disc is then an ellipse.
    region : ``"disc"``, the definition of the source, or ``"square"``.
    mean : ``"keep"``, the definition of the source, or ``"remove"``: leave frequency 0 out of the sum.
        It never folds, and after a ReLU it is most of the power.

    Returns
    -------
    ``(N,)``, in [0, 1]: 0 where there is nothing to fold, as for a constant.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no such tensor, holds NaN or infinity, or another argument is not one of these.

    Notes
    -----
    For odd ``H`` or ``W`` the source's formula for ``r`` puts frequency 0 half a bin off; here ``r`` is
    the frequency.  For even sizes they are the same.

    References
    ----------
    Kashyap, "Measuring Spectral Aliasing in Strided CNNs", the definition of AVR.

    Examples
    --------
    >>> import torch
    >>> wave = torch.cos(2 * torch.pi * 14 / 64 * torch.arange(64.0))
    >>> diagonal = (wave[:, None] * wave)[None, None]  # nothing of it folds at stride 2
    >>> [round(alias_violation_ratio(diagonal, 2, region).item(), 3) for region in ("disc", "square")]
    [1.0, 0.0]
    """
    x = feature_maps("x", x)
    down, across = (2 * f * s for f, s in zip(_frequencies(x), whole_stride(stride), strict=True))
    if one_of("region", region, ("disc", "square")) == "disc":
        # squared, for whole numbers of bins: a bin on the circle must not fall out of it by rounding
        outside = down.square() + across.square() > 1 + _SLACK
    else:
        outside = torch.maximum(down.abs(), across.abs()) > 1 + _SLACK
    power = _half_power(x) * _multiplicity(x)
    everything = power.sum((-2, -1))
    total = everything
    if one_of("mean", mean, ("keep", "remove")) == "remove":
        power[:, 0, 0] = 0
        total = power.sum((-2, -1))
    # the transform's own rounding, root mean square, is eps log2(n) of the whole: a constant is no noise
    floor = (torch.finfo(x.dtype).eps * math.log2(2 * x[0, 0].numel())) ** 2 * everything
    share = (power * outside).sum((-2, -1)) / total.clamp(min=torch.finfo(x.dtype).tiny)
    return torch.where(total > floor, share, torch.zeros_like(share))


_SLACK = 1e-5
"""Frequencies, multiples of 1/H, are rounded: closer than this to the limit, they are on it."""


def _power(spectrum: Tensor) -> Tensor:
    """``|.|^2``, the mean over channels."""
    return torch.view_as_real(spectrum).square().sum(1).sum(-1) / spectrum.shape[1]


def _half_power(x: Tensor) -> Tensor:
    """``(N, H, W // 2 + 1)``: the half of the power spectrum that a real image needs, unshifted."""
    return _power(torch.fft.rfft2(x))


def _multiplicity(x: Tensor) -> Tensor:
    """``(1, W // 2 + 1)``: how many bins of the whole spectrum each column of the half stands for."""
    width = x.shape[-1]
    weight = torch.full((1, width // 2 + 1), 2.0, dtype=x.dtype, device=x.device)
    weight[:, 0] = 1
    if width % 2 == 0:
        weight[:, -1] = 1
    return weight


def _frequencies(x: Tensor) -> tuple[Tensor, Tensor]:
    """``(H, 1)`` and ``(1, W // 2 + 1)``: the half spectrum's frequencies, cycles per pixel."""
    kind = {"dtype": torch.float64 if x.device.type != "mps" else x.dtype, "device": x.device}
    down = torch.fft.fftfreq(x.shape[-2], **kind)[:, None]
    return down, torch.fft.rfftfreq(x.shape[-1], **kind)[None]
