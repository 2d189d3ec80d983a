"""BlurPool beside its peers: interleaved medians in one process, as ratios to antialiased-cnns' formula.

Neither antialiased-cnns nor timm can be imported without torchvision, which has no build for the CPU alone,
so their formulas stand here as their documentation describes them: antialiased-cnns, a padding module, then
a grouped convolution with the 2-D filter repeated over the channels; timm the same with ``F.pad``.  kornia is
itself.  glibc gives a large temporary back to the system after every call unless told to keep it, and then a
baseline flips between one and three times its time: `make bench` sets MALLOC_TOP_PAD_ and its kin.
"""

from itertools import product
from statistics import median
from time import perf_counter

import pytest

from aliaslab import BlurPool2d, binomial_kernel, blur_pool2d, decimate_first, fold_blur

torch = pytest.importorskip("torch")
nn, functional, LAST = torch.nn, torch.nn.functional, torch.channels_last

SHAPES = {"A": (8, 64, 112, 112), "B": (8, 256, 56, 56), "C": (1, 64, 224, 224)}
PAD = {"reflect": nn.ReflectionPad2d, "replicate": nn.ReplicationPad2d, "zeros": nn.ZeroPad2d}
PAD["circular"] = nn.CircularPad2d


def weights(taps, channels):
    row = torch.tensor(binomial_kernel(taps), dtype=torch.float32)
    return torch.outer(row, row)[None, None].repeat(channels, 1, 1, 1)


def antialiased_cnns(channels, taps=3, stride=2, mode="reflect"):
    pad = PAD[mode]([(taps - 1) // 2, taps // 2] * 2)
    filters = weights(taps, channels)
    return lambda x: functional.conv2d(pad(x), filters, stride=stride, groups=channels)


def timm(channels, taps=3, stride=2):
    filters, width = weights(taps, channels), ((stride - 1) + (taps - 1)) // 2
    pad = [width] * 4
    return lambda x: functional.conv2d(
        functional.pad(x, pad, "reflect"), filters, stride=stride, groups=channels
    )


def kornia():
    return pytest.importorskip("kornia").filters.BlurPool2D(3, 2)


def backward(layer, x):
    x = x.detach().requires_grad_()
    grad = torch.ones_like(layer(x))

    def run():
        x.grad = None
        layer(x).backward(grad)

    return run


def interleaved(calls, rounds=21):
    """Median seconds of each, every round running all of them once."""
    times = {name: [] for name in calls}
    for _ in range(rounds + 2):
        for name, call in calls.items():
            start = perf_counter()
            call()
            times[name].append(perf_counter() - start)
    return {name: median(t[2:]) for name, t in times.items()}


def report(benchmark, capsys, title, seconds, to):
    ratios = {name: round(t / seconds[to], 2) for name, t in seconds.items() if name != to}
    benchmark.extra_info.update(ratios)
    with capsys.disabled():
        print(
            f"\n{title}: {to} {1e3 * seconds[to]:.1f} ms; ratios",
            *(f"{n} {r:.2f}" for n, r in ratios.items()),
        )


@pytest.mark.parametrize("way", ["forward", "forward+backward"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_peers(benchmark, capsys, shape, way):
    """Aims: 0.30 channels last, 0.80 NCHW; forward channels last within 1.2 of ``clone``."""
    x = torch.randn(SHAPES[shape])
    last = x.to(memory_format=LAST)
    channels = x.shape[1]
    layers = {
        "antialiased-cnns": (antialiased_cnns(channels), x),
        "timm": (timm(channels), x),
        "kornia": (kornia(), x),
        "ours": (BlurPool2d(), x),
        "ours, channels last": (BlurPool2d(), last),
    }
    if way == "forward":
        calls = {
            name: lambda layer=layer, given=given: layer(given) for name, (layer, given) in layers.items()
        }
        calls["clone, channels last"] = last.clone
    else:
        calls = {name: backward(*pair) for name, pair in layers.items()}
    report(benchmark, capsys, f"{shape} {way}", interleaved(calls), "antialiased-cnns")
    benchmark.pedantic(calls["ours, channels last"], rounds=5)


OPTIONS = [(taps, 2, "reflect") for taps in range(2, 8)] + [(3, stride, "reflect") for stride in (1, 3, 4)]
OPTIONS += [(taps, 2, mode) for taps, mode in product((3, 6), ("zeros", "replicate", "circular"))]


@pytest.mark.parametrize(("taps", "stride", "mode"), OPTIONS)
def test_never_slower(benchmark, capsys, taps, stride, mode):
    """The same filter, padded: ours is widened at strides above 2, so it is given the taps here."""
    x = torch.randn(SHAPES["B"])
    last = x.to(memory_format=LAST)
    padded = antialiased_cnns(x.shape[1], taps, stride, mode)
    kernel = binomial_kernel(taps)
    ours = lambda given: blur_pool2d(given, 1, stride, mode, kernel=kernel)
    forward = {
        "padded": lambda: padded(x),
        "ours": lambda: ours(x),
        "ours, channels last": lambda: ours(last),
    }
    both = {
        "padded": backward(padded, x),
        "ours": backward(ours, x),
        "ours, channels last": backward(ours, last),
    }
    title = f"B, {taps} taps, stride {stride}, {mode}"
    report(benchmark, capsys, f"{title}, forward", interleaved(forward, 9), "padded")
    report(benchmark, capsys, f"{title}, forward+backward", interleaved(both, 9), "padded")
    benchmark.pedantic(forward["ours"], rounds=3)


@pytest.mark.parametrize("size", [1, 3])
def test_folding(benchmark, capsys, size):
    x = torch.randn(8, 64, 56, 56).to(memory_format=LAST)
    conv = nn.Conv2d(64, 64, size, padding=size // 2, padding_mode="circular").to(memory_format=LAST)
    blur = BlurPool2d(padding_mode="circular")
    ways = {
        "conv, then blur": nn.Sequential(conv, blur),
        "folded": fold_blur(conv, blur).to(memory_format=LAST),
    }
    if size == 1:
        plain = nn.Conv2d(64, 64, 1).to(memory_format=LAST)
        ways["decimated first"] = decimate_first(plain, blur)
    with torch.no_grad():
        calls = {name: lambda way=way: way(x) for name, way in ways.items()}
        report(benchmark, capsys, f"{size} x {size} convolution", interleaved(calls), "conv, then blur")
        benchmark.pedantic(calls["folded"], rounds=5)
