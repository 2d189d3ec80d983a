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


@pytest.mark.parametrize("mode", ["reflect", "circular"])
@pytest.mark.parametrize(("window", "padding", "dilation"), [(2, 0, 1), (3, 1, 1), ((2, 5), (1, 2), (3, 1))])
def test_with_and_without_gradients_it_is_the_same(mode, window, padding, dilation, device):
    x = noise(2, 3, 9, 10).to(device)
    pool = al.MaxBlurPool2d(window, 2, mode, padding=padding, dilation=dilation)
    assert torch.equal(pool(x), pool(x.clone().requires_grad_()).detach())


def test_where_max_pooling_has_no_room():
    x = noise(1, 2, 1, 3)
    assert torch.equal(al.max_blur_pool2d(x, taps=1), x[..., :2].amax(-1, keepdim=True))
    assert torch.equal(al.max_blur_pool2d(x, 7), x.amax((2, 3), keepdim=True))
    with pytest.raises(RuntimeError, match="too small"):
        nn.MaxPool2d(2)(x)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_dense_maximum_then_blur(mode, device):
    x = noise(2, 3, 9, 10).to(device)
    padded = nn.functional.pad(x, (1, 1, 1, 1), mode="circular") if mode == "circular" else x
    dense = nn.functional.max_pool2d(padded, 3, 1, int(mode != "circular"))
    expected = al.blur_pool2d(dense, 5, (2, 3), mode, kernel="triangle")
    got = al.max_blur_pool2d(x, 3, (2, 3), mode, taps=5, kernel="triangle", padding=1)
    assert torch.equal(got, expected)


@settings(deadline=None)
@given(
    windows=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    strides=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    dilation=st.integers(1, 2),
    padded=st.booleans(),
    taps=st.integers(1, 5),
)
def test_a_circular_shift_by_the_stride_moves_the_output_by_one(windows, strides, dilation, padded, taps):
    padding = tuple((k - 1) // 2 * padded for k in windows)
    x = noise(1, 2, 3 * strides[0], 4 * strides[1])
    pool = al.MaxBlurPool2d(windows, strides, "circular", taps=taps, padding=padding, dilation=dilation)
    out, moved = pool(x), pool(x.roll(strides, (2, 3)))
    period = pool.undecimated(x)[..., :: strides[0], :: strides[1]]
    assert period.shape[2:] == (3, 4)
    # the output is a part of the whole round, which has moved by one
    rows, columns = out.shape[2:]
    # 25 products of a few units
    close = {"rtol": 0, "atol": 25 * 4 * 2**-52}
    torch.testing.assert_close(moved, period.roll((1, 1), (2, 3))[..., :rows, :columns], **close)
    torch.testing.assert_close(out, period[..., :rows, :columns], **close)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (8, 8)])
@pytest.mark.parametrize("window", [1, 2, 3, 7])
def test_circular_has_the_size_of_the_others(size, window):
    x = noise(1, 2, *size)
    for padding in (0, window // 2):
        expected = al.MaxBlurPool2d(window, 2, padding=padding)(x).shape
        assert al.MaxBlurPool2d(window, 2, "circular", padding=padding)(x).shape == expected


def test_errors():
    with pytest.raises(ValueError, match=r"at most half of kernel_size \(2, 2\), got \(2, 2\)"):
        al.MaxBlurPool2d(2, padding=2)
    with pytest.raises(ValueError, match="kernel_size must be 1 or more, got 0"):
        al.MaxBlurPool2d(0)
    with pytest.raises(ValueError, match="padding must be 0 or more, got -1"):
        al.MaxBlurPool2d(padding=-1)
    with pytest.raises(ValueError, match="taps must be 1 or more"):
        al.MaxBlurPool2d(taps=0)
