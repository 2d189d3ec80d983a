"""Resizing through ``downsample`` beside the library called directly, and the whole audit."""

import numpy as np
import pytest

from aliaslab import audit, downsample, methods

IMAGE = np.random.default_rng(0).random((512, 512), dtype=np.float32)


def opencv():
    cv2 = pytest.importorskip("cv2")
    return lambda: cv2.resize(IMAGE, (128, 128), interpolation=cv2.INTER_AREA)


def pillow():
    image = pytest.importorskip("PIL.Image")
    return lambda: np.asarray(image.fromarray(IMAGE).resize((128, 128), image.Resampling.LANCZOS))


def torch():
    torch = pytest.importorskip("torch")
    shrink = torch.nn.functional.interpolate
    tensor = torch.from_numpy(IMAGE)[None, None]
    return lambda: shrink(tensor, (128, 128), mode="bilinear", antialias=True)


@pytest.mark.parametrize("way", ["direct", "downsample"])
@pytest.mark.parametrize(
    ("name", "direct"),
    [("opencv-area", opencv), ("pillow-lanczos", pillow), ("torch-bilinear-aa", torch)],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_one_resize(benchmark, name, direct, way):
    benchmark.group = name
    call = direct()
    benchmark(call if way == "direct" else lambda: downsample(IMAGE, 4, name))


def test_the_whole_audit(benchmark):
    """Every method at hand at 2, 4 and 8; below 10 s on two cores is the aim."""
    methods()  # the imports are not the audit's
    benchmark.pedantic(audit, rounds=1)
