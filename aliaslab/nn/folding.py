"""One convolution instead of a convolution and a BlurPool, where nothing nonlinear stands between them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .blurpool import BlurPool2d, blur_axes
from .borders import Axis
from .frequency import FrequencyPool2d
from .wavelet import WaveletPool2d

LINEAR = (BlurPool2d, WaveletPool2d, FrequencyPool2d)


def decimate_first(conv: nn.Conv2d, pool: nn.Module) -> nn.Sequential:
    """``pool(conv(x))`` for a 1 x 1 convolution, computed as ``conv(pool(x))``.

    A 1 x 1 convolution mixes channels and the pool filters pixels, so the two commute, bias and borders
    included, in every padding mode; after a stride of 2 the convolution has a quarter of the pixels to do.

    Parameters
    ----------
    conv : 1 x 1, stride 1, without padding; any groups.
    pool : a :class:`BlurPool2d`, :class:`WaveletPool2d` or :class:`FrequencyPool2d`.

    Returns
    -------
    ``Sequential(pool, conv)``, of the modules that were given.

    Raises
    ------
    TypeError
        If one of the two is another kind of layer: the others are not linear.
    ValueError
        If the convolution is larger than 1 x 1, strided or padded.

    References
    ----------
    The first of the noble identities: Vaidyanathan, *Multirate Systems and Filter Banks*, 1993, section 4.2.
    """
    if not isinstance(pool, LINEAR):
        names = ", ".join(kind.__name__ for kind in LINEAR)
        raise TypeError(f"pool must be linear, one of {names}, got {type(pool).__name__}")
    _check_conv(conv)
    if set(conv.kernel_size) != {1} or _padding(conv) != (0, 0):
        raise ValueError(f"conv must be 1 x 1 without padding, got {conv}; fold_blur takes larger ones")
    return nn.Sequential(pool, conv)


def fold_blur(first: nn.Module, second: nn.Module) -> nn.Conv2d:
    """A convolution and a BlurPool, in either order, as one strided convolution.

    Only layers that go on beyond the border in the same way make one convolution that is equal up to the
    border: a 1 x 1 convolution with BlurPool in any mode but ``"zeros"``, or a larger one with both circular.

    Parameters
    ----------
    first, second : a ``Conv2d`` of stride 1 whose output has its input's size (any groups and dilation), and
        a :class:`BlurPool2d`, in the order in which they are applied.

    Returns
    -------
    A ``Conv2d`` with new weights: the kernels convolved, ``k + taps - 1`` wide where the convolution comes
    first, ``(k - 1) stride + taps`` where the blur does.  Equal to ``second(first(x))`` up to rounding, where
    the blur comes first only if its stride divides the sides of ``x``; like any ``Conv2d`` it refuses images
    smaller than its padding.

    Raises
    ------
    TypeError
        If the two are not a ``Conv2d`` and a ``BlurPool2d``.
    ValueError
        If the convolution is strided or changes the size, or the paddings do not go together.

    Notes
    -----
    It pays where the convolution comes first: 3 x 3 with 3 taps and stride 2 costs 25 products for each
    output pixel instead of 36 and the blur.  Where the blur comes first, fewer layers, but more products.
    """
    blur_first = isinstance(first, BlurPool2d)
    blur, conv = (first, second) if blur_first else (second, first)
    if not isinstance(blur, BlurPool2d):
        got = f"{type(first).__name__} and {type(second).__name__}"
        raise TypeError(f"fold_blur takes a Conv2d and a BlurPool2d, in the order of use, got {got}")
    _check_conv(conv)
    _check_borders(conv, blur)
    axes = blur_axes(blur.taps, blur.stride, blur.padding_mode, blur.kernel)
    # steps of a convolution after the blur are strides of its input
    scales = blur.stride if blur_first else (1, 1)
    weight, padding = conv.weight.detach(), []
    for d, (axis, scale, pad) in enumerate(zip(axes, scales, _padding(conv), strict=True)):
        weight, before = _convolved(weight, d + 2, conv.dilation[d] * scale, axis, pad * scale)
        padding.append(before)
    folded = nn.Conv2d(
        conv.in_channels,
        conv.out_channels,
        weight.shape[2:],
        blur.stride,
        padding,
        groups=conv.groups,
        bias=conv.bias is not None,
        padding_mode=blur.padding_mode,
        device=weight.device,
        dtype=weight.dtype,
    )
    with torch.no_grad():
        folded.weight.copy_(weight)
        if conv.bias is not None:
            folded.bias.copy_(conv.bias)
    return folded.train(conv.training)


def _convolved(weight: Tensor, d: int, step: int, axis: Axis, pad: int) -> tuple[Tensor, int]:
    """``weight``, its taps ``step`` apart, with the blur along ``d``; and the pixels before the middle."""
    size = step * (weight.shape[d] - 1) + len(axis.kernel)
    before = pad + axis.before
    # zeros at the end or the beginning put the middle tap into the middle
    lead, side = max(size - 1 - 2 * before, 0), max(before, size - 1 - before)
    shape = list(weight.shape)
    shape[d] = 2 * side + 1
    out = weight.new_zeros(shape)
    for j, tap in enumerate(axis.kernel):
        begin = lead + j
        out.narrow(d, begin, size - len(axis.kernel) + 1).unfold(d, 1, step).squeeze(-1).add_(
            weight, alpha=tap
        )
    return out, side


def _padding(conv: nn.Conv2d) -> tuple[int, int]:
    if isinstance(conv.padding, str):
        reach = [d * (k - 1) for d, k in zip(conv.dilation, conv.kernel_size, strict=True)]
        return tuple(r // 2 if conv.padding == "same" else 0 for r in reach)
    return conv.padding


def _check_conv(conv: nn.Module) -> None:
    if not isinstance(conv, nn.Conv2d):
        raise TypeError(f"conv must be a torch.nn.Conv2d, got {type(conv).__name__}")
    if conv.stride != (1, 1):
        raise ValueError(f"conv must have stride 1, got {conv.stride}; give the stride to the blur")
    reach = zip(conv.kernel_size, conv.dilation, _padding(conv), strict=True)
    if any(d * (k - 1) != 2 * p for k, d, p in reach):
        raise ValueError(f"conv must keep the size of its input, got {conv}; pad by half its kernel")


def _check_borders(conv: nn.Conv2d, blur: BlurPool2d) -> None:
    pointwise = set(conv.kernel_size) == {1}
    if blur.padding_mode == "zeros":
        raise ValueError(
            "a blur with padding_mode 'zeros' is no single convolution: its border is normalised"
        )
    if not pointwise and (conv.padding_mode, blur.padding_mode) != ("circular", "circular"):
        raise ValueError(
            f"conv pads with {conv.padding_mode!r} and blur with {blur.padding_mode!r}; only a 1 x 1 "
            "convolution, or circular padding of both, gives one convolution that is equal at the border"
        )
