"""Plausible wrong answers to `resize-audit`, and right ones in another style.

`MUTANTS`: (question, title of the check that must catch it, the misconception behind it, code).
`STYLES`: question -> right answers written differently from the master's.
"""

ENERGY = """
def ghost_decibels(small, n, factor):
    def energy(picture):
        m = len(picture)
        place = abs((np.arange(m) + 0.5) * n / m - 0.5 - n / 2)
        outside = np.maximum(place[:, None], place) > n / (2 * factor)
        return np.mean((picture[outside] - 0.5) ** 2)
    return 10 * np.log10(max(energy(np.asarray(small)) / energy(zone_plate(n)), 1e-20))
"""
GHOSTS = """
def ghost_centres(n, factor):
    orders = [k for k in range(-factor, factor) if abs(k) < factor / 2]
    places = [(n // 2 + k * n / factor - factor // 2) / factor for k in orders]
    return [(places[i], places[j]) for i in range(len(orders)) for j in range(len(orders))
            if orders[i] or orders[j]]
"""
SHRINK = """
def shrink(image, factor):
    taps = gaussian_taps(factor)
    image = np.pad(image, 2 * factor, mode="symmetric")
    for axis in (0, 1):
        image = np.apply_along_axis(np.convolve, axis, image, taps, mode="valid")
    return image[factor // 2 :: factor, factor // 2 :: factor]
"""
KEEP = "[factor // 2 :: factor, factor // 2 :: factor]"
TAPS = """
def gaussian_taps(factor):
    k, sigma = np.arange(-2 * factor, 2 * factor + 1), factor / 2
    taps = np.exp(-k**2 / (2 * sigma**2))
    return taps / taps.sum()
"""
PATH = """
def failing_path(thumbnail, large, factor):
    probes = {"small": 8 * factor, "odd": 8 * factor + 1, "large": (large // factor + 1) * factor}
    for path, n in probes.items():
        if ghost_energy(lambda plate: thumbnail(plate, factor), factor, n) > -15:
            return path
    return "none"
"""


def with_change(source, old, new):
    """The source with one piece replaced, which must be there."""
    if source.count(old) != 1:
        raise ValueError(f"{old!r} stands {source.count(old)} times in the source")
    return source.replace(old, new)


