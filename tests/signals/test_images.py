"""The test images: their local frequencies, ranges, sizes, and the photographs that need no network."""

import importlib.resources
import itertools
import socket

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aliaslab as al

EPS = np.finfo(float).eps
PLAIN = {
    "zone_plate": al.zone_plate,
    "siemens_star": al.siemens_star,
    "chirp_image": al.chirp_image,
    "checkerboard": al.checkerboard,
    "sinusoid": lambda n: al.sinusoid(n, 0.3, 25),
    "fine_text": al.fine_text,
}
sizes = st.one_of(st.integers(1, 40), st.tuples(st.integers(1, 40), st.integers(1, 40)))


@pytest.mark.parametrize("make", [*PLAIN.values(), al.knit], ids=[*PLAIN, "knit"])
@settings(deadline=None)  # the first text loads its font
@given(n=sizes)
def test_shape_type_and_range(make, n):
    image = make(n)
    assert image.shape[:2] == (n if isinstance(n, tuple) else (n, n))
    assert image.shape[2:] == ((3,) if make is al.knit else ())
    assert image.dtype == float
    assert image.min() >= 0
    assert image.max() <= 1


@pytest.mark.parametrize("make", [*PLAIN.values(), al.knit], ids=[*PLAIN, "knit"])
@pytest.mark.parametrize("n", [0, -3, 2.5, (4, 0), (4, 4, 3), ()])
def test_sizes_that_are_none(make, n):
    with pytest.raises(ValueError, match=r"n must be a whole number of pixels, 1 or more.*round it"):
        make(n)


def local_frequency(row):
    """Where, and how many cycles per pixel, along a row of ``1/2 + cos(phase) / 2``.

    Read off each pixel and its two neighbours, where the cosine is not near zero.
    """
    c = 2 * row - 1
    # cos(p - d) + cos(p + d) = 2 cos(p) cos(d): the mean step d of a locally linear phase
    usable = np.abs(c[1:-1]) > 0.3
    step = np.arccos(np.clip((c[:-2] + c[2:])[usable] / (2 * c[1:-1][usable]), -1, 1))
    return np.flatnonzero(usable) + 1, step / (2 * np.pi)


