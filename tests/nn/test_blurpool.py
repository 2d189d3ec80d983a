"""BlurPool against SciPy, the padded convolution of the book, and its own laws."""

from itertools import product

import numpy as np
import pytest
import scipy.ndimage
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nn.layers import MODES
from torch.nn import functional

import aliaslab as al
from aliaslab.nn import strided_filter
from aliaslab.nn.borders import Axis
from aliaslab.nn.strided_filter import _padded, _StridedFilter

EPS = np.finfo(float).eps
SCIPY = {"zeros": "constant", "reflect": "mirror", "replicate": "nearest", "circular": "wrap"}
NAMED = ("binomial", "box", "triangle")
signs = st.sampled_from([-1.0, 1.0])


def scipy_blur(x, kernel, stride, mode, axis):
    """Correlate, then decimate; the middle tap, or the first of two, on the pixel that is kept."""
    origin = 0 if len(kernel) % 2 else -1

    def along(values):
        return scipy.ndimage.correlate1d(values, kernel, axis, mode=SCIPY[mode], origin=origin)

    out = along(x) / along(np.ones_like(x)) if mode == "zeros" else along(x)
    return out.take(range(0, x.shape[axis], stride), axis)


@pytest.mark.parametrize("mode", MODES)
@settings(deadline=None)  # a first call loads a library
@given(
    size=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    taps=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    stride=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    kernel=st.sampled_from(NAMED),
    seed=st.integers(0, 99),
)
def test_is_scipys_filter_decimated(mode, size, taps, stride, kernel, seed):
    x = np.random.default_rng(seed).standard_normal((2, 3, *size))
    expected = x
    for d in (0, 1):
        row = al.blurpool_kernel(taps[d], stride[d], kernel)
        expected = scipy_blur(expected, row, stride[d], mode, d + 2)
    got = al.blur_pool2d(torch.from_numpy(x), taps, stride, mode, kernel=kernel).numpy()
    # non-negative weights that sum to 1, in sums of at most 31 terms twice over, divided once per axis
    np.testing.assert_allclose(got, expected, rtol=0, atol=2 * 70 * EPS * np.abs(x).max())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_one_two_and_three_axes(axes, mode, device):
    x = np.random.default_rng(0).standard_normal((2, 3, 9, 6, 7)[: axes + 2])
    function = (al.blur_pool1d, al.blur_pool2d, al.blur_pool3d)[axes - 1]
    module = (al.BlurPool1d, al.BlurPool2d, al.BlurPool3d)[axes - 1]
    expected = x
    for d in range(axes):
        expected = scipy_blur(expected, al.binomial_kernel(4), 2, mode, d + 2)
    tensor = torch.from_numpy(x).to(device).requires_grad_()
    got = function(tensor, 4, 2, mode)
    np.testing.assert_allclose(got.detach().cpu().numpy(), expected, rtol=0, atol=200 * EPS * np.abs(x).max())
    assert torch.equal(module(4, 2, mode)(tensor), got)
    assert torch.autograd.gradcheck(module(4, 2, mode), tensor, fast_mode=True)


