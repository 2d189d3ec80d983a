"""Shifts against rolls and closed forms; SIS and consistency against loops over images and shifts."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from aliaslab import feature_instability, random_shifts, shift_consistency, shift_images, shift_instability


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def net() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(2, 6, 3, 2, 1), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 8 * 8, 5)
    )


def test_shifts_by_whole_pixels():
    x = noise(2, 3, 5, 6)
    assert torch.equal(shift_images(x, (1, -2)), x.roll((1, -2), (-2, -1)))
    zeros = shift_images(x, (1, -2), "zeros")
    assert torch.equal(zeros[..., 1:, :-2], x[..., :-1, 2:])
    assert not zeros[..., :1, :].any()
    assert not zeros[..., -2:].any()
    assert torch.equal(shift_images(x, (9, 0), "zeros"), 0 * x)  # farther than the image is tall
    for shift in ((1, -2), (0, 3), (-4, 0)):
        torch.testing.assert_close(
            shift_images(x, shift, "fourier"), x.roll(shift, (-2, -1)), rtol=0, atol=2e-6
        )


@pytest.mark.parametrize("n", [16, 15])
def test_parts_of_a_pixel(n, device):
    """A wave below Nyquist lands where the formula says; at Nyquist its real part stays."""
    y, x = torch.meshgrid(*[torch.arange(n, dtype=torch.float64)] * 2, indexing="ij")
    wave = lambda down, right: torch.cos(2 * torch.pi * (3 * (y - down) + 5 * (x - right)) / n)[None, None]
    moved = shift_images(wave(0, 0).to(device), (0.3, -1.25), "fourier").cpu()
    torch.testing.assert_close(moved, wave(0.3, -1.25))
    if n % 2 == 0:
        nyquist = torch.cos(torch.pi * x)[None, None]
        half = shift_images(nyquist, (0, 0.25), "fourier")
        torch.testing.assert_close(half, nyquist * torch.cos(torch.tensor(torch.pi / 4)).double())
    back = shift_images(shift_images(wave(0, 0).half(), (0, 0.5), "fourier"), (0, -0.5), "fourier")
    assert back.dtype == torch.float16


def test_random_shifts():
    drawn = random_shifts(500, 2, torch.Generator().manual_seed(0))
    assert set(drawn) == {(down, right) for down in range(-2, 3) for right in range(-2, 3)} - {(0, 0)}
    assert drawn == random_shifts(500, 2, torch.Generator().manual_seed(0))


def instability_by_loops(net, x, shifts, how, softmax=True):
    answer = lambda image: net(image)[0].softmax(-1) if softmax else net(image)[0]
    scores = []
    with torch.no_grad():
        for image in x.split(1):
            here = answer(image)
            turned = [
                1 - torch.cosine_similarity(here, answer(shift_images(image, s, how)), dim=0) for s in shifts
            ]
            scores.append(sum(turned) / len(turned))
    return torch.stack(scores)


@pytest.mark.parametrize("how", ["circular", "zeros", "fourier"])
@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_instability_is_the_loops(net, how, batch_size, device):
    net = net.to(device)
    x = noise(5, 2, 16, 16).to(device)
    found = shift_instability(net, x, how=how, batch_size=batch_size)
    four = [(-1, 0), (1, 0), (0, -1), (0, 1)]
    net.eval()
    # the loop's float32 cosine is the coarser of the two
    torch.testing.assert_close(found.float(), instability_by_loops(net, x, four, how), rtol=0, atol=1e-6)
    two = [(0, 0.5), (3, 0)] if how == "fourier" else [(2, 5), (3, 0)]
    logits = shift_instability(net, x, two, how, of="logits")
    torch.testing.assert_close(
        logits.float(), instability_by_loops(net, x, two, how, softmax=False), rtol=0, atol=1e-6
    )


def test_instability_of_what_cannot_and_of_what_must_change():
    x = noise(4, 3, 8, 8)
    assert shift_instability(lambda x: x.mean((-2, -1)), x).max() < 1e-12
    # each pixel is a class of its own, and a bright one wins: probabilities at right angles
    bright = torch.zeros(1, 1, 4, 4)
    bright[..., 1, 1] = 1e3
    assert shift_instability(lambda x: x.flatten(1), bright).item() == pytest.approx(1, abs=1e-9)
    assert shift_instability(lambda x: x.flatten(1), bright, of="logits").item() == pytest.approx(1)


def test_consistency_is_the_share_of_pairs(net):
    x = noise(6, 2, 16, 16)
    shifts = random_shifts(4, 3, torch.Generator().manual_seed(1))
    found = shift_consistency(net, x, shifts)
    net.eval()
    with torch.no_grad():
        classes = torch.stack([net(x.roll(s, (-2, -1))).argmax(1) for s in [(0, 0), *shifts]])
    for image, wanted in zip(found, classes.T.tolist(), strict=True):
        pairs = [a == b for i, a in enumerate(wanted) for b in wanted[:i]]
        assert image.item() == pytest.approx(sum(pairs) / len(pairs))
    assert found.min() < 1  # or the comparison says nothing


def test_the_model_is_left_as_it_was(net):
    net.train()
    net[1].eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    shift_instability(net, noise(2, 2, 16, 16))
    assert [part.training for part in net] == [True, False, True, True, True]
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def circular(stride: int) -> nn.Module:
    torch.manual_seed(0)
    return nn.Conv2d(1, 4, 3, stride, 1, bias=False, padding_mode="circular")


def test_features_that_move_with_the_image():
    x = noise(3, 1, 16, 16)
    net = nn.Sequential(circular(1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    found = feature_instability(net, x)
    assert list(found) == ["0", "1", "2", "3"]
    assert all(score.max() < 1e-10 for score in found.values())
    assert feature_instability(net, x, ["1"]).keys() == {"1"}


def test_features_that_do_not():
    """A strided convolution moves by half a pixel only for waves that do not fold."""
    strided = nn.Sequential(circular(2))
    axis = 2 * torch.pi * torch.arange(16) / 16
    slow, fast = (torch.cos(k * axis).expand(1, 1, 16, 16).contiguous() for k in (3, 6))
    assert feature_instability(strided, slow)["0"].item() < 1e-10
    # by one pixel a wave of 6/16 turns by 2 pi 6/16; folded to -2/8 it should turn by -2 pi (1/2)(2/8).
    # Two of the four shifts run across; their cosine is cos(2 pi (6/16 + 2/16)) = -1
    assert feature_instability(strided, fast)["0"].item() == pytest.approx((1 + 1) * 2 / 4, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda net, x: shift_instability(net, x[0]), ValueError, r"must be \(N, C, H, W\)"),
        (
            lambda net, x: shift_instability(lambda x: x, x),
            ValueError,
            r"must return logits \(N, K\), got \(",
        ),
        (lambda net, x: shift_instability(net, x, of="classes"), ValueError, "unknown of 'classes'"),
        (lambda net, x: shift_instability(net, x, how="roll"), ValueError, "unknown how 'roll'"),
        (lambda net, x: shift_instability(net, x, []), ValueError, "got none"),
        (lambda net, x: shift_images(x, (0.5, 0)), ValueError, "use how='fourier'"),
        (lambda net, x: random_shifts(0, 1), ValueError, "must be 1 or more"),
        (lambda net, x: feature_instability(net, x, ["9"]), ValueError, "unknown layer '9'"),
    ],
)
def test_bad_input_is_explained(net, call, error, says):
    with pytest.raises(error, match=says):
        call(net, noise(2, 2, 16, 16))