def test_zone_plate_frequency_grows_to_nyquist_at_the_edge():
    n = 512
    row = al.zone_plate(n)[n // 2]
    at, f = local_frequency(row)
    # the phase bends by pi / n a pixel^2: its neighbours' mean is off by that over a few
    np.testing.assert_allclose(f, np.abs(at - n // 2) / n, atol=0.02)
    assert al.zone_plate(n)[n // 2, n // 2] == 1
    assert np.array_equal(al.zone_plate(n), al.zone_plate(n).T)


def test_zone_plate_is_its_formula():
    y, x = np.mgrid[:9, :14]
    expected = 0.5 + 0.5 * np.cos(np.pi * ((x - 7) ** 2 + (y - 4) ** 2) / 14)
    np.testing.assert_array_equal(al.zone_plate((9, 14)), expected)


def test_the_fold_of_a_zone_plate_is_another_zone_plate():
    # every 4th pixel is cos(pi (4 m)^2 / n), which comes round again every n / 16 pixels, as bright as ever
    small = al.zone_plate(512)[::4, ::4]
    np.testing.assert_allclose(small[64], np.roll(small[64], 32), atol=1e3 * EPS)


def test_chirp_image_is_the_same_in_every_row_and_ends_at_nyquist():
    image = al.chirp_image((3, 400))
    assert (image == image[0]).all()
    at, f = local_frequency(image[0])
    np.testing.assert_allclose(f, at / 800, atol=0.02)
    expected = 0.5 + 0.5 * al.chirp(0, 0.5, 400)(np.arange(400))
    # phases reach 100 turns and are rounded relative to that
    np.testing.assert_allclose(image[0], expected, atol=2 * np.pi * 100 * 2 * EPS)


@pytest.mark.parametrize("spokes", [1, 12, 72])
def test_siemens_star_has_its_spokes_and_no_alias_of_its_own(spokes):
    n = 512
    star = al.siemens_star(n, spokes)
    # around a circle, read off at its exact angles: the angle of a pixel is known, so fit the wave
    y, x = np.mgrid[:n, :n] - n // 2
    ring = np.abs(np.hypot(x, y) - 200) < 5
    angle = np.arctan2(y, x)[ring]
    powers = [np.abs(np.exp(-1j * k * angle) @ star[ring]) for k in range(1, 100)]
    assert np.argmax(powers) + 1 == spokes
    inside = np.hypot(x, y) <= spokes / np.pi
    assert (star[inside] == 0.5).all()
    # a pixel farther out it is a star again
    assert np.ptp(star[(np.hypot(x, y) < spokes / np.pi + 4) & ~inside]) > 0.9


@pytest.mark.parametrize("size", [1, 2, 5])
def test_checkerboard(size):
    board = al.checkerboard((20, 30), size)
    assert board[0, 0] == 0
    assert (board[:, size:] == 1 - board[:, :-size]).all()
    assert (board[size:] == 1 - board[:-size]).all()
    # the one frequency of the finest board
    power = np.abs(np.fft.fft2(board - 0.5)) ** 2
    assert (power.argmax() == np.ravel_multi_index((10, 15), power.shape)) == (size == 1)


@pytest.mark.parametrize(("angle", "bin_"), [(0, (0, 8)), (90, (8, 0)), (45, (8, 8)), (-45, (-8, 8))])
def test_sinusoid_has_one_frequency(angle, bin_):
    n = 64
    image = al.sinusoid(n, np.hypot(*bin_) / n, angle)
    power = np.abs(np.fft.fft2(image - image.mean())) ** 2
    # a whole number of waves across: all the power in one pair of bins
    assert power[bin_] + power[-bin_[0], -bin_[1]] == pytest.approx(power.sum(), rel=1e-9)
    assert image[0, 0] == 1


def test_fine_text_is_ink_on_paper_in_strokes_of_one_pixel():
    page = al.fine_text(256)
    assert set(np.unique(page)) == {0, 1}
    assert 0.05 < (page == 0).mean() < 0.35
    # some stem is one pixel wide and several tall, and no two lines of text are alike
    stem = (page[:, 1:-1] == 0) & (page[:, :-2] == 1) & (page[:, 2:] == 1)
    assert (stem[:-3] & stem[1:-2] & stem[2:-1] & stem[3:]).sum() > 200
    lines = [page[top : top + 13].tobytes() for top in range(1, 243, 13)]
    assert all(one != other for one, other in itertools.pairwise(lines))
    assert np.array_equal(page, al.fine_text(256))


def hue_spread(image):
    """How far the channels lie from each other, as the standard deviation about each pixel's grey."""
    return (image - image.mean(-1, keepdims=True)).std()


def test_knit_turns_to_rainbows_only_when_decimated():
    cloth = al.knit(512)
    fair = cloth.reshape(64, 8, 64, 8, 3).mean((1, 3))
    bare = cloth[::8, ::8]
    assert hue_spread(bare) > 10 * hue_spread(fair)
    # the rainbow is slow: most of its power lies below a quarter of the new Nyquist
    red = bare[..., 0] - bare.mean(-1)
    power = np.abs(np.fft.fft2(red - red.mean())) ** 2
    fy, fx = np.abs(np.meshgrid(np.fft.fftfreq(64), np.fft.fftfreq(64), indexing="ij"))
    assert power[(fy < 0.125) & (fx < 0.125)].sum() > 0.8 * power.sum()


def test_knit_repeats_at_three_stitches():
    power = np.abs(np.fft.rfft(al.knit(512, pitch=4)[..., 0] - 0.45, axis=1)).mean(0)
    # 1 / 12 cycles per pixel, drifting by 4 %
    assert power.argmax() / 512 == pytest.approx(1 / 12, rel=0.05)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: al.siemens_star(9, 0), "spokes must be positive, got 0; give how many"),
        (lambda: al.siemens_star(9, 2.5), "spokes must be a whole number, got 2.5"),
        (lambda: al.checkerboard(9, 0), "size must be positive, got 0; give the side"),
        (lambda: al.sinusoid(9, float("nan")), "frequency must be finite"),
        (lambda: al.sinusoid(9, 0.1, float("inf")), "angle must be finite"),
        (lambda: al.knit(9, pitch=1.5), "pitch must be 2 or more, got 1.5; finer stitches would alias"),
        (lambda: al.photograph("cameraman"), "unknown photograph 'cameraman'; did you mean 'camera'"),
        (lambda: al.photograph("lena"), "choose one of 'astronaut', 'brick'"),
        (lambda: al.photograph("cat", 301), "n must be 300 or less for this photograph, got 301"),
        (lambda: al.photograph("cat", 0), "n must be positive"),
        (lambda: al.photograph("cat", 9.5), "n must be a whole number, got 9.5"),
    ],
)
def test_bad_values(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# --------------------------------------------------------------------------------- photographs


@pytest.mark.parametrize("name", al.photographs())
def test_every_photograph_is_there_without_a_network(name, monkeypatch):
    def refuse(*_):
        raise AssertionError("a photograph asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    image = al.photograph(name)
    assert image.ndim == 2 or image.shape[2] == 3
    assert image.dtype == float
    assert min(image.shape[:2]) >= 172
    assert 0 <= image.min() < image.max() <= 1
    assert image.max() > 0.5  # not 0 to 1/255


def test_photographs_are_read_unchanged():
    data = importlib.resources.files("skimage") / "data"
    plt = pytest.importorskip("matplotlib.pyplot")
    for name in ("camera", "coffee"):
        with importlib.resources.as_file(data / f"{name}.png") as path:
            # matplotlib reads PNG as float32 in [0, 1]
            np.testing.assert_allclose(al.photograph(name), plt.imread(path), atol=np.finfo("f4").eps)


def test_the_cat_is_chelsea():
    assert np.array_equal(al.photograph("cat"), al.photograph("chelsea"))
    assert "cat" not in al.photographs()
    assert list(al.photographs()) == sorted(set(al.photographs()))


@pytest.mark.parametrize(("name", "channels"), [("cat", (3,)), ("grass", ())])
def test_a_small_photograph_keeps_its_mean_and_loses_what_would_fold(name, channels):
    small = al.photograph(name, 64)
    assert small.shape == (64, 64, *channels)
    whole = al.photograph(name)
    side = min(whole.shape[:2])
    left = (whole.shape[1] - side) // 2
    square = whole[:side, left : left + side]
    # the low-pass passes the mean; only the border's clipped kernels tell the two apart
    np.testing.assert_allclose(small.mean((0, 1)), square.mean((0, 1)), atol=0.01)
    step = side // 64
    assert small.std() < square[::step, ::step].std()


def test_grey_is_luma():
    from skimage.color import rgb2gray

    np.testing.assert_allclose(
        al.photograph("astronaut", grey=True), rgb2gray(al.photograph("astronaut")), atol=8 * EPS
    )
    assert np.array_equal(al.photograph("camera", grey=True), al.photograph("camera"))
    # the two steps are linear: their order is lost in single precision
    np.testing.assert_allclose(
        al.photograph("moon", 40, grey=True), al.photograph("moon", 40), atol=np.finfo("f4").eps
    )
