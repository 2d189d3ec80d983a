"""Where models decimate, and what folds there: against loops, decimation itself, and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from aliaslab import alias_violation_ratio, folded_energy, layer_violations, strided_layers
from aliaslab.metrics.decimation import watch_decimations


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Many(nn.Module):
    """Every way to decimate, as modules, functions and slices."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, 2, 1, padding_mode="circular")
        self.pool = nn.MaxPool2d(2)
        self.keep = nn.Conv2d(4, 4, 3, 1, 1)

    def forward(self, x):
        x = self.pool(self.keep(self.conv(x)))
        x = functional.max_pool2d(x, 3, 2, 1) + functional.avg_pool2d(x, 2)
        x = x[:, :, ::2, ::4] + x[:, :2].repeat(1, 2, 1, 1)[..., ::2, 1::4]
        return functional.adaptive_avg_pool2d(functional.interpolate(x, scale_factor=0.5), 1).flatten(1)


def test_every_way_to_decimate_is_found():
    table = strided_layers(Many(), noise(2, 2, 64, 64))
    assert list(table.itertuples(index=False, name=None)) == [
        ("conv", "convolution", (2, 2), (64, 64), 2, True),
        ("pool", "max pooling", (2, 2), (32, 32), 4, True),
        (":max pooling", "max pooling", (2, 2), (16, 16), 4, True),
        (":average pooling", "average pooling", (2, 2), (16, 16), 4, True),
        (":slice", "slice", (2, 4), (8, 8), 4, True),
        (":slice#2", "slice", (2, 4), (8, 8), 4, True),
        (":resize", "resize", (2, 2), (4, 2), 4, False),
    ]


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        (nn.Conv2d(2, 4, 3, (2, 3), 1), "convolution"),
        (nn.Conv2d(2, 4, (3, 5), 2, (1, 2), dilation=2, groups=2), "convolution"),
        (nn.Conv2d(2, 4, 4, 4), "convolution"),
        (nn.Conv2d(2, 4, 3, 2, 1, padding_mode="reflect"), "convolution"),
        (nn.MaxPool2d(3, 2, 1), "max pooling"),
        (nn.MaxPool2d(2, 3, ceil_mode=True), "max pooling"),
        (nn.MaxPool2d(2, return_indices=True), "max pooling"),
        (nn.AvgPool2d(3, 2, 1, count_include_pad=False), "average pooling"),
        (nn.AvgPool2d(2, divisor_override=3), "average pooling"),
        (nn.AdaptiveAvgPool2d(6), "average pooling"),
        (nn.AdaptiveMaxPool2d((6, 9)), "max pooling"),
        (nn.LPPool2d(2, 3, 2), "power pooling"),
        (lambda x: x[..., 1::2, :-2:3], "slice"),
        (lambda x: torch.max_pool2d(x, 2), "max pooling"),
    ],
    # a function's own name has an address in it, another one in each worker
    ids=lambda value: str(value).partition(" at 0x")[0],
)
def test_undecimated_then_decimated_is_the_layer(layer, kind):
    """The claim on which everything here rests, for each kind of layer."""
    x = noise(2, 2, 18, 18)
    found = []
    watch_decimations(layer, x, found.append)
    (place,) = found
    assert place.kind == kind
    wanted = layer(x)
    wanted = wanted[0] if isinstance(wanted, tuple) else wanted
    (down, across), dense = place.factor, place.undecimated()
    kept = dense[..., ::down, ::across]
    # ceil_mode may add a window that hangs over the border
    both = [min(a, b) for a, b in zip(kept.shape, wanted.shape, strict=True)]
    cut = tuple(slice(n) for n in both)
    assert max(np.subtract(wanted.shape, both)) <= 1
    torch.testing.assert_close(kept[cut], wanted[cut])


@pytest.mark.parametrize(
    "layer",
    [
        lambda x: functional.unfold(x, 2, stride=2),
        lambda x: functional.interpolate(x, size=8, mode="bilinear"),
        lambda x: x[:, ::2],
        lambda x: x.permute(0, 2, 3, 1)[:, ::2, ::2],
        lambda x: functional.max_pool1d(x.flatten(2), 2),
        nn.AdaptiveAvgPool2d(5),
    ],
)
def test_what_cannot_be_measured_is_named(layer):
    x = noise(2, 2, 16, 16)
    assert not strided_layers(layer, x).measured.any()
    with pytest.warns(UserWarning, match=r"not measured: .* what they decimate is not known"):
        assert folded_energy(layer, x) == {}


def test_what_does_not_decimate():
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.MaxPool2d(3, 1), nn.Upsample(scale_factor=2), nn.AdaptiveAvgPool2d(1)
    )
    for call in (strided_layers, folded_energy, layer_violations):
        with pytest.raises(ValueError, match="decimates nowhere"):
            call(model, noise(1, 2, 16, 16))


