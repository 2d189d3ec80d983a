"""One contract for every layer that makes feature maps smaller."""

import copy
import pickle
from itertools import product

import pytest
import torch
from nn.layers import LAYERS, MODES, STRIDES

import aliaslab as al

SIZES = ((1, 1), (1, 4), (2, 1), (3, 2), (5, 7), (8, 8), (9, 12))
DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


@pytest.fixture(params=LAYERS)
def make(request):
    return LAYERS[request.param]


def features(*shape, dtype=torch.float64, device="cpu", seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype).to(device)


@pytest.mark.parametrize("mode", MODES)
def test_size_is_that_of_the_bare_stride(make, mode, device):
    for stride, size in product(STRIDES, SIZES):
        s, t = (stride, stride) if isinstance(stride, int) else stride
        x = features(2, 3, *size, dtype=torch.float32, device=device)
        out = make(stride, mode).to(device)(x)
        assert out.shape == x[..., ::s, ::t].shape, (stride, size)
        assert out.isfinite().all()
        assert out.device == x.device


def test_the_constant_name_of_zeros(make):
    x = features(1, 3, 5, 6, dtype=torch.float32)
    assert torch.equal(make(2, "constant")(x), make(2, "zeros")(x))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_constant_stays_constant_up_to_the_border(make, mode, dtype, device):
    # each of the K <= 13^2 weights, and each partial sum, is off by half a unit in the last place at most
    # (relatively eps / 2): K + 1 roundings of a sum whose weights add to at most 3 in absolute value;
    # sums in half precision are formed in single and see the weights' rounding alone
    eps = torch.finfo(dtype).eps
    bound = 3 * eps * (170 if dtype.itemsize > 2 else 2)
    for stride, size in product((1, 2, 3, 4, (2, 1)), SIZES):
        x = torch.full((2, 3, *size), -1.5, dtype=dtype, device=device)
        out = make(stride, mode).to(device, dtype)(x)
        assert out.dtype == dtype
        assert (out + 1.5).abs().max() <= 1.5 * bound, (stride, size)


@pytest.mark.parametrize("dtype", DTYPES[:3], ids=str)
def test_every_precision_gives_the_same(make, dtype, device):
    x = features(2, 3, 9, 12).to(dtype)
    layer = make(2, "reflect")
    exact = layer.double()(x.double())
    out = layer.to(device, dtype)(x.to(device)).cpu().double()
    # weights, products and the result are rounded; the sum of absolute weights is 3 at most
    roundings = 3 if dtype.itemsize == 2 else 60
    assert (out - exact).abs().max() <= 3 * roundings * torch.finfo(dtype).eps * x.abs().max()


@pytest.mark.parametrize("mode", MODES)
def test_channels_last_in_channels_last_out(make, mode, device):
    layer = make(2, mode).to(device)
    x = features(2, 3, 9, 12, dtype=torch.float32, device=device)
    plain = layer(x)
    assert plain.is_contiguous()
    last = layer(x.contiguous(memory_format=torch.channels_last))
    assert last.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(last, plain)
    # in half precision borders are padded, by index where they are wider than the image
    for size in ((9, 12), (2, 3)):
        half = features(2, 3, *size, dtype=torch.bfloat16, device=device)
        half = half.contiguous(memory_format=torch.channels_last)
        assert make(1, mode).to(device, half.dtype)(half).is_contiguous(memory_format=torch.channels_last)
    # gradients too
    x = x.contiguous(memory_format=torch.channels_last).requires_grad_()
    layer(x).square().sum().backward()
    assert x.grad.is_contiguous(memory_format=torch.channels_last)


def test_any_layout_in_memory(make, device):
    layer = make(2, "reflect").to(device)
    x = features(2, 3, 12, 9, dtype=torch.float32, device=device)
    turned = x.contiguous().transpose(2, 3).contiguous().transpose(2, 3)
    torch.testing.assert_close(layer(turned), layer(x))
    wide = features(4, 3, 12, 18, dtype=torch.float32, device=device)
    torch.testing.assert_close(layer(wide[::2, :, :, ::2]), layer(wide[::2, :, :, ::2].contiguous()))
    assert layer(wide[:0]).shape == (0, 3, 6, 9)


def test_the_input_is_not_touched(make):
    x = features(2, 3, 6, 6, dtype=torch.float32)
    before = x.clone()
    out = make(2, "reflect")(x)
    assert torch.equal(x, before)
    out.zero_()
    assert torch.equal(x, before)


