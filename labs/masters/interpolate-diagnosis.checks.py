"""Hidden checks of `interpolate-diagnosis`: 100 marks, judged from data only (see `aliaslab.grading`).

Operators never travel: sizes, kernels, images, matrices and maps do, and the references work without
autograd.
"""

import numpy as np
from scipy.stats import variation

from aliaslab import interpolate_cv, interpolation_matrix
from aliaslab.grading import Check, close

# An answer in single precision is accepted.  Its places, up to 64 pixels, are off by 64 * 2^-24 = 4e-6; a
# cubic's slope of up to 1.5, four kernels over a pixel and two axes make that 5e-5 of the weight.
MAP = close(0, 1e-4)


def random(seed, check):
    """A generator for one check, so that adding a check leaves the numbers of the others alone."""
    return np.random.default_rng([seed, *check.encode()])


def once(seed):
    return [()]


def line(src, dst, mode, antialias):
    """How much each pixel of a line counts."""
    return interpolation_matrix(src, dst, mode, antialias).sum(axis=0)


# ---- q0


def lines_by_hand():
    return [line(6, 4, "nearest", False), line(6, 4, "bilinear", False)]


def one_of_two(number):
    """Compare one of the two lines."""
    return lambda got, wanted: close()(got[number], wanted[number])


def any_kind(got, wanted, values):
    """The population's CV, or the sample's: only the check of a line tells them apart."""
    n = values.size
    return close()(got, wanted) and close()(got, wanted * np.sqrt(n / (n - 1)))


def heaps(name, shapes, low):
    """Maps of few values, so that it matters by what their squares are divided."""

    def inputs(seed):
        rng = random(seed, name)
        return [(rng.uniform(low, 3, shape),) for shape in shapes]

    return inputs


# ---- q1

BARE = ("nearest", "bilinear", "bicubic", "area")
WIDE = ("bilinear", "bicubic")


