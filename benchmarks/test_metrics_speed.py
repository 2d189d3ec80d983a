"""SIS and AVR of 256 images, batched, beside loops over images, shifts and channels."""

import time

import pytest
import torch
from torch.nn import functional

from aliaslab import alias_violation_ratio, folded_energy, layer_violations, shift_instability
from aliaslab.nn.models import small_resnet

IMAGES = torch.randn(256, 1, 32, 32, generator=torch.Generator().manual_seed(0))
SHIFTS = ((-1, 0), (1, 0), (0, -1), (0, 1))


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return small_resnet("strided").eval()


@torch.no_grad()
def sis_by_loops(model, images):
    scores = []
    for image in images.split(1):
        here = model(image).softmax(-1)
        there = [model(image.roll(shift, (-2, -1))).softmax(-1) for shift in SHIFTS]
        scores.append(sum(1 - functional.cosine_similarity(here, p) for p in there) / len(there))
    return torch.cat(scores)


def avr_by_loops(features, stride):
    """The source's formula, a transform per channel of each image."""
    height, width = features.shape[-2:]
    y = (torch.arange(height) - height / 2) / (height / 2)
    x = (torch.arange(width) - width / 2) / (width / 2)
    outside = torch.sqrt(y[:, None] ** 2 + x**2) > 1 / stride
    ratios = []
    for maps in features:
        power = sum(torch.fft.fftshift(torch.fft.fft2(channel).abs() ** 2) for channel in maps) / len(maps)
        ratios.append(power[outside].sum() / power.sum())
    return torch.stack(ratios)


@torch.no_grad()
def features_of(model, images):
    return model.features[:2](images)


def paired(ours, loops, rounds=3):
    """Median times of both, taken in turn in one process."""
    times = {ours: [], loops: []}
    for call in (ours, loops) * rounds:
        start = time.perf_counter()
        call()
        times[call].append(time.perf_counter() - start)
    return [sorted(times[call])[rounds // 2] for call in (ours, loops)]


@pytest.mark.parametrize("name", ["SIS", "AVR"])
def test_ratio_to_loops(benchmark, model, capsys, name):
    """Both at least 5 times faster than the loops is the aim."""
    if name == "SIS":
        ours, loops = lambda: shift_instability(model, IMAGES), lambda: sis_by_loops(model, IMAGES)
    else:
        features = features_of(model, IMAGES)
        ours, loops = lambda: alias_violation_ratio(features, 2), lambda: avr_by_loops(features, 2)
    torch.testing.assert_close(ours().float(), loops().float(), rtol=1e-4, atol=1e-6)
    fast, slow = paired(ours, loops)
    benchmark.pedantic(ours, rounds=3)
    with capsys.disabled():
        print(f"\n{name} of 256 images, {torch.get_num_threads()} thread(s): {1e3 * fast:.0f} ms")
        print(f"{slow / fast:.1f} times faster than loops over images, shifts and channels")


@pytest.mark.parametrize("what", [shift_instability, layer_violations, folded_energy])
def test_measure(benchmark, model, what):
    benchmark.group = "256 images, small ResNet"
    benchmark.pedantic(what, (model, IMAGES), rounds=3, warmup_rounds=1)


def test_forward_pass(benchmark, model):
    """What the measures cannot go below: SIS is five of these."""
    benchmark.group = "256 images, small ResNet"
    with torch.no_grad():
        benchmark.pedantic(model, (IMAGES,), rounds=3, warmup_rounds=1)