MUTANTS = [
    (
        "q0",
        "the local frequency",
        "divides the angle by the distance instead of taking its derivative: half the frequency",
        "def local_frequency(x, y, n): return x / (2 * n), y / (2 * n)\n"
        "def keeps(x, y, n, factor): return np.maximum(abs(x), abs(y)) < n / (2 * factor)",
    ),
    (
        "q0",
        "the local frequency",
        "takes radians per pixel for cycles per pixel",
        "def local_frequency(x, y, n): return 2 * np.pi * x / n, 2 * np.pi * y / n\n"
        "def keeps(x, y, n, factor): return np.maximum(abs(x), abs(y)) < n / (2 * factor)",
    ),
    (
        "q0",
        "along the axes",
        "takes the new sampling rate, 1 / s, for the new Nyquist frequency",
        "def keeps(x, y, n, factor): return np.maximum(abs(x), abs(y)) / n < 1 / factor",
    ),
    (
        "q0",
        "in the corners",
        "believes that the limit is a disc",
        "def keeps(x, y, n, factor): return np.hypot(x, y) / n < 1 / (2 * factor)",
    ),
    (
        "q0",
        "in the corners",
        "is content if one of the two sides can hold it",
        "def keeps(x, y, n, factor): return np.minimum(abs(x), abs(y)) / n < 1 / (2 * factor)",
    ),
    (
        "q0",
        "left of the centre and above it",
        "forgets that frequencies have a sign",
        "def keeps(x, y, n, factor): return np.maximum(x, y) / n < 1 / (2 * factor)",
    ),
    (
        "q0",
        "arrays of places",
        "decides with `and`, which works for one place only",
        "def keeps(x, y, n, factor): return abs(x) / n < 0.5 / factor and abs(y) / n < 0.5 / factor",
    ),
    (
        "q1",
        "the nearest ghosts",
        "expects ghosts on the diagonals only, where both frequencies fold",
        with_change(GHOSTS, "if orders[i] or orders[j]", "if orders[i] and orders[j]"),
    ),
    (
        "q1",
        "the nearest ghosts",
        "expects ghosts on the two axes only",
        with_change(GHOSTS, "if orders[i] or orders[j]", "if bool(orders[i]) != bool(orders[j])"),
    ),
    (
        "q1",
        "the nearest ghosts",
        "takes the true centre for a ghost",
        with_change(GHOSTS, "if orders[i] or orders[j]", "if True"),
    ),
    (
        "q1",
        "the nearest ghosts",
        "counts in pixels of the large picture",
        with_change(GHOSTS, "- factor // 2) / factor", "- factor // 2)"),
    ),
    (
        "q1",
        "the nearest ghosts",
        "forgets that the first pixel kept is not pixel 0",
        with_change(GHOSTS, "n / factor - factor // 2)", "n / factor)"),
    ),
    (
        "q1",
        "the nearest ghosts",
        "expects a ghost at every multiple of Nyquist instead of the sampling rate",
        with_change(GHOSTS, "k * n / factor", "k * n / (2 * factor)"),
    ),
    (
        "q1",
        "higher orders",
        "stops at the first multiple",
        with_change(GHOSTS, "range(-factor, factor)", "(-1, 0, 1)"),
    ),
    (
        "q1",
        "sides that the factor does not divide",
        "rounds to whole pixels of the large picture",
        with_change(GHOSTS, "k * n / factor", "k * n // factor"),
    ),
    (
        "q1",
        "sides that the factor does not divide",
        "puts the centre of an odd plate between two pixels",
        with_change(GHOSTS, "n // 2 +", "n / 2 +"),
    ),
    (
        "q2",
        "bare decimation",
        "compares with the energy of rings of full height, 1/4, instead of the plate's own",
        with_change(ENERGY, "energy(zone_plate(n))", "0.25"),
    ),
    (
        "q2",
        "in decibels of energy",
        "doubles the decibels, as for a ratio of heights",
        with_change(ENERGY, "10 * np.log10", "20 * np.log10"),
    ),
    (
        "q2",
        "in decibels of energy",
        "takes the mean of heights and not of their squares",
        with_change(ENERGY, "np.mean((picture[outside] - 0.5) ** 2)", "np.mean(abs(picture[outside] - 0.5))"),
    ),
    (
        "q2",
        "in decibels of energy",
        "forgets to take the grey, 1/2, away",
        with_change(ENERGY, "(picture[outside] - 0.5) ** 2", "picture[outside] ** 2"),
    ),
    (
        "q2",
        "outside the square",
        "counts what is outside a disc, so that honest corners are ghosts",
        with_change(ENERGY, "np.maximum(place[:, None], place)", "np.hypot(place[:, None], place)"),
    ),
    (
        "q2",
        "outside the square",
        "counts only where both frequencies fold",
        with_change(ENERGY, "np.maximum(place[:, None], place)", "np.minimum(place[:, None], place)"),
    ),
    (
        "q2",
        "outside the square",
        "counts the honest rings in the middle too",
        with_change(ENERGY, "> n / (2 * factor)", "> -1"),
    ),
    (
        "q2",
        "outside the square",
        "halves twice: a square of a quarter of 1 / s instead of half",
        with_change(ENERGY, "n / (2 * factor)", "n / (4 * factor)"),
    ),
    (
        "q2",
        "a side that the factor does not divide",
        "places small pixels one factor apart, whatever their number",
        with_change(
            ENERGY,
            "(np.arange(m) + 0.5) * n / m",
            "(np.arange(m) + 0.5) * (1 if m == n else factor)",
        ),
    ),
    (
        "q2",
        "nothing left",
        "takes the logarithm of nothing",
        with_change(
            ENERGY,
            "max(energy(np.asarray(small)) / energy(zone_plate(n)), 1e-20)",
            "energy(np.asarray(small)) / energy(zone_plate(n))",
        ).replace("    return 10", "    with np.errstate(divide='ignore'):\n        return 10"),
    ),
    (
        "q3",
        "the taps add up to 1",
        "does not divide by the sum",
        with_change(TAPS, "return taps / taps.sum()", "return taps") + with_change(
            SHRINK, "gaussian_taps(factor)", "gaussian_taps(factor) / gaussian_taps(factor).sum()"
        ),
    ),
    (
        "q3",
        "the taps add up to 1",
        "divides by the area of the bell, which its cut-off samples only come near to",
        with_change(TAPS, "taps / taps.sum()", "taps / (sigma * np.sqrt(2 * np.pi))"),
    ),
    (
        "q3",
        "the taps",
        "takes the variance for the standard deviation",
        with_change(TAPS, "sigma**2", "sigma"),
    ),
    (
        "q3",
        "the taps",
        "takes the factor itself for sigma",
        with_change(TAPS, "factor / 2", "float(factor)"),
    ),
    (
        "q3",
        "inside the picture",
        "decimates first and blurs what is left",
        with_change(SHRINK, "pad(image,", f"pad(image{KEEP},").replace(f"return image{KEEP}", "return image"),
    ),
    (
        "q3",
        "inside the picture",
        "keeps the first pixel of each group",
        # of the same shape as the right answer, whatever the sides
        with_change(SHRINK, f"image{KEEP}", f"np.roll(image, factor // 2, axis=(0, 1)){KEEP}"),
    ),
    (
        "q3",
        "inside the picture",
        "blurs along one side only",
        with_change(
            SHRINK,
            "for axis in (0, 1):",
            "image = image[:, 2 * factor : -2 * factor]\n    for axis in (0,):",
        ),
    ),
    (
        "q3",
        "at the border",
        "takes what lies beyond the border for black",
        with_change(SHRINK, 'mode="symmetric"', 'mode="constant"'),
    ),
    (
        "q3",
        "at the border",
        "puts the mirror into the last pixel, so that this one is not repeated",
        with_change(SHRINK, 'mode="symmetric"', 'mode="reflect"'),
    ),
    (
        "q3",
        "at the border",
        "repeats the last pixel for ever",
        with_change(SHRINK, 'mode="symmetric"', 'mode="edge"'),
    ),
    (
        "q4",
        "the table",
        "a row for each factor",
        "def audit(names, factors): return [[ghost_energy(n, s, n=240) for n in names] for s in factors]",
    ),
    (
        "q4",
        "the table",
        "measures at one factor and fills the row with it",
        "def audit(names, factors):\n"
        "    return [[ghost_energy(n, factors[0], n=240)] * len(factors) for n in names]",
    ),
    (
        "q4",
        "clear verdicts",
        "takes more negative for worse",
        "def verdict(energies, use, ban):\n"
        "    worst = max(energies)\n"
        "    return 'ban' if worst <= use else 'use' if worst > ban else 'tolerable'",
    ),
    (
        "q4",
        "clear verdicts",
        "counts the limit of use as above it",
        "def verdict(energies, use, ban):\n"
        "    worst = max(energies)\n"
        "    return 'use' if worst < use else 'ban' if worst > ban else 'tolerable'",
    ),
    (
        "q4",
        "one bad factor",
        "lets good factors make up for a bad one: the mean",
        "def verdict(energies, use, ban):\n"
        "    worst = np.mean(energies)\n"
        "    return 'use' if worst <= use else 'ban' if worst > ban else 'tolerable'",
    ),
    (
        "q4",
        "one bad factor",
        "judges by the best factor",
        "def verdict(energies, use, ban):\n"
        "    worst = min(energies)\n"
        "    return 'use' if worst <= use else 'ban' if worst > ban else 'tolerable'",
    ),
    (
        "q4",
        "the order",
        "ranks by the mean",
        "def ranking(names, table): return ', '.join(names[i] for i in np.argsort(np.mean(table, axis=1)))",
    ),
    (
        "q4",
        "the order",
        "puts the worst first",
        "def ranking(names, table): return ', '.join(names[i] for i in np.argsort(-np.max(table, axis=1)))",
    ),
    (
        "q4",
        "the order",
        "ranks by the largest factor only, as if it had to be the worst",
        "def ranking(names, table): return ', '.join(names[i] for i in np.argsort(table[:, -1]))",
    ),
    (
        "q4",
        "why smoother is worse",
        "mistakes ringing for aliasing",
        "def why_smoother_is_worse(): return 'a'",
    ),
    (
        "q4",
        "why smoother is worse",
        "takes a longer kernel for a wider prefilter",
        "def why_smoother_is_worse(): return 'c'",
    ),
    (
        "q4",
        "why three is bad",
        "believes that harm just grows with the factor: at 4 it is smaller again",
        "def why_three_is_bad(): return 'a'",
    ),
    (
        "q4",
        "why three is bad",
        "blames rounding",
        "def why_three_is_bad(): return 'b'",
    ),
    (
        "q5",
        "a clean resize",
        "takes more negative for worse",
        "def guard(resize, factor, sides, limit):\n"
        "    return all(ghost_energy(resize, factor, n) > limit for n in sides)\n" + PATH,
    ),
    (
        "q5",
        "one that always aliases",
        "passes a resize for coming back with the right size",
        "def guard(resize, factor, sides, limit):\n"
        "    return all(len(resize(zone_plate(n))) == int(n / factor + 0.5) for n in sides)\n" + PATH,
    ),
    (
        "q5",
        "one bad side",
        "looks at the first side only",
        "def guard(resize, factor, sides, limit): return ghost_energy(resize, factor, sides[0]) <= limit",
    ),
    (
        "q5",
        "one bad side",
        "asks whether any side passes",
        "def guard(resize, factor, sides, limit):\n"
        "    return any(ghost_energy(resize, factor, n) <= limit for n in sides)",
    ),
    (
        "q5",
        "one bad side",
        "takes the mean of the sides",
        "def guard(resize, factor, sides, limit):\n"
        "    return bool(np.mean([ghost_energy(resize, factor, n) for n in sides]) <= limit)",
    ),
    (
        "q5",
        "the bad path",
        "probes with fixed sides that take another path for other factors",
        with_change(
            PATH,
            '"small": 8 * factor, "odd": 8 * factor + 1, "large": (large // factor + 1) * factor',
            '"small": 64, "odd": 65, "large": 512',
        ),
    ),
    (
        "q5",
        "the bad path",
        "takes the number itself for a large side",
        with_change(PATH, "(large // factor + 1) * factor", "large"),
    ),
    (
        "q5",
        "the bad path",
        "takes one pixel more than the number, which is rarely a multiple",
        with_change(PATH, "(large // factor + 1) * factor", "large + 1"),
    ),
    (
        "q5",
        "no bad path",
        "stops at the first suspicion: calls the last path bad without looking",
        with_change(PATH, 'return "none"', 'return "large"'),
    ),
    (
        "q6",
        "large pictures",
        "filters more after the pixels are gone",
        "def thumbnail(image, factor):\n"
        "    if max(image.shape[:2]) > 300:\n"
        "        step = factor // 2\n"
        "        image = downsample(image[::step, ::step], 1, 'gaussian')\n"
        "        return downsample(image, factor / step, 'kaiser')\n"
        "    return downsample(image, factor, 'kaiser')",
    ),
    (
        "q6",
        "large pictures",
        "trusts a smoother interpolation",
        "def thumbnail(image, factor): return downsample(image, factor, 'scipy-zoom')",
    ),
    (
        "q6",
        "the other paths",
        "repairs the large path and drops the filter of the others",
        "def thumbnail(image, factor):\n"
        "    large = max(image.shape[:2]) > 300\n"
        "    return downsample(image, factor, 'gaussian' if large else 'decimate')",
    ),
    (
        "q6",
        "the rings are kept",
        "blurs until nothing is left to fold, or to see",
        "def thumbnail(image, factor):\n"
        "    image = np.asarray(image)\n"
        "    full = image.shape[:2]\n"
        "    size = [max(1, int(side / factor + 0.5)) for side in full]\n"
        "    from aliaslab import resize\n"
        "    return resize(resize(image, [max(2, n // 8) for n in size], 'gaussian'), size, 'gaussian')",
    ),
    (
        "q6",
        "colour",
        "makes colour pictures grey",
        "def thumbnail(image, factor):\n"
        "    if image.ndim == 3:\n"
        "        image = image.mean(axis=2)\n"
        "    return downsample(image, factor, 'gaussian')",
    ),
    (
        "q6",
        "colour",
        "mixes the colours: each becomes the mean of all",
        "def thumbnail(image, factor):\n"
        "    if image.ndim == 3:\n"
        "        image = 0 * image + image.mean(axis=2, keepdims=True)\n"
        "    return downsample(image, factor, 'gaussian')",
    ),
]  # fmt: skip