def squares(name, modes, antialias, low, high):
    """Calls that shrink a square, ``low`` to ``high`` times."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for mode in modes:
            src = int(rng.integers(18, 40))
            dst = int(src / rng.uniform(low, high))
            found.append(((src, src), (dst, dst), mode, antialias))
        return found

    return inputs


def told_apart(seed):
    """Squares, and one where `nearest` takes other pixels than `nearest-exact`."""
    return [((12, 12), (5, 5), "nearest", False), *squares("bare", BARE, False, 1.3, 3.5)(seed)]


def oblongs(seed):
    """Other sides: one shrinks and one grows, so neither pair may be exchanged or cut short."""
    rng = random(seed, "oblongs")
    sides = lambda: (int(rng.integers(6, 12)), int(rng.integers(20, 30)))
    return [(sides(), sides()[::-1], mode, False) for mode in BARE]


def up_to_scale(got, wanted, *inputs):
    """Maps that are right but for one factor: what it should be, squares tell."""
    if not got.any():
        return "the map is zero"
    return MAP(got * np.vdot(got, wanted) / np.vdot(got, got), wanted)


def map_by_matrices(src, dst, mode, antialias):
    rows, columns = (line(a, b, mode, antialias) for a, b in zip(src, dst, strict=True))
    return np.multiply.outer(rows, columns)


def convolutions(seed):
    rng = random(seed, "convolutions")
    found = []
    for stride in (1, 2, 3):
        height, width = rng.integers(9, 16, 2).tolist()
        found.append((height, width, rng.uniform(-1, 2, rng.integers(2, 5, 2)), stride))
    return found


def windows_counted(height, width, kernel, stride):
    """The kernel laid down at every place where it fits."""
    h, w = kernel.shape
    out = np.zeros((height, width))
    for top in range(0, height - h + 1, stride):
        for left in range(0, width - w + 1, stride):
            out[top : top + h, left : left + w] += kernel
    return out


def noise(seed):
    rng = random(seed, "noise")
    return [(rng.normal(size=rng.integers(8, 15, 2)), window) for window in (2, 3)]


def brightest(image, window):
    """One for the brightest pixel of each whole window."""
    out = np.zeros(image.shape)
    for top in range(0, image.shape[0] - window + 1, window):
        for left in range(0, image.shape[1] - window + 1, window):
            block = image[top : top + window, left : left + window]
            row, column = np.unravel_index(block.argmax(), block.shape)
            out[top + row, left + column] = 1
    return out


# ---- q2


def linear(src, dst, antialias):
    return interpolation_matrix(src, dst, "bilinear", antialias)


def shrinking(name, antialias, low=1.2, high=5.0):
    def inputs(seed):
        rng = random(seed, name)
        sizes = rng.integers(20, 50, 5).tolist()
        return [(src, int(src / rng.uniform(low, high)), antialias) for src in sizes]

    return inputs


def enlarging(name, antialias):
    def inputs(seed):
        rng = random(seed, name)
        return [(src, int(src * rng.uniform(1.2, 4)), antialias) for src in rng.integers(4, 20, 4).tolist()]

    return inputs


def widened(seed):
    """With antialias both ways: only shrinking widens."""
    return shrinking("widened", True)(seed) + enlarging("not widened", True)(seed)


def pairs_of_matrices(seed):
    rng = random(seed, "matrices")
    return [tuple(rng.uniform(-1, 2, rng.integers(3, 9, 2)) for _ in range(2)) for _ in range(4)]


def weights_added(rows, columns):
    """The weight of every input pixel in every output pixel, added over the outputs."""
    return np.einsum("ij,lk->iljk", rows, columns).sum(axis=(0, 1))


def pairs_of_cvs(seed):
    rng = random(seed, "cvs")
    return [(float(a), float(b)) for a, b in rng.uniform(0.1, 3, (5, 2))]


def cv_of_products(a, b):
    """From two lines of two values that have these CVs."""
    return variation(np.outer([1 - a, 1 + a], [1 - b, 1 + b]), axis=None)


# ---- q3


def sides(name, modes, antialias):
    """Small sizes, so that it matters by what the squares are divided."""

    def inputs(seed):
        rng = random(seed, name)
        sizes = [(int(src), int(rng.integers(3, src))) for src in rng.integers(7, 20, 2 * len(modes))]
        return [(*size, mode, antialias) for size, mode in zip(sizes, 2 * modes, strict=True)]

    return inputs


def areas(seed):
    rng = random(seed, "areas")
    found = []
    for _ in range(5):
        src = rng.integers(6, 30, 2)
        found.append((tuple(src.tolist()), tuple(rng.integers(3, src + 1).tolist())))
    return found


def taken(src, dst):
    """The CV of a map in which each pixel that nearest takes counts 1."""
    rows, columns = (np.arange(b) * a // b for a, b in zip(src, dst, strict=True))
    out = np.zeros(src)
    out[np.ix_(rows, columns)] = 1
    return variation(out, axis=None)


def ranges(seed):
    """Ranges with their worst size first, last, and inside: a guess that is always one of them fails."""
    rng = random(seed, "ranges")
    found = [(48, int(rng.integers(11, 15)), 16, "bilinear", False)]  # at 3 times, worse than around it
    for mode, antialias in (("bicubic", False), ("area", False), ("bicubic", True)):
        src = int(rng.integers(36, 60))
        found.append((src, src // int(rng.integers(4, 6)), src - int(rng.integers(3)), mode, antialias))
    # area rises up to its worst size, and a range may end there
    last = worst_of(40, 21, 36, "area", False)
    return [*found, (40, last - 3, last, "area", False)]


def worst_of(src, low, high, mode, antialias):
    values = [interpolate_cv(src, dst, mode, antialias) for dst in range(low, high + 1)]
    return low + int(np.argmax(values))


def as_bad(got, wanted, src, low, high, mode, antialias):
    """Sizes that are worst together, to rounding, are all right."""
    if got != int(got) or not low <= got <= high:
        return f"no whole number from {low} to {high}"
    cv = [interpolate_cv(src, int(dst), mode, antialias) for dst in (got, wanted)]
    return "" if cv[0] > cv[1] - 1e-9 else f"its CV is {cv[0]:.4f}, and another size has {cv[1]:.4f}"


# ---- q4


def seam(rng, values, border):
    """The line after one pixel is read in place of its neighbour."""
    inside = np.arange(border + 1, len(values) - border)
    # a neighbour that counts for nothing would not be missed
    at = int(rng.choice(inside[values[inside] > 0.05]))
    broken = values.copy()
    broken[at - 1] += broken[at]
    broken[at] = 0
    return broken


def maps(name, kinds, *axes):
    """Maps of resizes: for each kind one with a seam along each of ``axes``, or with none for None."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for mode, antialias, factor in kinds:
            border = 4 * factor  # as far as a bicubic kernel that the edge cuts off can reach
            for axis in axes:
                sides = factor * rng.integers(14, 20, 2)
                both = [line(int(src), int(src) // factor, mode, antialias) for src in sides]
                if axis is not None:
                    both[axis] = seam(rng, both[axis], border)
                found.append((np.outer(*both), factor, border))
        return found

    return inputs


def outvoted(gradient_map, factor, border):
    """The lines with which less than half of their kind agree."""
    found, limit = [], gradient_map.mean() / 100
    for name, values in (("row", gradient_map.mean(1)), ("column", gradient_map.mean(0))):
        for i in range(border, len(values) - border):
            first = border + (i - border) % factor
            kind = values[first : len(values) - border : factor]
            if 2 * np.sum(abs(kind - values[i]) <= limit) < len(kind):
                found.append(f"{name} {i}")
    return ", ".join(found) if found else "none"


FLAT = (("area", False, 2), ("area", False, 3), ("area", False, 4))
UNEVEN = (("bilinear", False, 3), ("nearest", False, 2), ("bicubic", True, 3), ("bilinear", False, 4))


# ---- q5


def resizes(name):
    def inputs(seed):
        rng = random(seed, name)
        found = []
        for mode, antialias in (("bilinear", False), ("area", False), ("bicubic", True), ("bilinear", True)):
            src = int(rng.integers(20, 41))
            found.append((interpolation_matrix(src, int(rng.integers(7, src // 2 + 1)), mode, antialias),))
        # an even and an odd size each way: the limits of the sums are whole numbers, or halfway between
        pairs = ((24, 8), (25, 9), (24, 9), (25, 8))
        return found + [(interpolation_matrix(src, dst, "bicubic", True),) for src, dst in pairs]

    return inputs


def powers(matrix):
    """Mean power for each k from 0 to src / 2: the spectrum of each row."""
    return np.mean(abs(np.fft.rfft(matrix, axis=1)) ** 2, axis=0)


def above(matrix):
    return np.mean([p for k, p in enumerate(powers(matrix)) if 2 * k > len(matrix)])


def below(matrix):
    return np.mean([p for k, p in enumerate(powers(matrix)) if k and 2 * k < len(matrix)])


def dossiers(seed):
    """Evidence in which every shortcut picks another name than the right one."""
    rng = random(seed, "dossiers")
    found = []
    for _ in range(4):
        cv, folded = rng.uniform(0.1, 0.3), rng.uniform(0.03, 0.2)
        kept = np.sort(rng.uniform(0.3, 1, 6)).tolist()
        rows = [
            (0.4 * cv, 0.1 * folded, kept[0]),  # the least folded
            (0.1 * cv, 0.5 * folded, kept[1]),  # the lowest CV among the good
            (0.7 * cv, 0.8 * folded, kept[2]),
            (cv, folded, kept[3]),  # right, and on both limits
            (3.0 * cv, 0.9 * folded, kept[4]),
            (0.0, 2.0 * folded, kept[5]),  # keeps most, has CV 0, and aliases
        ]
        names = [f"resize {i}" for i in rng.permutation(6)]
        order = rng.permutation(6)
        found.append(({names[i]: tuple(map(float, rows[i])) for i in order}, float(cv), float(folded)))
    return found


def no_good(seed):
    """Each breaks one limit."""
    rng = random(seed, "no good")
    kept = rng.uniform(0.3, 1, 4).tolist()
    evidence = {f"resize {i}": (0.5 * (i % 2), 0.4 * (1 - i % 2), kept[i]) for i in range(4)}
    return [(evidence, 0.2, 0.1)]


def by_elimination(evidence, most_cv, most_folded):
    best, kept = "none", -1.0
    for name, numbers in evidence.items():
        if numbers[0] > most_cv or numbers[1] > most_folded or numbers[2] < kept:
            continue
        best, kept = name, numbers[2]
    return best


CHECKS = [
    Check(
        "q0", "the line of nearest", "by_hand", 3,
        "Round i 6/4 down for i = 0, 1, 2, 3 and count how often each of the six pixels comes up.",
        once, lines_by_hand, one_of_two(0),
    ),
    Check(
        "q0", "the line of linear", "by_hand", 4,
        "Share a weight of 1 between the two pixels beside each of the places, then add up for each pixel.",
        once, lines_by_hand, one_of_two(1),
    ),
    Check(
        "q0", "the CV of a line", "cv", 3,
        "Root of the mean squared deviation, over the mean: the sum of squares is divided by n, not n - 1.",
        heaps("lines", [3, 4, 5, 6], 0), lambda values: variation(values, axis=None),
    ),
    Check(
        "q0", "the CV of a map", "cv", 2,
        "One number for all values of a map together, not one for each row or column, nor for their sums.",
        heaps("maps", [(2, 3), (4, 2), (3, 3)], -0.5), lambda values: variation(values, axis=None), any_kind,
    ),
    Check(
        "q1", "squares", "interpolate_map", 5,
        "Backpropagate the sum of the output to the input, for the very mode that was asked for.",
        told_apart, map_by_matrices, MAP,
    ),
    Check(
        "q1", "other sides", "interpolate_map", 4,
        "The image has the size src, the output the size dst, each as height and width in this order.",
        oblongs, map_by_matrices, up_to_scale,
    ),
    Check(
        "q1", "antialias", "interpolate_map", 4,
        "Hand the fourth argument on to F.interpolate.",
        squares("wide", WIDE, True, 1.5, 4), map_by_matrices, up_to_scale,
    ),
    Check(
        "q1", "a strided convolution", "convolution_map", 4,
        "F.conv2d lays the kernel down as it is, every stride pixels, where it fits whole.",
        convolutions, windows_counted, up_to_scale,
    ),
    Check(
        "q1", "max pooling", "max_pool_map", 3,
        "Take the gradient at the image that is given; only the largest pixel of each window counts.",
        noise, brightest, up_to_scale,
    ),
    Check(
        "q2", "kernels", "linear_matrix", 5,
        "Row i is centred at (i + 1/2) src / dst - 1/2, and has fallen to 0 one pixel away from there.",
        shrinking("kernels", False), linear,
    ),
    Check(
        "q2", "the border", "linear_matrix", 3,
        "Divide every row by its own sum, and the border takes care of itself.",
        enlarging("border", False), linear,
    ),
    Check(
        "q2", "with antialias", "linear_matrix", 4,
        "The half width r is src / dst when that is above 1, and 1 otherwise.",
        widened, linear,
    ),
    Check(
        "q2", "the map", "map_of", 4,
        "The sums down the columns of each matrix, multiplied each with each.",
        pairs_of_matrices, weights_added,
    ),
    Check(
        "q2", "the CV of both axes", "cv_of_both", 4,
        "1 + CV^2 is the mean square over the squared mean, and that multiplies.",
        pairs_of_cvs, cv_of_products,
    ),
    Check(
        "q3", "without antialias", "cv_of", 4,
        "Column sums, all their products, and the CV of that map: both axes are uneven.",
        sides("bare", BARE, False), interpolate_cv,
    ),
    Check(
        "q3", "with antialias", "cv_of", 3,
        "interpolation_matrix has to know whether the kernel is widened.",
        sides("wide", WIDE, True), interpolate_cv,
    ),
    Check(
        "q3", "nearest in closed form", "nearest_cv", 3,
        "A share p of all pixels, along both axes together, counts 1: mean p, variance p (1 - p).",
        areas, taken,
    ),
    Check(
        "q3", "the worst size", "worst_size", 4,
        "Neither the smallest nor the largest size has to be the worst: try each, both ends included.",
        ranges, worst_of, as_bad,
    ),
    Check(
        "q3", "why it dips", "why_it_dips", 2,
        "Draw the kernels of three neighbouring output pixels, at a ratio of 2 and at one of 3.",
        once, lambda: "b",
    ),
    Check(
        "q4", "a sound operator", "broken_lines", 3,
        "Uneven by design or weaker at the edges is not broken: leave out the border, compare within a kind.",
        maps("sound", FLAT[:1] + UNEVEN, None), outvoted,
    ),
    Check(
        "q4", "rows", "broken_lines", 4,
        "Name both rows, the one that counts too much and the one that counts too little.",
        maps("rows", FLAT, 0), outvoted,
    ),
    Check(
        "q4", "columns", "broken_lines", 3,
        "The value of a column is the mean down the rows; do for columns what you did for rows.",
        maps("columns", FLAT, 1), outvoted,
    ),
    Check(
        "q4", "inside a pattern", "broken_lines", 4,
        "Where lines differ by design, judge a line by those a multiple of the factor away and by no others.",
        maps("pattern", UNEVEN, 0, 1), outvoted,
    ),
    Check(
        "q4", "why the CV cannot tell", "why_the_cv_cannot_tell", 2,
        "Shuffle all pixels of a map: what happens to its CV?",
        once, lambda: "c",
    ),
    Check(
        "q5", "what folds", "folded_power", 4,
        "Squared magnitude, averaged over output pixels and over all whole k above dst / 2, up to src / 2.",
        resizes("folds"), above,
    ),
    Check(
        "q5", "what is kept", "kept_power", 3,
        "The whole k from 1 up to, and without, dst / 2; for an odd dst, that is (dst - 1) / 2.",
        resizes("kept"), below,
    ),
    Check(
        "q5", "the choice", "choose", 4,
        "Both limits first, equality allowed; then the one with the largest third number.",
        dossiers, by_elimination,
    ),
    Check(
        "q5", "nothing is good enough", "choose", 2,
        "A name that breaks a limit is never right; if all do, the answer is none, in quotes.",
        no_good, by_elimination,
    ),
    Check(
        "q5", "what zero means", "what_zero_means", 3,
        "The map adds up all outputs: whatever does not change that sum, it cannot see.",
        once, lambda: "a",
    ),
]  # fmt: skip