def test_nothing_needless_in_the_state_dict(make):
    layer = make(2, "reflect")
    learned = set(layer.state_dict())
    assert learned == {name for name, _ in layer.named_parameters()}
    assert not list(layer.buffers())
    assert all(name.startswith("score.") for name in learned)


def test_copies_and_pickles(make):
    layer, x = make(2, "reflect"), features(1, 3, 6, 5, dtype=torch.float32)
    assert torch.equal(copy.deepcopy(layer)(x), layer(x))
    assert torch.equal(pickle.loads(pickle.dumps(layer))(x), layer(x))


@pytest.mark.parametrize("mode", MODES)
def test_exports(make, mode, device):
    layer = make(2, mode).to(device)
    for size in ((9, 12), (1, 2)):
        x = features(2, 3, *size, dtype=torch.float32, device=device)
        program = torch.export.export(layer, (x,))
        again = features(2, 3, *size, dtype=torch.float32, device=device, seed=1)
        torch.testing.assert_close(program.module()(again), layer(again))


@pytest.mark.parametrize("mode", MODES)
def test_gradients(make, mode, device):
    for stride, size in ((2, (5, 6)), ((1, 3), (4, 7)), (4, (2, 1))):
        layer = make(stride, mode).to(device, torch.float64)
        x = features(2, 3, *size, device=device).requires_grad_()
        # finite differences must not change which pixel is the largest: values differ by more than the step
        assert torch.autograd.gradcheck(layer, x, fast_mode=True)
        assert torch.autograd.gradgradcheck(layer, x, fast_mode=True)


@pytest.mark.parametrize("stride", [0, -2, (2, 0)])
def test_bad_strides(make, stride):
    with pytest.raises(ValueError, match="stride must be 1 or more, got"):
        make(stride, "reflect")


@pytest.mark.parametrize("stride", [2.0, True, "2", (2, 1.5)])
def test_strides_that_are_no_whole_numbers(make, stride):
    with pytest.raises(TypeError, match="stride must be a whole number, got"):
        make(stride, "reflect")


def test_bad_arguments(make):
    with pytest.raises(ValueError, match="stride must be one number, or 2: one per axis"):
        make((2, 2, 2), "reflect")
    with pytest.raises(ValueError, match="unknown padding_mode 'reflekt'; did you mean 'reflect'"):
        make(2, "reflekt")


@pytest.mark.parametrize(
    ("x", "error", "said"),
    [
        (torch.zeros(1, 3, 4, 4, dtype=torch.int64), TypeError, r"floating-point numbers, got torch.int64"),
        (torch.zeros(3, 4, 4), ValueError, r"\(N, C, H, W\), got shape \(3, 4, 4\); add the batch axis"),
        (torch.zeros(1, 1, 3, 4, 4), ValueError, r"\(N, C, H, W\), got shape \(1, 1, 3, 4, 4\)$"),
        (torch.zeros(1, 3, 0, 4), ValueError, "one pixel and one channel at least"),
        ([[1.0]], TypeError, "must be a tensor .* got list"),
    ],
)
def test_bad_inputs(make, x, error, said):
    with pytest.raises(error, match=said):
        make(2, "reflect")(x)


FORMS = [
    (al.BlurPool2d, al.blur_pool2d, {"taps": 4, "kernel": "triangle"}),
    (al.MaxBlurPool2d, al.max_blur_pool2d, {"kernel_size": 3, "padding": 1, "taps": 5}),
    (al.PolyphasePool2d, al.polyphase_pool2d, {"taps": 1}),
    (al.WaveletPool2d, al.wavelet_pool2d, {"taps": 4}),
    (al.FrequencyPool2d, al.frequency_pool2d, {}),
]


@pytest.mark.parametrize(("module", "function", "settings"), FORMS, ids=lambda x: getattr(x, "__name__", ""))
def test_module_and_function_agree(module, function, settings):
    x = features(2, 3, 7, 8, dtype=torch.float32)
    assert torch.equal(module()(x), function(x))
    settings = settings | {"stride": (3, 2), "padding_mode": "replicate"}
    assert torch.equal(module(**settings)(x), function(x, **settings))
    assert "stride=(3, 2), padding_mode='replicate'" in repr(module(**settings))
