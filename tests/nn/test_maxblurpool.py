"""MaxBlurPool: the size of the max pooling that it replaces, and its two halves."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

import aliaslab as al


def noise(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@settings(deadline=None)
@given(
    size=st.tuples(st.integers(1, 13), st.integers(1, 13)),
    window=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    stride=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    pad=st.tuples(st.booleans(), st.booleans()),
    dilation=st.integers(1, 3),
    ceil_mode=st.booleans(),
)
def test_size_is_that_of_max_pooling(size, window, stride, pad, dilation, ceil_mode):
    padding = tuple(k // 2 if p else 0 for k, p in zip(window, pad, strict=True))
    settings = {"padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    x = noise(1, 2, *size)
    try:
        expected = nn.MaxPool2d(window, stride, **settings)(x)
    except RuntimeError:  # no room: the next test
        assume(False)
    got = al.MaxBlurPool2d(window, stride, **settings)(x)
    assert got.shape == expected.shape
    # without a filter it is max pooling
    assert torch.equal(al.max_blur_pool2d(x, window, stride, taps=1, **settings), expected)


def test_where_max_pooling_has_no_room():
    x = noise(1, 2, 1, 3)
    assert torch.equal(al.max_blur_pool2d(x, taps=1), x[..., :2].amax(-1, keepdim=True))
    assert torch.equal(al.max_blur_pool2d(x, 7), x.amax((2, 3), keepdim=True))
    with pytest.raises(RuntimeError, match="too small"):
        nn.MaxPool2d(2)(x)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_dense_maximum_then_blur(mode, device):
    x = noise(2, 3, 9, 10).to(device)
    dense = nn.functional.max_pool2d(x, 3, 1, 1)
    expected = al.blur_pool2d(dense, 5, (2, 3), mode, kernel="triangle")
    got = al.max_blur_pool2d(x, 3, (2, 3), mode, taps=5, kernel="triangle", padding=1)
    assert torch.equal(got, expected)


def test_errors():
    with pytest.raises(ValueError, match=r"at most half of kernel_size \(2, 2\), got \(2, 2\)"):
        al.MaxBlurPool2d(2, padding=2)
    with pytest.raises(ValueError, match="kernel_size must be 1 or more, got 0"):
        al.MaxBlurPool2d(0)
    with pytest.raises(ValueError, match="padding must be 0 or more, got -1"):
        al.MaxBlurPool2d(padding=-1)
    with pytest.raises(ValueError, match="taps must be 1 or more"):
        al.MaxBlurPool2d(taps=0)