@pytest.mark.parametrize("mode", MODES)
def test_the_padded_formula_is_the_same(mode):
    """What other devices and exported programs compute."""
    generator = torch.Generator().manual_seed(0)
    for taps, stride, size in product((1, 2, 3, 6), (1, 2, 3), ((1, 1), (2, 9), (8, 5))):
        x = torch.randn(2, 3, *size, generator=generator, dtype=torch.float64).requires_grad_()
        row = tuple(al.blurpool_kernel(taps, stride))
        axes = (Axis(row, (len(row) - 1) // 2, stride, mode),) * 2
        book, ours = _padded(x, axes), al.blur_pool2d(x, taps, stride, mode)
        seed = torch.randn(book.shape, generator=generator, dtype=torch.float64)
        pairs = [(book, ours), [torch.autograd.grad(y, x, seed)[0] for y in (book, ours)]]
        for expected, got in pairs:
            torch.testing.assert_close(got, expected, rtol=0, atol=1e3 * EPS)
        assert isinstance(ours.grad_fn, _StridedFilter._backward_cls)


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("taps", [2, 3, 4, 5, 7])
def test_a_binomial_removes_what_folds_onto_zero(taps, stride):
    kernel = al.blurpool_kernel(taps, stride)
    assert kernel.size == (taps - 1) * (max(stride, 2) - 1) + 1
    # the boxes' zeros, each as deep as there are boxes
    folds = np.arange(1, max(stride, 2)) / max(stride, 2)
    np.testing.assert_allclose(al.frequency_response(kernel, folds), 0, atol=4 * EPS)
    # (sin(pi s f) / (s sin(pi f)))^(taps - 1) at f = 1 / (2 s)
    s = max(stride, 2)
    expected = (1 / (s * np.sin(np.pi / (2 * s)))) ** (taps - 1)
    np.testing.assert_allclose(al.frequency_response(kernel, 1 / (2 * s)), expected, atol=16 * EPS)


def test_known_kernels():
    assert (al.blurpool_kernel(5) * 16).tolist() == [1, 4, 6, 4, 1]
    assert (al.blurpool_kernel(5, kernel="triangle") * 9).round(12).tolist() == [1, 2, 3, 2, 1]
    assert (al.blurpool_kernel(4, kernel="triangle") * 6).round(12).tolist() == [1, 2, 2, 1]
    assert al.blurpool_kernel(2, 4, "box").tolist() == [0.25] * 4
    assert al.blurpool_kernel(3, 3, "box") == pytest.approx(al.box_kernel(4.5))
    assert al.blurpool_kernel(7, 3, [1, 3]).tolist() == [0.25, 0.75]
    # cos(pi f)^(taps - 1) at the new Nyquist frequency
    gains = [al.frequency_response(al.blurpool_kernel(taps), 0.25) for taps in (2, 3, 4, 5)]
    assert gains == pytest.approx([2**-0.5, 0.5, 2**-1.5, 0.25])


def test_kernels_cannot_be_spoilt():
    al.blurpool_kernel(3)[:] = 0
    al.wavelet_kernel(2)[:] = 0
    assert al.blurpool_kernel(3).sum() == al.wavelet_kernel(2).sum() == 1


def test_one_axis_can_be_left_alone():
    x = torch.randn(1, 1, 6, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    got = al.blur_pool2d(x, (3, 1), (2, 1))
    expected = al.blur_pool1d(x[0, 0].T[None])[0].T
    torch.testing.assert_close(got[0, 0], expected, rtol=0, atol=4 * EPS * x.abs().max().item())


@pytest.mark.parametrize(
    ("side", "taps", "last", "added"),
    [
        (8, 3, True, False),
        (128, 3, True, True),
        (128, 3, False, True),
        (128, 31, True, False),
        (40, 7, False, False),
    ],
)
def test_small_maps_and_long_kernels_are_padded(side, taps, last, added, monkeypatch):
    monkeypatch.setattr(strided_filter, "MOVE_COST", 5000)
    monkeypatch.setattr(strided_filter, "GATHER_COST", 7)
    x = torch.zeros(1, 64, side, side)
    x = x.to(memory_format=torch.channels_last) if last else x
    out = al.blur_pool2d(x.requires_grad_(), taps)
    assert isinstance(out.grad_fn, _StridedFilter._backward_cls) == added


@pytest.mark.filterwarnings("ignore:.torch.jit.script.:DeprecationWarning")  # torch's own, for jvp
def test_function_transforms():
    x = torch.randn(4, 2, 3, 6, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for mode in MODES:
        blur = al.BlurPool2d(padding_mode=mode)
        torch.testing.assert_close(torch.func.vmap(blur)(x), torch.stack([blur(part) for part in x]))
        jacobian = torch.func.jacrev(lambda row, blur=blur: blur(row[None])[0])(x[0, 0])
        torch.testing.assert_close(torch.einsum("chwdij,dij->chw", jacobian, x[0, 0]), blur(x[0])[0])
        assert torch.autograd.gradcheck(blur, x[0].requires_grad_(), fast_mode=True, check_forward_ad=True)


def test_the_bare_stride():
    x = torch.randn(2, 3, 5, 7, generator=torch.Generator().manual_seed(0))
    assert torch.equal(al.blur_pool2d(x, taps=1, stride=(2, 3)), x[..., ::2, ::3])
    assert torch.equal(al.blur_pool2d(x, taps=1, stride=1), x)


def test_a_box_of_two_is_average_pooling():
    x = torch.randn(2, 3, 8, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    torch.testing.assert_close(al.blur_pool2d(x, 2), functional.avg_pool2d(x, 2), rtol=0, atol=8 * EPS)
    torch.testing.assert_close(
        al.blur_pool2d(x, 3, 1, "zeros", kernel="box"),
        functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False),
        rtol=0,
        atol=40 * EPS,
    )


def test_under_autocast():
    x = torch.randn(2, 3, 9, 8, generator=torch.Generator().manual_seed(0)).requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        out = al.blur_pool2d(x)
    out.float().sum().backward()
    exact = al.blur_pool2d(x.detach())
    assert (out.float() - exact).abs().max() <= 3 * torch.finfo(torch.bfloat16).eps * x.abs().max()
    assert x.grad.dtype == torch.float32


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: al.BlurPool2d(0), ValueError, "taps must be 1 or more, got 0; give the filter's length"),
        (lambda: al.BlurPool2d(2.5), TypeError, "taps must be a whole number, got 2.5"),
        (lambda: al.BlurPool2d((3, 3, 3)), ValueError, "taps must be one number, or 2"),
        (lambda: al.BlurPool2d(kernel="binomia"), ValueError, "did you mean 'binomial'"),
        (lambda: al.BlurPool2d(kernel=[]), ValueError, r"one row of taps, got shape \(0,\)"),
        (lambda: al.BlurPool2d(kernel=np.ones((3, 3))), ValueError, "one row of taps"),
        (lambda: al.BlurPool2d(kernel=[1, -1]), ValueError, "must not sum to 0"),
        (lambda: al.BlurPool2d(kernel=[1, float("nan")]), ValueError, "kernel must be finite"),
        (lambda: al.blurpool_kernel(3, 0), ValueError, "stride must be 1 or more"),
        (lambda: al.wavelet_kernel(3), ValueError, "taps must be even, 2 to 20, got 3"),
        (lambda: al.wavelet_kernel(22), ValueError, "taps must be even, 2 to 20, got 22"),
        (
            lambda: al.blur_pool2d(torch.zeros(1, 1, 1, 1), padding_mode="zeros", kernel=[1, 0, 1]),
            ValueError,
            "inside an image of 1 samples sum to 0 .* choose 'reflect'",
        ),
    ],
)
def test_errors(call, error, said):
    with pytest.raises(error, match=said):
        call()
