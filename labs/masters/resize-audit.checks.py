"""Hidden checks of `resize-audit`: 100 marks, judged from data only (see `aliaslab.grading`).

Questions 5 and 6 hand over pictures and functions; what comes back is data all the same.
"""

import functools

import numpy as np
from scipy.ndimage import gaussian_filter

from aliaslab import downsample, ghost_energy, zone_plate
from aliaslab.grading import Check, close


def random(seed, check):
    """A generator for one check, so that adding a check leaves the numbers of the others alone."""
    return np.random.default_rng([seed, *check.encode()])


def once(seed):
    return [()]


# ---- q0


def places(name, low_u, high_u, low_v, high_v, signs=(1,)):
    """Places whose two frequencies lie between the bounds, counted in new Nyquist frequencies."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for _ in range(10):
            n, factor = 2 * int(rng.integers(60, 300)), int(rng.integers(2, 9))
            limit = n / (2 * factor)
            x, y = limit * rng.uniform(low_u, high_u), limit * rng.uniform(low_v, high_v)
            if rng.random() < 0.5:
                x, y = y, x
            found.append((float(x * rng.choice(signs)), float(y * rng.choice(signs)), n, factor))
        return found

    return inputs


def anywhere(seed):
    return [call[:3] for call in places("anywhere", 0, 4, 0, 4, (-1, 1))(seed)]


def frequency_by_differences(x, y, n):
    """The derivative of the cosine's angle, numerically."""
    angle = lambda x, y: np.pi * (x**2 + y**2) / n
    h = 0.5
    along_x = (angle(x + h, y) - angle(x - h, y)) / (2 * h)
    along_y = (angle(x, y + h) - angle(x, y - h)) / (2 * h)
    return along_x / (2 * np.pi), along_y / (2 * np.pi)


def fits(x, y, n, factor):
    u, v = frequency_by_differences(x, y, n)
    return (abs(u) < 0.5 / factor) & (abs(v) < 0.5 / factor)


def either_side(name, signs=(1,)):
    """Near an axis, half of the places inside the square and half of them outside."""

    def inputs(seed):
        inside = places(name + " in", 0.3, 0.98, 0, 0.15, signs)(seed)
        return inside + places(name + " out", 1.02, 1.8, 0, 0.15, signs)(seed)

    return inputs


def corners(seed):
    """Inside the square and outside the disc; and outside the square, inside the diamond around it."""
    return places("corner", 0.8, 0.98, 0.8, 0.98)(seed) + places("beside", 1.02, 1.3, 0.1, 0.5)(seed)


def grids(seed):
    rng = random(seed, "grids")
    return [(rng.uniform(-70, 70, shape), rng.uniform(-70, 70, shape), 160, 3) for shape in ((9,), (4, 5))]


# ---- q1


def decimated(name, factors, sides):
    def inputs(seed):
        rng = random(seed, name)
        return [(sides(rng, factor), factor) for factor in rng.permutation(factors).tolist()]

    return inputs


def even_and_divided(rng, factor):
    return 2 * factor * int(rng.integers(12, 30))


def not_divided(rng, factor):
    return factor * int(rng.integers(20, 60)) + int(rng.integers(1, factor))


