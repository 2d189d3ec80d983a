"""Surgery on the blocks of well-known networks: sizes, weights, outputs kept; nothing skipped in silence."""

from __future__ import annotations

import warnings

import pytest
import torch
from nn import blocks
from torch import fx, nn
from torch.nn import functional

from aliaslab import antialias, folded_energy, shift_instability, strided_layers
from aliaslab.nn import BlurPool2d, FrequencyPool2d, PolyphasePool2d
from aliaslab.nn.surgery import AntialiasedConv2d

NETWORKS = {
    "resnet": (blocks.ResNet, ["conv1", "maxpool", "layer2.0.downsample.0", "layer2.0.conv2"]),
    "resnet-d": (
        lambda: blocks.ResNet(average=True),
        ["conv1", "maxpool", "layer2.0.downsample.0", "layer2.0.conv2"],
    ),
    "cifar-resnet": (blocks.CifarResNet, [":slice", "conv1", ":max pooling"]),
    "vgg": (blocks.vgg, ["0.2", "0.5"]),
    "convnext": (blocks.convnext, ["0.0", "2.1"]),
    "efficientnet": (blocks.efficientnet, ["0.0", "1.depthwise.0", "2.depthwise.0"]),
    "vit": (blocks.VisionTransformer, ["conv_proj"]),
}
REMEDIES = ["blurpool", "polyphase", "learned-polyphase", "wavelet", "frequency"]


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_reported():
    """Any warning that a test does not expect fails it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        yield


def images(n: int = 2, size: int = 32, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, 3, size, size, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(params=NETWORKS, scope="module")
def network(request):
    build, places = NETWORKS[request.param]
    torch.manual_seed(0)
    model = build()
    for part in model.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = 1.0
    model(images(8))  # so that each normalisation fits what comes
    return model.eval(), places


def test_the_places_are_found(network):
    model, places = network
    assert strided_layers(model, images()).layer.tolist() == places


@pytest.mark.parametrize("size", [32, 45])
def test_bare_decimation_changes_nothing(network, size):
    """Each layer really is itself at stride 1, then decimation: odd sizes and borders included."""
    model, places = network
    x = images(size=size)
    same = antialias(model, "none")
    # sums of the same products in another order
    torch.testing.assert_close(same(x), model(x), rtol=1e-4, atol=1e-5)
    # VGG's adaptive pooling has nothing to do at 32 pixels
    found = strided_layers(same, x).kind.loc[lambda kind: kind != "average pooling"]
    assert found.tolist() == ["Decimate"] * len(places)


@pytest.mark.parametrize("remedy", REMEDIES)
def test_every_remedy_fits(network, remedy, device):
    model, places = network
    model = model.to(device)
    x = images(size=33).to(device)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.no_grad():
        wanted = model(x)
        repaired = antialias(model, remedy, example=x)
        out = repaired.to(device)(x)
    assert out.shape == wanted.shape
    assert (out - wanted).abs().max() > 1e-4  # something was done
    # the model itself is as it was; its weights are in the copy under the same names, and are copies
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    copied = repaired.state_dict()
    assert all(torch.equal(copied[name], value) for name, value in before.items())
    assert remedy == "learned-polyphase" or copied.keys() == before.keys()
    assert not {id(p) for p in model.parameters()} & {id(p) for p in repaired.parameters()}
    assert not repaired.training
    left = strided_layers(repaired, x)
    assert len(left) == len(places)
    assert left.kind.str.contains("Pool2d").all()


def test_energy_that_folds_is_gone(network):
    """Frequency pooling leaves nothing to fold; BlurPool less than there was in every place."""
    model, places = network
    x = images(8)
    before = list(folded_energy(model, x).values())
    blurred = list(folded_energy(antialias(model), x).values())
    ideal = list(folded_energy(antialias(model, "frequency"), x).values())
    assert len(before) == len(blurred) == len(ideal) == len(places)
    # the first place sees the same image in all three
    assert (blurred[0] < before[0]).all()
    assert all(share.max() < 1e-6 for share in ideal)


def test_polyphase_makes_a_resnet_invariant():
    """Both branches of a block keep the same pixels: exactly invariant to circular shifts, stem and all."""
    torch.manual_seed(0)
    model = blocks.ResNet(padding_mode="circular")
    model(images(8))
    x = images(4)
    shifts = [(1, 0), (0, 3), (-5, 2)]
    unstable = lambda model: shift_instability(model, x, shifts, of="logits").max().item()
    repaired = antialias(model, "polyphase", padding_mode="circular", example=x)
    # the same sums, taken in another order: float32 rounding, squared by the cosine
    assert unstable(repaired) < 1e-11
    assert unstable(model) > 1e-7
    # a part of the surgery is not enough, nor is max pooling that pads, nor are phases chosen apart
    some = antialias(model, "polyphase", ["conv1", "maxpool"], "circular", x)
    padded = antialias(model, "polyphase", example=x)
    apart = antialias(model, lambda channels, stride: PolyphasePool2d(stride=stride), padding_mode="circular")
    assert min(map(unstable, (some, padded, apart))) > 1e-9


def test_where_by_pattern_and_by_function():
    model = blocks.ResNet().eval()
    untouched = lambda copy: [n for n, m in copy.named_modules() if getattr(m, "stride", 1) == (2, 2)]
    repaired = antialias(model, where="layer2*")
    assert isinstance(repaired.layer2[0].conv2, AntialiasedConv2d)
    assert isinstance(repaired.layer2[0].downsample[0].decimate, BlurPool2d)
    assert type(repaired.conv1) is nn.Conv2d
    assert untouched(repaired)[0] == "conv1"
    assert type(antialias(model, where=["maxpool"]).maxpool) is nn.Sequential
    assert type(antialias(model, where=lambda path: "conv1" not in path).conv1) is nn.Conv2d
    with pytest.raises(ValueError, match=r"where='layer9\*' matches no place"):
        antialias(model, where="layer9*")


def test_a_remedy_of_ones_own():
    model = blocks.ResNet().eval()
    asked = []

    def five_taps(channels, stride):
        asked.append((channels, stride))
        return BlurPool2d(5, stride, "replicate")

    repaired = antialias(model, five_taps)
    assert asked == [(8, (2, 2)), (None, (2, 2)), (12, (2, 2)), (16, (2, 2))]
    assert repaired.conv1.decimate.taps == (5, 5)
    asked.clear()
    antialias(model, five_taps, example=images())
    assert (8, (2, 2)) in asked
    assert (None, (2, 2)) not in asked
    named = antialias(model, "blurpool", padding_mode="circular")
    assert named.conv1.decimate.padding_mode == "circular"


def test_a_pointwise_convolution_comes_after_the_decimation():
    """The noble identity: the same numbers from a quarter of the work."""
    conv = nn.Conv2d(3, 4, 1, 2)
    repaired = antialias(nn.Sequential(conv))
    x = images()
    wanted = BlurPool2d()(functional.conv2d(x, conv.weight, conv.bias))
    torch.testing.assert_close(repaired(x), wanted, rtol=1e-4, atol=1e-6)
    seen = []
    repaired[0].decimate.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0].shape[1]))
    repaired(x)
    assert seen == [3]


@pytest.mark.parametrize("size", [7, 8, 9, 10])
@pytest.mark.parametrize(
    "pool",
    [
        nn.MaxPool2d(3, 2, 1, ceil_mode=True),
        nn.MaxPool2d(2, 3),
        nn.MaxPool2d((2, 3), (3, 2), (1, 0), dilation=(2, 1), ceil_mode=True),
        nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False),
        nn.AvgPool2d(3, 2, 1, ceil_mode=True),
        nn.AvgPool2d(3, 2, 1, count_include_pad=False),
        nn.AvgPool2d(3, 2, 1, divisor_override=5),
        nn.AvgPool2d(2, 4),
    ],
    ids=str,
)
def test_pools_of_every_kind(pool, size):
    x = images(size=size)
    same = antialias(nn.Sequential(pool), "none")(x)
    torch.testing.assert_close(same, pool(x))


def test_functions_and_slices_become_a_graph():
    torch.manual_seed(0)
    model = blocks.CifarResNet().eval()
    repaired = antialias(model)
    assert isinstance(repaired, fx.GraphModule)
    assert type(repaired).__name__ == "CifarResNet"
    x = images()
    h = torch.relu(model.stem(x))
    shortcut = functional.pad(BlurPool2d()(h), (0, 0, 0, 0, 2, 2))
    h = torch.relu(
        model.conv2(
            torch.relu(BlurPool2d()(functional.conv2d(h, model.conv1.weight, model.conv1.bias, 1, 1)))
        )
        + shortcut
    )
    wanted = model.fc(BlurPool2d()(functional.max_pool2d(h, 2, 1)).mean((2, 3)))
    torch.testing.assert_close(repaired(x), wanted, rtol=1e-4, atol=1e-5)

    # a slice that begins elsewhere, along one axis
    class Late(nn.Module):
        def forward(self, x):
            return x[..., 1:-2, 1::3]

    torch.testing.assert_close(antialias(Late(), "none")(x), x[..., 1:-2, 1::3])
    # left alone, the class stays
    assert type(antialias(model, where="conv1")) is blocks.CifarResNet


class Untraceable(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, 2, 1)

    def forward(self, x):
        x = self.conv(x)
        if x.mean() > 1e9:  # depends on the data
            x = -x
        return x[..., ::2, ::2].mean((2, 3))


class Resizing(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, 2, 1)

    def forward(self, x):
        return functional.interpolate(self.conv(x), scale_factor=0.5)


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.plane, self.line = nn.Conv2d(3, 4, 3, 2, 1), nn.Conv1d(4, 4, 3, 2)

    def forward(self, x):
        return self.line(self.plane(x).flatten(2))


@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize(
    ("model", "says"),
    [
        (Untraceable(), ["cannot be traced"]),
        (Resizing(), ["resize"]),
        (Line(), ["line: Conv1d is not known here"]),
        (
            nn.Sequential(nn.Conv2d(3, 4, 3, 2), blocks.SamePadding(4, 4, 3, 2)),
            ["1: SamePadding has a forward of its own"],
        ),
        (nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.LPPool2d(2, 2)), ["1: LPPool2d is not known here"]),
        (nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.Upsample(scale_factor=0.5)), ["1: a resize"]),
    ],
    ids=lambda x: type(x).__name__,
)
def test_what_is_not_repaired_is_said(model, says, seen):
    model.eval()
    with pytest.warns(UserWarning, match="not repaired: ") as caught:
        repaired = antialias(model, example=images() if seen else None)
    (warning,) = caught
    assert all(part in str(warning.message) for part in says), str(warning.message)
    assert repaired(images()).shape == model(images()).shape
    if seen and isinstance(model, Untraceable):
        assert ":slice: the model cannot be traced" in str(warning.message)


def test_a_branch_that_cannot_be_repaired_leads_nobody():
    """The first place on a grid is refused: the next one chooses for itself."""
    model = nn.Sequential(blocks.SamePadding(3, 4, 3, 2), nn.Conv2d(4, 4, 3, 2, 1)).eval()
    model.insert(0, nn.Identity())
    with pytest.warns(UserWarning, match="SamePadding"):
        repaired = antialias(model, "polyphase", example=images())
    assert repaired(images()).shape == model(images()).shape


def test_a_layer_with_two_names_is_repaired_under_both():
    conv = nn.Conv2d(3, 3, 3, 2, 1)
    repaired = antialias(nn.Sequential(conv, nn.ReLU(), conv))
    assert repaired[0] is repaired[2]
    assert isinstance(repaired[0], AntialiasedConv2d)


def test_remedies_are_not_repaired_again():
    once = antialias(blocks.ResNet().eval())
    with pytest.raises(ValueError, match="nothing to repair"):
        antialias(once)
    with pytest.raises(ValueError, match="nothing to repair"):
        antialias(once, example=images())


def test_training_goes_on_after_surgery():
    torch.manual_seed(0)
    model = antialias(blocks.ResNet(), "blurpool").train()
    before = model.conv1.weight.detach().clone()
    model(images()).square().sum().backward()
    torch.optim.SGD(model.parameters(), 0.1).step()
    assert not torch.equal(model.conv1.weight, before)


def test_the_copy_can_be_exported():
    model = antialias(blocks.ResNet().eval(), FrequencyOrBlur())
    x = images()
    exported = torch.export.export(model, (x,)).module()
    torch.testing.assert_close(exported(x), model(x))


class FrequencyOrBlur:
    """A remedy that differs from place to place."""

    def __call__(self, channels, stride):
        return FrequencyPool2d(stride) if channels == 16 else BlurPool2d(3, stride)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"remedy": "blur"}, "unknown remedy 'blur'; did you mean 'blurpool'"),
        ({"remedy": "polyphase"}, "needs an example"),
    ],
)
def test_bad_input_is_explained(arguments, says):
    with pytest.raises(ValueError, match=says):
        antialias(blocks.ResNet(), **arguments)


def test_models_that_cannot_be_repaired():
    with pytest.raises(ValueError, match="nothing to repair: the model has no strided layers"):
        antialias(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()))
    with pytest.raises(ValueError, match=r"wrap it in torch\.nn\.Sequential"):
        antialias(nn.Conv2d(3, 4, 3, 2))
