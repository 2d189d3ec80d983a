"""The CV of a resize by algebra, beside autograd on the image, and the whole landscape."""

import pytest

from aliaslab import coefficient_of_variation, cv_landscape, interpolate_cv, unit_gradient_map

torch = pytest.importorskip("torch")

SRC, DST = 128, 57
OPTIONS = [("bilinear", False), ("bicubic", False), ("area", False), ("bilinear", True), ("bicubic", True)]


def autograd(mode, antialias):
    shrink = lambda x: torch.nn.functional.interpolate(x, size=DST, mode=mode, antialias=antialias)
    return lambda: coefficient_of_variation(unit_gradient_map(shrink, SRC, device="cpu"))


@pytest.mark.parametrize("way", ["autograd", "algebra", "landscape, per pair"])
@pytest.mark.parametrize(("mode", "antialias"), OPTIONS, ids=str)
def test_one_pair(benchmark, mode, antialias, way):
    """``landscape, per pair``: all 8256 pairs up to 128; divide by 8256."""
    benchmark.group = f"{mode}, antialias={antialias}, 128 to 57"
    if way == "algebra":
        benchmark(interpolate_cv, SRC, DST, mode, antialias)
    elif way == "autograd":
        benchmark(autograd(mode, antialias))
    else:
        benchmark.pedantic(cv_landscape, (range(1, SRC + 1), mode, antialias), rounds=5)


def test_the_landscapes(benchmark):
    """Four modes to 128, and antialiased where they can be; below 3 s on two cores is the aim."""

    def landscapes():
        for mode in ("nearest", "bilinear", "bicubic", "area"):
            for antialias in {False, mode in ("bilinear", "bicubic")}:
                cv_landscape(range(1, 129), mode, antialias)

    benchmark.pedantic(landscapes, rounds=3)
