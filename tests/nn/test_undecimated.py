"""What each layer says of itself: decimating ``undecimated(x)`` is what it does."""

from __future__ import annotations

import pytest
import torch
from nn.layers import LAYERS, MODES, STRIDES

from aliaslab import folded_energy, strided_layers


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_its_undecimated_self_decimated(name, mode, device):
    x = noise(2, 3, 12, 24).to(device)
    for stride in STRIDES:
        layer = LAYERS[name](stride, mode).to(device)
        down, across = layer.stride
        with torch.no_grad():
            out, dense = layer(x), layer.undecimated(x)
        if "phase" in name or name == "learned":  # each image begins where it chose to
            for image, wanted in zip(dense, out, strict=True):
                phases = [image[:, i::down, j::across] for i in range(down) for j in range(across)]
                assert min((phase - wanted).abs().max().item() for phase in phases) < 1e-5
        else:
            # the same sums in another order
            torch.testing.assert_close(dense[..., ::down, ::across], out, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_the_measures_see_one_place(name):
    x = noise(2, 3, 16, 16)
    layer = LAYERS[name](2, "circular")
    table = strided_layers(layer, x)
    assert table.kind.tolist() == [type(layer).__name__]
    assert table.measured.all()
    (share,) = folded_energy(layer, x).values()
    assert share.shape == (2,)


def test_what_each_filter_leaves_to_fold():
    """In order: nothing, two, three, five taps, an ideal low-pass."""
    x = noise(4, 3, 32, 32)
    shares = [
        next(iter(folded_energy(LAYERS[name](2, "circular"), x).values())).mean().item()
        for name in ("blur-1", "blur-2", "blur-3", "blur-5", "frequency")
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 1e-10