def folded_to_zero(n, factor):
    """Found by walking through the plate in steps of 1/factor of its side, one axis after the other."""
    orders = [k for k in range(-factor, factor + 1) if 2 * abs(k) < factor]
    along = [(n // 2 + k * n / factor - factor // 2) / factor for k in orders]
    pairs = [(row, column) for row in along for column in along]
    pairs.pop(len(pairs) // 2)  # the true centre
    return np.array(pairs)


def same_places(got, wanted, *inputs):
    in_order = lambda places: sorted(map(tuple, np.round(places.astype(float), 4)))
    return "" if np.allclose(in_order(got), in_order(wanted), atol=1e-3) else "some ghosts are elsewhere"


# ---- q2


DECIBELS = close(0, 0.05)


def zones(n, m, factor):
    """Distances from the centre of m pixels along a row and a column, in new Nyquist frequencies."""
    place = (np.arange(m) + 0.5) * n / m - 0.5 - n / 2
    y, x = np.meshgrid(place, place, indexing="ij")
    return x * 2 * factor / n, y * 2 * factor / n


def painted(name, inside=0.0, corner=0.0, outside=0.3, sides=(2, 4, 8), rest=0):
    """Noise around 1/2, of other strengths in the clean square, in its corners, and outside."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for factor in sides:
            m = 2 * int(rng.integers(16, 28))
            while rest and not matters(factor * m + rest, m, factor):
                m = 2 * int(rng.integers(16, 28))
            n = factor * m + rest
            x, y = zones(n, m, factor)
            square, disc = np.maximum(abs(x), abs(y)) <= 1, np.hypot(x, y) <= 1
            strength = np.where(square, np.where(disc, inside, corner), outside)
            # the ghosts of Question 2 lie to one side only, so that each side has to be counted
            strength = np.where((x > 1) & (rng.random() < 0.5), strength / 3, strength)
            found.append((0.5 + strength * rng.uniform(-1, 1, (m, m)), n, factor))
        return found

    return inputs


def matters(n, m, factor):
    """Whether pixels that are taken to be one factor apart leave the clean square for that."""
    right, wrong = zones(n, m, factor)[0][0], (np.arange(m) + 0.5) * factor - 0.5 - n / 2
    return ((abs(right) <= 1) & (abs(wrong) > n / (2 * factor))).any()


def bare(seed):
    rng = random(seed, "bare")
    found = []
    for factor in (2, 4, 8):
        n = 2 * factor * int(rng.integers(15, 30))
        found.append((zone_plate(n)[factor // 2 :: factor, factor // 2 :: factor], n, factor))
    return found


def grey(seed):
    """Nothing outside at all, rings inside."""
    smalls = painted("grey", inside=0.4, corner=0.4, outside=0.0)(seed)
    return [(small, n, factor) for small, n, factor in smalls]


def outside_db(small, n, factor):
    mean = {}
    for name, picture in (("after", small), ("before", zone_plate(n))):
        x, y = zones(n, len(picture), factor)
        weight = 1.0 - (abs(x) <= 1) * (abs(y) <= 1)
        mean[name] = np.sum(weight * (picture - 0.5) ** 2) / weight.sum()
    return max(-200.0, 10 * np.log10(mean["after"] / mean["before"])) if mean["after"] else -200.0


# ---- q3


def factors(name):
    return lambda seed: [(int(s),) for s in random(seed, name).choice(np.arange(2, 12), 5, replace=False)]


def bell(factor):
    k = np.linspace(-2, 2, 4 * factor + 1)  # in units of the factor
    taps = np.exp(-2 * k * k)
    return taps / taps.sum()


def same_sum(got, wanted, *inputs):
    return "" if abs(got.sum() - 1) < 1e-9 else f"the sum is {got.sum():.4g}"


def pictures(name):
    def inputs(seed):
        rng = random(seed, name)
        shapes = rng.integers(50, 90, (4, 2)).tolist()
        return [(rng.random(shape), factor) for shape, factor in zip(shapes, (2, 3, 4, 5), strict=True)]

    return inputs


def blurred(image, factor):
    blur = gaussian_filter(image, factor / 2, mode="reflect", radius=2 * factor)
    return blur[factor // 2 :: factor, factor // 2 :: factor]


def inner(got, wanted, *inputs):
    """Compare what the border cannot reach."""
    return close(1e-6)(got[3:-3, 3:-3], wanted[3:-3, 3:-3])


# ---- q4

CORE = ("decimate", "pillow-nearest", "pillow-box", "pillow-bilinear", "pillow-hamming", "pillow-bicubic")


@functools.cache
def measured(name, factor):
    return ghost_energy(name, factor, n=240)


def table_of(names, factors):
    return [[measured(name, s) for s in factors] for name in names]


def some_methods(seed):
    rng = random(seed, "methods")
    found = []
    for count in (2, 3):
        names = rng.choice(CORE, count, replace=False).tolist()
        found.append((names, rng.choice((2, 3, 4, 5, 6), 2, replace=False).tolist()))
    return found


def energies(name, bad):
    """A method with everything on one side of a limit; or, if ``bad``, with one factor that is not."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for _ in range(4):
            use, ban = -float(rng.uniform(14, 20)), -float(rng.uniform(5, 10))
            bands = [(use - 9, use - 1), (use + 1, ban - 1), (ban + 1, 0)]
            for better, worse in ((0, 1), (0, 2), (1, 2)) if bad else ((0, 0), (1, 1), (2, 2)):
                row = rng.uniform(*bands[better], 4)
                # the bad factor is neither the last one nor bad enough to spoil the mean
                row[0 if better != worse else -1] = rng.uniform(*bands[worse])
                found.append((row.tolist(), use, ban))
            found.append(([use, use - 1], use, ban))
            found.append(([use - 1, ban], use, ban))
        return found

    return inputs


def word(energies, use, ban):
    good = [all(value <= limit for value in energies) for limit in (use, ban)]
    return "use" if good[0] else "tolerable" if good[1] else "ban"


def tables(seed):
    """Tables whose order by the worst factor is no other's: not the mean's, not any column's."""
    rng = random(seed, "tables")
    found = []
    while len(found) < 4:
        names = rng.permutation(CORE).tolist()[:5]
        table = -rng.uniform(0, 40, (5, 4))
        orders = [np.argsort(column).tolist() for column in table.T]
        orders += [np.argsort(table.mean(axis=1)).tolist(), np.argsort(table.min(axis=1)).tolist()]
        if np.argsort(table.max(axis=1)).tolist() not in orders:
            found.append((names, table))
    return found


def by_the_worst(names, table):
    pairs = sorted((max(row), name) for name, row in zip(names, table.tolist(), strict=True))
    return ", ".join(name for _, name in pairs)


# ---- q5


def resizes(name, count):
    """Calls of a guard, for functions that alias at ``count`` of five sides."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for clean in ("gaussian", "pillow-bicubic", "kaiser"):
            factor = int(rng.integers(4, 7))
            sides = rng.choice(np.arange(10 * factor, 24 * factor), 5, replace=False).tolist()
            # not the first one: a guard that looks at that one only must not pass
            bad = sides[5 - count :]
            found.append((resize_that_aliases_at(bad, factor, clean), factor, sides, -15.0))
        return found

    return inputs


def resize_that_aliases_at(bad, factor, clean):
    return lambda image: downsample(image, factor, "decimate" if len(image) in bad else clean)


def is_clean(resize, factor, sides, limit):
    return max(ghost_energy(resize, factor, n) for n in sides) <= limit


class Program:
    """A thumbnailer with one bad path."""

    def __init__(self, bad, large, clean):
        self.bad, self.large, self.clean = bad, large, clean

    def __call__(self, image, factor):
        height, width = image.shape[:2]
        path = "large" if max(height, width) > self.large else "small"
        if height % factor or width % factor:
            path = "odd"
        return downsample(image, factor, "decimate" if path == self.bad else self.clean)


def programs(paths):
    def inputs(seed):
        rng = random(seed, "programs " + " ".join(paths))
        found = []
        for bad in paths:
            for whole in (True, False):
                factor = int(rng.integers(4, 8))
                # a multiple of the factor is not above itself
                large = factor * int(rng.integers(20, 30)) + (0 if whole else factor - 1)
                clean = str(rng.choice(["gaussian", "pillow-bilinear"]))
                found.append((Program(bad, large, clean), large, factor))
        return found

    return inputs


# ---- q6


def plates(name, low, high):
    def inputs(seed):
        rng = random(seed, name)
        return [(zone_plate(s * int(rng.integers(low // s, high // s))), s) for s in (4, 5, 6)]

    return inputs


def all_plates(seed):
    """One plate for each path of the old function."""
    ((small, s), *_), (_, (large, t), _) = plates("small", 90, 200)(seed), plates("large", 320, 400)(seed)
    return [(small, s), (large, t), (zone_plate(8 * s + 15), s)]


def small_picture(image, factor):
    """A right answer's shape; its values are not compared."""
    return downsample(image, factor, "pillow-box")


def few_ghosts(got, wanted, image, factor):
    level = ghost_energy(lambda plate: got, factor, len(image))
    return "" if level <= -15 else f"its ghosts have {level:.1f} dB"


def rings_kept(got, wanted, image, factor):
    """The root mean square of the rings inside the clean square, against the plate's."""
    height = []
    for picture in (got, image):
        x, y = zones(len(image), len(picture), factor)
        inside = np.maximum(abs(x), abs(y)) <= 1
        height.append(np.sqrt(np.mean((picture[inside] - 0.5) ** 2)))
    left = height[0] / height[1]
    return "" if left > 0.35 else f"{100 * left:.0f} % of their height is left"


def colours(seed):
    """Slow waves, another one for each colour, in sides that are multiples and in some that are not."""
    rng = random(seed, "colours")
    found = []
    for height, width, factor in ((336, 120, 4), (80, 65, 5), (60, 90, 5)):
        y, x = np.arange(height)[:, None, None] / height, np.arange(width)[:, None] / width
        waves = rng.uniform(-1, 1, (2, 3))
        image = 0.5 + 0.4 * np.sin(3 * (waves[0] * y + waves[1] * x) + rng.uniform(0, 6, 3))
        found.append((image, factor))
    return found


def same_colours(got, wanted, *inputs):
    """Up to half an output pixel of shift."""
    off = abs(got - wanted)[2:-2, 2:-2].max()
    return "" if off < 0.1 else f"a colour is off by {off:.2f}"


CHECKS = [
    Check(
        "q0", "the local frequency", "local_frequency", 3,
        "Turns per pixel: the derivative of the angle, 2 pi x / n, divided by 2 pi.",
        anywhere, frequency_by_differences,
    ),
    Check(
        "q0", "along the axes", "keeps", 3,
        "A grid that keeps every s-th pixel holds what is below half of 1/s.",
        either_side("axes"), fits,
    ),
    Check(
        "q0", "in the corners", "keeps", 3,
        "The clean part is a square: compare each of the two components by itself.",
        corners, fits,
    ),
    Check(
        "q0", "left of the centre and above it", "keeps", 2,
        "There the components are negative; it is their size that counts.",
        either_side("signs", (-1, 1)), fits,
    ),
    Check(
        "q0", "arrays of places", "keeps", 1,
        "An array must come back as an array of its shape: combine conditions with & or np.maximum.",
        grids, fits,
    ),
    Check(
        "q1", "the nearest ghosts", "ghost_centres", 5,
        "Centre plus k n / s in the plate, for k = -1, 0, 1 on both axes; then ask which pixel that becomes.",
        decimated("nearest", (3, 4), even_and_divided), folded_to_zero, same_places,
    ),
    Check(
        "q1", "higher orders", "ghost_centres", 5,
        "Every whole multiple of 1/s below 1/2 makes a ghost, not only the first.",
        decimated("higher", (5, 6, 7, 8, 9), even_and_divided), folded_to_zero, same_places,
    ),
    Check(
        "q1", "sides that the factor does not divide", "ghost_centres", 4,
        "A ghost may lie between two pixels: divide with / and do not round; only the centre is n // 2.",
        decimated("not divided", (3, 4, 5, 7), not_divided), folded_to_zero, same_places,
    ),
    Check(
        "q2", "bare decimation", "ghost_decibels", 4,
        "Divide by the energy of the plate itself outside the square, not by that of the whole picture.",
        bare, outside_db, DECIBELS,
    ),
    Check(
        "q2", "in decibels of energy", "ghost_decibels", 4,
        "Square first, then the mean, then ten times the logarithm of base 10.",
        painted("decibels"), outside_db, DECIBELS,
    ),
    Check(
        "q2", "outside the square", "ghost_decibels", 4,
        "Leave out the whole clean square with its corners, and count all that lies beyond any side of it.",
        painted("square", inside=0.4, corner=0.5, outside=0.1), outside_db, DECIBELS,
    ),
    Check(
        "q2", "a side that the factor does not divide", "ghost_decibels", 2,
        "Pixels of the small picture are n / m apart, where m is their number; that may not be the factor.",
        painted("rest", inside=0.5, corner=0.5, outside=0.02, sides=(5, 6, 7), rest=2), outside_db, DECIBELS,
    ),
    Check(
        "q2", "nothing left", "ghost_decibels", 2,
        "No energy at all has no logarithm: return -200 for it, and for all that is lower.",
        grey, outside_db, DECIBELS,
    ),
    Check(
        "q3", "the taps add up to 1", "gaussian_taps", 3,
        "Divide all taps by their sum; there are 4 s + 1 of them.",
        factors("sum"), bell, same_sum,
    ),
    Check(
        "q3", "the taps", "gaussian_taps", 4,
        "exp(-k^2 / (2 sigma^2)) with sigma = s / 2: the square of sigma, and half of the factor.",
        factors("taps"), bell,
    ),
    Check(
        "q3", "inside the picture", "shrink", 5,
        "First blur, along columns and along rows, then keep the pixels s // 2, s // 2 + s, and so on.",
        pictures("inside"), blurred, inner,
    ),
    Check(
        "q3", "at the border", "shrink", 4,
        "Beyond the border the picture goes on mirrored, its last pixel first: np.pad with mode symmetric.",
        pictures("border"), blurred,
    ),
    Check(
        "q4", "the table", "audit", 4,
        "Rows are names, columns are factors, the plate has 240 pixels.",
        some_methods, table_of, close(0, 0.01),
    ),
    Check(
        "q4", "clear verdicts", "verdict", 3,
        "At most the first limit is use, above the second is ban; the more negative the better.",
        energies("clear", False), word,
    ),
    Check(
        "q4", "one bad factor", "verdict", 3,
        "A function is called at all factors, so a single bad one decides.",
        energies("bad", True), word,
    ),
    Check(
        "q4", "the order", "ranking", 4,
        "Take the largest number of each row and sort by it, the most negative first.",
        tables, by_the_worst,
    ),
    Check(
        "q4", "why smoother is worse", "why_smoother_is_worse", 2,
        "What would a perfect curve through all the pixels show at the places where it is read?",
        once, lambda: "b",
    ),
    Check(
        "q4", "why three is bad", "why_three_is_bad", 2,
        "Work out where the new pixels lie at both factors: (i + 1/2) s - 1/2.",
        once, lambda: "c",
    ),
    Check(
        "q5", "a clean resize", "guard", 2,
        "Ghosts at or below the limit are fine; decibels below 0 are better the more negative they are.",
        resizes("clean", 0), is_clean,
    ),
    Check(
        "q5", "one that always aliases", "guard", 2,
        "When every side is above the limit, the guard has to say False.",
        resizes("always", 5), is_clean,
    ),
    Check(
        "q5", "one bad side", "guard", 3,
        "Every side has to pass: one that fails is enough, wherever it stands.",
        resizes("one", 1), is_clean,
    ),
    Check(
        "q5", "the bad path", "failing_path", 3,
        "Take one side for each path; a large one is a multiple of the factor and above the number itself.",
        programs(("odd", "large", "small")), lambda program, *inputs: program.bad,
    ),
    Check(
        "q5", "no bad path", "failing_path", 2,
        "If all three paths stay at or below -15 dB, the answer is none, in quotes.",
        programs(("none",)), lambda program, *inputs: program.bad,
    ),
    Check(
        "q6", "large pictures", "thumbnail", 4,
        "The large path drops pixels before the filter sees them; nothing may be dropped first.",
        plates("large", 320, 400), small_picture, few_ghosts,
    ),
    Check(
        "q6", "the other paths", "thumbnail", 2,
        "Small pictures, and sides that are no multiples, were clean before the repair and have to stay so.",
        all_plates, small_picture, few_ghosts,
    ),
    Check(
        "q6", "the rings are kept", "thumbnail", 3,
        "A blur about as wide as the factor removes the ghosts; a far wider one removes the picture too.",
        plates("rings", 100, 400), small_picture, rings_kept,
    ),
    Check(
        "q6", "colour", "thumbnail", 3,
        "Filter along height and width only, each colour by itself, and return (H, W, 3) for (H, W, 3).",
        colours, lambda image, factor: downsample(image, factor, "gaussian"), same_colours,
    ),
]  # fmt: skip