STYLES = {
    "q0": """
def local_frequency(x, y, n):
    return np.array([x, y]) / n

def keeps(x, y, n, factor):
    limit = n / factor / 2
    return (-limit < x) & (x < limit) & (-limit < y) & (y < limit)
""",
    "q1": """
def ghost_centres(n, factor):
    found = set()
    for j in range(-factor, factor + 1):
        for k in range(-factor, factor + 1):
            if (j, k) != (0, 0) and max(abs(j), abs(k)) / factor < 0.5:
                place = lambda order: (n // 2 - factor // 2) / factor + order * n / factor**2
                found.add((place(k), place(j)))
    return sorted(found, reverse=True)
""",
    "q2": """
def ghost_decibels(small, n, factor):
    plate = zone_plate(n)
    total = {}
    for name, picture in (("small", small), ("plate", plate)):
        m = len(picture)
        places = [(k + 0.5) * n / m - 0.5 - n / 2 for k in range(m)]
        fits = np.array([abs(place) <= n / (2 * factor) for place in places])
        weights = 1 - np.outer(fits, fits)
        total[name] = np.average((np.array(picture) - 0.5) ** 2, weights=weights)
    if total["small"] == 0:
        return -200
    return max(-200, 10 * (np.log10(total["small"]) - np.log10(total["plate"])))
""",
    "q3": """
def gaussian_taps(factor):
    taps = [2.718281828459045 ** (-2 * (k / factor) ** 2) for k in range(-2 * factor, 2 * factor + 1)]
    return [tap / sum(taps) for tap in taps]

def shrink(image, factor):
    from scipy.ndimage import convolve1d
    for axis in (1, 0):
        image = convolve1d(image, gaussian_taps(factor), axis=axis, mode="reflect")
    rows, columns = (range(factor // 2, side, factor) for side in image.shape)
    return [[image[i, j] for j in columns] for i in rows]
""",
    "q4": """
def audit(names, factors):
    table = np.zeros((len(names), len(factors)))
    for i, name in enumerate(names):
        for j, factor in enumerate(factors):
            table[i, j] = ghost_energy(lambda plate: downsample(plate, factor, name), factor, 240)
    return table

def verdict(energies, use, ban):
    word = "use"
    for energy in energies:
        if energy > ban:
            return "ban"
        if energy > use:
            word = "tolerable"
    return word

def ranking(names, table):
    worst = {name: max(row) for name, row in zip(names, table)}
    return ", ".join(sorted(names, key=worst.get))

why_smoother_is_worse = lambda: "b"
why_three_is_bad = lambda: "c"
""",
    "q5": """
def guard(resize, factor, sides, limit):
    return np.max([ghost_energy(resize, factor, side) for side in sides]) <= limit

def failing_path(thumbnail, large, factor):
    level = lambda n: ghost_energy(lambda plate: thumbnail(plate, factor), factor, n)
    above = large + 1
    while above % factor:
        above += 1
    probes = ("odd", 10 * factor - 1), ("large", above), ("small", 12 * factor)
    return ([path for path, n in probes if level(n) > -15] + ["none"])[0]
""",
    "q6": """
def thumbnail(image, factor):
    planes = np.atleast_3d(image)
    small = np.stack([downsample(planes[..., c], factor, "kaiser") for c in range(planes.shape[2])], axis=2)
    return small[..., 0] if np.ndim(image) == 2 else small
""",
}
