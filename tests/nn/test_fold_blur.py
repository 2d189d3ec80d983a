"""Folded layers give what the two layers gave."""

from itertools import product

import pytest
import torch
from nn.layers import MODES, SKEW
from torch import nn

import aliaslab as al

EPS = torch.finfo(torch.float64).eps


def noise(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def conv(size, dilation=1, groups=1, mode="circular", bias=True):
    torch.manual_seed(0)
    pad = [d * (k - 1) // 2 for k, d in zip(size, (dilation, dilation), strict=True)]
    options = {"padding": pad, "dilation": dilation, "groups": groups, "padding_mode": mode, "bias": bias}
    return nn.Conv2d(4, 6, size, **options, dtype=torch.float64)


def close(got, expected):
    # fewer than 2000 products, of weights below 1 with values below 6
    torch.testing.assert_close(got, expected, rtol=0, atol=2000 * 6 * EPS)


BLURS = list(product((1, 2, 3, 4, 5), (1, 2, 3, (1, 2))))


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (5, 3)])
def test_circular_layers_fold_in_either_order(size, device):
    x = noise(2, 4, 18, 24).to(device)
    for (taps, stride), groups, dilation in product(BLURS, (1, 2), (1, 2)):
        layer = conv(size, dilation, groups, bias=groups == 1).to(device)
        blur = al.BlurPool2d(taps, stride, "circular")
        close(al.fold_blur(layer, blur)(x), blur(layer(x)))
        close(al.fold_blur(blur, layer)(x), layer(blur(x)))


@pytest.mark.parametrize("mode", MODES[1:])
def test_a_pointwise_convolution_folds_in_every_mode(mode):
    x = noise(2, 4, 9, 11)
    layer = conv((1, 1), mode="zeros")
    for (taps, stride), kernel in product(BLURS, ("binomial", "box", SKEW)):
        blur = al.BlurPool2d(taps, stride, mode, kernel=kernel)
        for pair in ((layer, blur), (blur, layer)):
            close(al.fold_blur(*pair)(x), pair[1](pair[0](x)))


def test_the_folded_layer_is_a_plain_convolution():
    layer = conv((3, 3)).eval()
    folded = al.fold_blur(layer, al.BlurPool2d(3, 2, "circular"))
    assert type(folded) is nn.Conv2d
    assert (folded.kernel_size, folded.stride, folded.padding) == ((5, 5), (2, 2), (2, 2))
    assert not folded.training
    folded.weight.data.zero_()
    assert layer.weight.abs().sum() > 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "pool", [al.BlurPool2d, al.WaveletPool2d, al.FrequencyPool2d], ids=lambda kind: kind.__name__
)
def test_decimating_first_changes_nothing(pool, mode):
    x, layer = noise(2, 4, 7, 10), conv((1, 1), groups=2)
    for stride in (1, 2, 3, (2, 1)):
        down = pool(stride=stride, padding_mode=mode)
        close(al.decimate_first(layer, down)(x), down(layer(x)))


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda c, b: al.fold_blur(c, nn.ReLU()), TypeError, "order of use, got Conv2d and ReLU"),
        (lambda c, b: al.fold_blur(c, al.PolyphasePool2d()), TypeError, "Conv2d and PolyphasePool2d"),
        (lambda c, b: al.fold_blur(nn.ReLU(), b), TypeError, "must be a torch.nn.Conv2d, got ReLU"),
        (lambda c, b: al.fold_blur(nn.Conv2d(4, 6, 1, 2), b), ValueError, "must have stride 1"),
        (lambda c, b: al.fold_blur(nn.Conv2d(4, 6, 3), b), ValueError, "must keep the size"),
        (lambda c, b: al.fold_blur(c, al.BlurPool2d()), ValueError, "'circular' and blur with 'reflect'"),
        (lambda c, b: al.fold_blur(c, al.BlurPool2d(3, 2, "zeros")), ValueError, "its border is normalised"),
        (lambda c, b: al.decimate_first(c, b), ValueError, "must be 1 x 1 without padding"),
        (lambda c, b: al.decimate_first(c, al.MaxBlurPool2d()), TypeError, "got MaxBlurPool2d"),
        (lambda c, b: al.decimate_first(c, al.PolyphasePool2d()), TypeError, "got PolyphasePool2d"),
    ],
)
def test_errors(call, error, said):
    with pytest.raises(error, match=said):
        call(conv((3, 3)), al.BlurPool2d(3, 2, "circular"))
