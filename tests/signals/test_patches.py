"""TexturePatches: cut where it is said, normalised, the same every time, and no pixel in both halves."""

from __future__ import annotations

import numpy as np
import pytest

from aliaslab import photograph, photographs, texture_patches
from aliaslab.signals.patches import _deviation, _half


@pytest.fixture(scope="module")
def splits():
    pytest.importorskip("skimage", reason="scikit-image is missing: pip install scikit-image")
    return {split: texture_patches(split, per_class=4) for split in ("train", "test")}


def test_shapes_and_labels(splits):
    for patches, labels in splits.values():
        assert patches.shape == (72, 32, 32)
        assert (patches.dtype, labels.dtype) == (np.float32, np.int64)
        assert labels.tolist() == [label for label in range(18) for _ in range(4)]
    assert len(photographs()) == 18


def test_each_patch_is_normalised(splits):
    for patches, _ in splits.values():
        np.testing.assert_allclose(patches.mean((1, 2)), 0, atol=1e-5)
        np.testing.assert_allclose(patches.std((1, 2)), 1, atol=1e-5)


def places(patch: np.ndarray, image: np.ndarray) -> list[tuple[int, int]]:
    """Where a normalised patch lies in a photograph: where its correlation with it is 1."""
    from scipy.signal import fftconvolve

    size = patch.shape[0]
    spread = _deviation(image, size)
    match = fftconvolve(image, patch[::-1, ::-1], "valid") / size**2
    return list(zip(*np.nonzero(match > 0.99999 * np.maximum(spread, 1e-3)), strict=True))


@pytest.mark.parametrize(("split", "half"), [("train", 0), ("test", 1)])
def test_patches_are_from_their_own_half(splits, split, half):
    patches, labels = splits[split]
    for label in (0, 4):  # an even width and an odd one
        image = photograph(photographs()[label], grey=True)
        width = image.shape[1]
        for patch in patches[labels == label]:
            found = places(patch, image)
            assert found
            assert all(x + 32 <= width // 2 if half == 0 else x >= width - width // 2 for _, x in found)


def test_the_halves_share_no_pixel():
    image = np.arange(35.0).reshape(5, 7)
    assert not np.intersect1d(_half(image, 0), _half(image, 1)).size
    assert _half(image, 0).shape == _half(image, 1).shape == (5, 3)


def test_deviation_is_that_of_each_window():
    image = np.random.default_rng(0).random((9, 11))
    windows = np.lib.stride_tricks.sliding_window_view(image, (4, 4))
    np.testing.assert_allclose(_deviation(image, 4), windows.std((2, 3)), atol=1e-12)


def test_the_same_patches_everywhere(splits):
    """Weights are shipped that were trained on these: the draw must not change."""
    patches, _ = splits["test"]
    again, _ = texture_patches("test", per_class=4)
    assert np.array_equal(patches, again)
    other, _ = texture_patches("test", per_class=4, seed=1)
    assert not np.array_equal(patches, other)
    corner = [0.284, 0.196, -0.634, 0.464, -0.369, -0.85, 1.829, 1.566]
    np.testing.assert_allclose(patches[::9, 0, 0], corner, atol=1e-3)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"split": "val"}, "unknown split 'val'; choose one of 'train', 'test'"),
        ({"split": "test", "size": 1}, "size must be 2 or more"),
        ({"split": "test", "size": 500}, "size must be 256 or less for half of 'astronaut', got 500"),
        ({"split": "test", "per_class": 0}, "per_class must be positive"),
        ({"split": "test", "size": 3.5}, "size must be a whole number"),
    ],
)
def test_bad_input_is_explained(arguments, says):
    with pytest.raises(ValueError, match=says):
        texture_patches(**arguments)