def folded_by_loops(x: np.ndarray, weight: np.ndarray, stride: int) -> list[float]:
    """Convolve circularly at stride 1, then take the energy of every bin outside the square."""
    shares = []
    for image in x:
        n = image.shape[-1]
        below = total = 0.0
        for kernel in weight:
            reach = kernel.shape[-1] // 2
            dense = sum(
                kernel[c, i, j] * np.roll(image[c], (reach - i, reach - j), (0, 1))
                for c in range(kernel.shape[0])
                for i in range(kernel.shape[1])
                for j in range(kernel.shape[2])
            )
            power = np.abs(np.fft.fft2(dense)) ** 2
            f = np.abs(np.fft.fftfreq(n))
            held = f <= 1 / (2 * stride)
            below += power[np.ix_(held, held)].sum()
            total += power.sum()
        shares.append(1 - below / total)
    return shares


@pytest.mark.parametrize("stride", [2, 3])
def test_folded_energy_is_the_loops(stride, device):
    conv = nn.Conv2d(2, 3, 3, stride, 1, bias=False, padding_mode="circular").to(device)
    x = noise(5, 2, 12, 12).to(device)
    found = folded_energy(conv, x, batch_size=2)
    assert list(found) == [""]
    wanted = folded_by_loops(x.cpu().numpy(), conv.weight.detach().cpu().numpy(), stride)
    np.testing.assert_allclose(found[""].cpu(), wanted, rtol=1e-5)


def test_folded_energy_is_what_decimation_moves():
    """The map at stride 1 is what the grid holds, which decimation loses nothing of, and the rest."""
    conv = nn.Conv2d(1, 1, 3, 2, 1, bias=False, padding_mode="circular")
    x = noise(1, 1, 32, 32)
    dense = functional.conv2d(functional.pad(x, (1, 1, 1, 1), "circular"), conv.weight)
    spectrum = torch.fft.fft2(dense)
    f = torch.fft.fftfreq(32).abs()
    beyond = torch.maximum(f[:, None], f) > 0.25
    folding = torch.fft.ifft2(spectrum * beyond).real
    share = (folding.square().sum() / dense.square().sum()).item()
    assert folded_energy(conv, x)[""].item() == pytest.approx(share, rel=1e-5)
    # without that part, each bin within the limit is there after decimation, a quarter as high
    slow = (dense - folding)[..., ::2, ::2]
    grid = torch.fft.fft2(slow)
    held = torch.fft.fft2(dense - folding)
    assert torch.allclose(grid[..., 1:8, 1:8] * 4, held[..., 1:8, 1:8], atol=1e-3)


def test_right_where_avr_is_wrong():
    """The layer's own filter removes what AVR blames; and the diagonal wave does not fold."""
    white = noise(4, 8, 64, 64)
    slicing = lambda x: x[..., ::2, ::2]
    assert layer_violations(slicing, white)[":slice"].mean() == pytest.approx(0.805, abs=3e-3)
    assert folded_energy(slicing, white)[":slice"].mean() == pytest.approx(0.735, abs=3e-3)

    axis = 2 * torch.pi * 14 / 64 * torch.arange(64)
    wave = torch.cos(axis[:, None] + axis)[None, None]
    assert layer_violations(slicing, wave)[":slice"].item() == pytest.approx(1, abs=1e-6)
    assert folded_energy(slicing, wave)[":slice"].item() == pytest.approx(0, abs=1e-6)

    # binomial taps: white noise leaves them with a spectrum cos^4 per axis, of which in closed form
    # the half above 1/4 holds 1/2 - 4/(3 pi)
    blur = nn.Conv2d(1, 1, 3, 2, 1, bias=False, padding_mode="circular")
    taps = torch.tensor([1.0, 2, 1]) / 4
    blur.weight.data = (taps[:, None] * taps)[None, None]
    impulse = torch.zeros(1, 1, 256, 256)
    impulse[..., 0, 0] = 1
    axis_folds = 0.5 - 4 / (3 * np.pi)
    wanted = 1 - (1 - axis_folds) ** 2
    # a sum over 128 bins of a half for an integral: the bins on the limit count in full
    assert folded_energy(blur, impulse)[""].item() == pytest.approx(wanted, abs=1 / 128)
    assert layer_violations(blur, impulse)[""].item() > 0.8


def test_the_mean_can_be_left_out():
    x = noise(2, 1, 16, 16) + 3
    slicing = lambda x: x[..., ::2, ::2]
    kept, removed = (folded_energy(slicing, x, mean)[":slice"] for mean in ("keep", "remove"))
    torch.testing.assert_close(removed, alias_violation_ratio(x, 2, "square", "remove"))
    assert (removed > 5 * kept).all()


class Picky(nn.Module):
    """A layer that says itself what it decimates."""

    stride = 2

    def forward(self, x):
        return torch.stack([x[..., ::2, ::2], x[..., 1::2, 1::2]]).amax(0)

    def undecimated(self, x):
        return torch.maximum(x, x.roll((-1, -1), (-2, -1)))


def test_a_layer_may_say_what_it_decimates():
    model = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), Picky())
    x = noise(3, 1, 16, 16)
    assert strided_layers(model, x).layer.tolist() == ["1"]
    assert strided_layers(model, x).kind.tolist() == ["Picky"]
    with torch.no_grad():
        wanted = alias_violation_ratio(model[1].undecimated(model[0](x)), 2, "square")
    torch.testing.assert_close(folded_energy(model, x)["1"], wanted)


def test_a_failing_model_leaves_no_hooks():
    model = Many()
    with pytest.raises(RuntimeError):
        strided_layers(model, noise(1, 3, 64, 64))
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in model.modules())
    assert model.training
