"""Plausible wrong answers to `interpolate-diagnosis`, and right ones in another style.

`MUTANTS`: (question, title of the check that must catch it, the misconception behind it, code).
`STYLES`: question -> right answers written differently from the master's.
"""

HAND = """
def by_hand():
    return [1, 1, 0, 1, 1, 0], [0.75, 0.5, 0.75, 0.75, 0.5, 0.75]
"""
GRADIENT = """
def gradient_map(operator, image):
    x = torch.tensor(np.array(image), dtype=torch.float64)[None, None].requires_grad_()
    operator(x).sum().backward()
    return x.grad[0, 0].numpy()
"""
RESIZE = """
def interpolate_map(src, dst, mode, antialias):
    return gradient_map(lambda x: F.interpolate(x, size=dst, mode=mode, antialias=antialias), np.ones(src))
"""
CONVOLUTION = """
def convolution_map(height, width, kernel, stride):
    weight = torch.tensor(np.array(kernel))[None, None]
    return gradient_map(lambda x: F.conv2d(x, weight, stride=stride), np.ones((height, width)))
"""
LINEAR = """
def linear_matrix(src, dst, antialias):
    centres = (np.arange(dst) + 0.5) * src / dst - 0.5
    reach = max(src / dst, 1) if antialias else 1
    weights = np.maximum(0, 1 - abs(np.arange(src) - centres[:, None]) / reach)
    return weights / weights.sum(axis=1, keepdims=True)
"""
CV = """
def cv_of(src, dst, mode, antialias):
    line = interpolation_matrix(src, dst, mode, antialias).sum(axis=0)
    return np.std(np.outer(line, line)) / np.mean(np.outer(line, line))
"""
NEAREST = """
def nearest_cv(src, dst):
    return np.sqrt(src[0] * src[1] / (dst[0] * dst[1]) - 1)
"""
WORST = """
def worst_size(src, low, high, mode, antialias):
    sizes = np.arange(low, high + 1)
    return sizes[np.argmax([interpolate_cv(src, int(dst), mode, antialias) for dst in sizes])]
"""
BROKEN = """
def broken_lines(gradient_map, factor, border):
    found = []
    for name, values in (("row", gradient_map.mean(1)), ("column", gradient_map.mean(0))):
        inside = range(border, len(values) - border)
        for i in inside:
            usual = np.median([values[j] for j in inside if (i - j) % factor == 0])
            off = values[i] - usual
            if abs(off) > 0.01 * values.mean():
                found.append(f"{name} {i}")
    return ", ".join(found) or "none"
"""
FOLDED = """
def folded_power(matrix):
    dst, src = matrix.shape
    power = abs(np.fft.fft(matrix, axis=1)) ** 2
    return power[:, dst // 2 + 1 : src // 2 + 1].mean()
"""
KEPT = """
def kept_power(matrix):
    dst, src = matrix.shape
    power = abs(np.fft.fft(matrix, axis=1)) ** 2
    return power[:, 1 : (dst + 1) // 2].mean()
"""
CHOOSE = """
def choose(evidence, most_cv, most_folded):
    good = [n for n in evidence if evidence[n][0] <= most_cv and evidence[n][1] <= most_folded]
    return max(good, key=lambda n: evidence[n][2]) if good else "none"
"""


def with_change(source, old, new):
    """The source with one piece replaced, which must be there."""
    if source.count(old) != 1:
        raise ValueError(f"{old!r} stands {source.count(old)} times in the source")
    return source.replace(old, new)


MUTANTS = [
    (
        "q0",
        "the line of nearest",
        "rounds to the nearest pixel instead of down",
        with_change(HAND, "[1, 1, 0, 1, 1, 0]", "[1, 0, 1, 1, 1, 0]"),
    ),
    (
        "q0",
        "the line of nearest",
        "takes the pixel under the output pixel's centre: that is nearest-exact",
        with_change(HAND, "[1, 1, 0, 1, 1, 0]", "[1, 0, 1, 1, 0, 1]"),
    ),
    (
        "q0",
        "the line of linear",
        "lays pixel 0 onto pixel 0: reads at i 6/4, without the halves",
        with_change(HAND, "[0.75, 0.5, 0.75, 0.75, 0.5, 0.75]", "[1, 0.5, 0.5, 1, 0.5, 0.5]"),
    ),
    (
        "q0",
        "the line of linear",
        "expects linear interpolation to use all pixels alike",
        with_change(HAND, "[0.75, 0.5, 0.75, 0.75, 0.5, 0.75]", "[4 / 6] * 6"),
    ),
    (
        "q0",
        "the line of linear",
        "gives the larger weight to the pixel farther away",
        with_change(HAND, "[0.75, 0.5, 0.75, 0.75, 0.5, 0.75]", "[0.25, 1.5, 0.25, 0.25, 1.5, 0.25]"),
    ),
    (
        "q0",
        "the CV of a line",
        "takes the sample's standard deviation, with n - 1",
        "def cv(gradient_map): return np.std(gradient_map, ddof=1) / np.mean(gradient_map)",
    ),
    (
        "q0",
        "the CV of a line",
        "divides the variance by the mean",
        "def cv(gradient_map): return np.var(gradient_map) / np.mean(gradient_map)",
    ),
    (
        "q0",
        "the CV of a line",
        "gives the standard deviation alone, which grows with the map",
        "def cv(gradient_map): return np.std(gradient_map)",
    ),
    (
        "q0",
        "the CV of a map",
        "takes the CV of the column sums for that of the map",
        "def cv(gradient_map):\n"
        "    line = np.sum(np.atleast_2d(gradient_map), axis=0)\n"
        "    return np.std(line) / np.mean(line)",
    ),
    (
        "q0",
        "the CV of a map",
        "gives a CV for each column",
        "def cv(gradient_map): return np.std(gradient_map, axis=0) / np.mean(gradient_map, axis=0)",
    ),
    (
        "q1",
        "squares",
        "takes the gradient of the mean: every weight is divided by the number of output pixels",
        with_change(GRADIENT, ".sum()", ".mean()"),
    ),
    (
        "q1",
        "squares",
        "forgets that the input has to require a gradient",
        with_change(GRADIENT, ".requires_grad_()", ""),
    ),
    (
        "q1",
        "squares",
        "backpropagates the sum of squares, so that the gradient depends on the image",
        with_change(GRADIENT, "operator(x).sum()", "operator(x).square().sum()"),
    ),
    (
        "q1",
        "squares",
        "uses nearest-exact where nearest is asked for",
        with_change(RESIZE, "mode=mode", "mode=mode.replace('nearest', 'nearest-exact')"),
    ),
    (
        "q1",
        "squares",
        "exchanges src and dst: the map of enlarging",
        with_change(RESIZE, "size=dst", "size=src").replace("np.ones(src)", "np.ones(dst)"),
    ),
    (
        "q1",
        "other sides",
        "takes images for square",
        with_change(RESIZE, "size=dst", "size=(dst[0], dst[0])"),
    ),
    (
        "q1",
        "other sides",
        "gives width and height in the wrong order",
        with_change(RESIZE, "size=dst", "size=dst[::-1]"),
    ),
    (
        "q1",
        "antialias",
        "leaves antialias at its default",
        with_change(RESIZE, ", antialias=antialias", ""),
    ),
    (
        "q1",
        "antialias",
        "blurs a little before instead of widening the kernel",
        with_change(
            RESIZE,
            "lambda x: F.interpolate(x, size=dst, mode=mode, antialias=antialias)",
            "lambda x: F.interpolate(F.avg_pool2d(x, 3, 1, 1) if antialias else x, size=dst, mode=mode)",
        ),
    ),
    (
        "q1",
        "a strided convolution",
        "forgets the stride",
        with_change(CONVOLUTION, ", stride=stride", ""),
    ),
    (
        "q1",
        "a strided convolution",
        "pads, so that the edge counts more",
        with_change(CONVOLUTION, "stride=stride", "stride=stride, padding=1"),
    ),
    (
        "q1",
        "a strided convolution",
        "turns the kernel round, as a convolution on paper does",
        with_change(CONVOLUTION, "np.array(kernel)", "np.array(kernel)[::-1, ::-1].copy()"),
    ),
    (
        "q1",
        "max pooling",
        "takes the map of a linear operator, at an image of ones",
        "def max_pool_map(image, window):\n"
        "    return gradient_map(lambda x: F.max_pool2d(x, window), np.ones(np.shape(image)))",
    ),
    (
        "q1",
        "max pooling",
        "believes that pooling moves by one pixel",
        "def max_pool_map(image, window): return gradient_map(lambda x: F.max_pool2d(x, window, 1), image)",
    ),
    (
        "q2",
        "kernels",
        "lays pixel 0 onto pixel 0: the centres without the halves",
        with_change(LINEAR, "(np.arange(dst) + 0.5) * src / dst - 0.5", "np.arange(dst) * src / dst"),
    ),
    (
        "q2",
        "kernels",
        "forgets that the centre of input pixel 0 is at 0, half a pixel from the edge",
        with_change(LINEAR, " - 0.5\n", "\n"),
    ),
    (
        "q2",
        "kernels",
        "takes the nearest pixel alone",
        with_change(
            LINEAR,
            "np.maximum(0, 1 - abs(np.arange(src) - centres[:, None]) / reach)",
            "1.0 * (np.arange(src) == np.round(centres)[:, None])",
        ),
    ),
    (
        "q2",
        "kernels",
        "puts the corner pixels onto each other, as align_corners=True does",
        with_change(
            LINEAR, "(np.arange(dst) + 0.5) * src / dst - 0.5", "np.linspace(0, src - 1, dst)"
        ),
    ),
    (
        "q2",
        "the border",
        "lets the part of a kernel outside the image go: rows of less than 1",
        with_change(LINEAR, " / weights.sum(axis=1, keepdims=True)", ""),
    ),
    (
        "q2",
        "the border",
        "divides all rows by the same sum",
        with_change(LINEAR, "weights.sum(axis=1, keepdims=True)", "weights.sum(axis=1).mean()"),
    ),
    (
        "q2",
        "with antialias",
        "does not widen the kernel",
        with_change(LINEAR, "max(src / dst, 1) if antialias else 1", "1"),
    ),
    (
        "q2",
        "with antialias",
        "takes the whole foot for its half: twice as wide",
        with_change(LINEAR, "max(src / dst, 1) if antialias", "max(2 * src / dst, 1) if antialias"),
    ),
    (
        "q2",
        "with antialias",
        "makes the kernel narrower when enlarging, so that it misses the pixels",
        with_change(LINEAR, "max(src / dst, 1) if antialias", "src / dst if antialias").replace(
            "keepdims=True)", "keepdims=True).clip(1e-9)"
        ),
    ),
    (
        "q2",
        "the map",
        "adds along the rows: how much each output pixel gets",
        "def map_of(rows, columns): return np.outer(rows.sum(axis=1), columns.sum(axis=1))",
    ),
    (
        "q2",
        "the map",
        "exchanges height and width",
        "def map_of(rows, columns): return np.outer(columns.sum(axis=0), rows.sum(axis=0))",
    ),
    (
        "q2",
        "the map",
        "adds the two lines instead of multiplying",
        "def map_of(rows, columns): return np.add.outer(rows.sum(axis=0), columns.sum(axis=0))",
    ),
    (
        "q2",
        "the CV of both axes",
        "adds the CVs as if they were lengths",
        "def cv_of_both(a, b): return a + b",
    ),
    (
        "q2",
        "the CV of both axes",
        "adds squares, as for a sum of independent things: the mixed term is missing",
        "def cv_of_both(a, b): return np.hypot(a, b)",
    ),
    (
        "q2",
        "the CV of both axes",
        "multiplies, as the means do",
        "def cv_of_both(a, b): return a * b",
    ),
    (
        "q2",
        "the CV of both axes",
        "takes the worse of the two",
        "def cv_of_both(a, b): return max(a, b)",
    ),
    (
        "q3",
        "without antialias",
        "gives the CV of one line for that of the image",
        "def cv_of(src, dst, mode, antialias):\n"
        "    line = interpolation_matrix(src, dst, mode, antialias).sum(axis=0)\n"
        "    return coefficient_of_variation(line)\n" + WORST,
    ),
    (
        "q3",
        "without antialias",
        "takes the sample's standard deviation",
        with_change(CV, "np.std(np.outer(line, line))", "np.std(np.outer(line, line), ddof=1)") + WORST,
    ),
    (
        "q3",
        "without antialias",
        "sums the rows, which are 1 each: CV 0 for everything",
        with_change(CV, "axis=0", "axis=1") + WORST,
    ),
    (
        "q3",
        "without antialias",
        "takes the matrix itself for the map",
        "def cv_of(src, dst, mode, antialias):\n"
        "    return coefficient_of_variation(interpolation_matrix(src, dst, mode, antialias))\n" + WORST,
    ),
    (
        "q3",
        "with antialias",
        "drops the fourth argument",
        with_change(CV, "dst, mode, antialias).sum", "dst, mode).sum") + WORST,
    ),
    (
        "q3",
        "nearest in closed form",
        "counts along one axis: the CV of a line",
        with_change(NEAREST, "src[0] * src[1] / (dst[0] * dst[1])", "src[0] / dst[0]"),
    ),
    (
        "q3",
        "nearest in closed form",
        "takes the ratio of heights for that of both sides",
        with_change(NEAREST, "src[0] * src[1] / (dst[0] * dst[1])", "(src[0] / dst[0]) ** 2"),
    ),
    (
        "q3",
        "nearest in closed form",
        "forgets to subtract 1, so that a copy is uneven",
        with_change(NEAREST, " - 1)", ")"),
    ),
    (
        "q3",
        "the worst size",
        "believes that the smallest size is the worst",
        "def worst_size(src, low, high, mode, antialias): return low",
    ),
    (
        "q3",
        "the worst size",
        "stops before the last size",
        with_change(WORST, "high + 1", "high"),
    ),
    (
        "q3",
        "the worst size",
        "finds the best size",
        with_change(WORST, "argmax", "argmin"),
    ),
    (
        "q3",
        "the worst size",
        "returns the CV there",
        "def worst_size(src, low, high, mode, antialias):\n"
        "    return max(interpolate_cv(src, dst, mode, antialias) for dst in range(low, high + 1))",
    ),
    (
        "q3",
        "why it dips",
        "takes a CV of 0 for the absence of aliasing",
        "def why_it_dips(): return 'a'",
    ),
    (
        "q3",
        "why it dips",
        "believes that kernels of a whole ratio end at different places",
        "def why_it_dips(): return 'c'",
    ),
    (
        "q4",
        "a sound operator",
        "takes whatever is uneven for a bug: compares with the mean of all lines",
        with_change(BROKEN, "if (i - j) % factor == 0", ""),
    ),
    (
        "q4",
        "a sound operator",
        "takes the edge for a bug: forgets the border",
        with_change(BROKEN, "range(border, len(values) - border)", "range(len(values))"),
    ),
    (
        "q4",
        "a sound operator",
        "compares with the line before, so that every pattern is broken",
        with_change(
            BROKEN, "np.median([values[j] for j in inside if (i - j) % factor == 0])", "values[i - 1]"
        ),
    ),
    (
        "q4",
        "rows",
        "names the worst line only",
        with_change(BROKEN, 'return ", ".join(found) or "none"', 'return (found + ["none"])[0]'),
    ),
    (
        "q4",
        "rows",
        "looks for lines that are missing, not for those that count twice",
        with_change(BROKEN, "abs(off) > 0.01", "-off > 0.01"),
    ),
    (
        "q4",
        "rows",
        "calls rows columns: takes the mean along the wrong axis",
        with_change(BROKEN, "gradient_map.mean(1)", "gradient_map.T.mean(1)").replace(
            "gradient_map.mean(0)", "gradient_map.T.mean(0)"
        ),
    ),
    (
        "q4",
        "rows",
        "numbers the lines from the border on",
        with_change(BROKEN, '{name} {i}"', '{name} {i - border}"'),
    ),
    (
        "q4",
        "columns",
        "looks at rows only",
        with_change(BROKEN, ', ("column", gradient_map.mean(0))', ","),
    ),
    (
        "q4",
        "inside a pattern",
        "judges by the CV: gives up on a map that is uneven anyway",
        with_change(BROKEN, "    found = []", "    if gradient_map.std() > 0.5 * gradient_map.mean():\n"
        "        return 'none'\n    found = []"),
    ),
    (
        "q4",
        "inside a pattern",
        "compares with lines two apart, whatever the factor",
        with_change(BROKEN, "% factor", "% 2"),
    ),
    (
        "q4",
        "why the CV cannot tell",
        "believes that one line is too little to change the CV",
        "def why_the_cv_cannot_tell(): return 'a'",
    ),
    (
        "q4",
        "why the CV cannot tell",
        "believes that the CV looks along one axis",
        "def why_the_cv_cannot_tell(): return 'b'",
    ),
    (
        "q5",
        "what folds",
        "takes the magnitude for the power",
        with_change(FOLDED, " ** 2", ""),
    ),
    (
        "q5",
        "what folds",
        "counts what fits into the small line too",
        with_change(FOLDED, "dst // 2 + 1 :", "1 :"),
    ),
    (
        "q5",
        "what folds",
        "takes the new sampling rate for the new Nyquist frequency",
        with_change(FOLDED, "dst // 2 + 1 :", "dst - 1 :"),
    ),
    (
        "q5",
        "what folds",
        "looks only at waves that fold onto an even grey, as the CV does",
        with_change(FOLDED, "dst // 2 + 1 : src // 2 + 1", "dst : src // 2 + 1 : dst"),
    ),
    (
        "q5",
        "what folds",
        "averages the kernels before looking at their spectrum",
        with_change(FOLDED, "fft(matrix, axis=1)", "fft(matrix.mean(0, keepdims=True), axis=1)"),
    ),
    (
        "q5",
        "what is kept",
        "counts the even grey as detail",
        with_change(KEPT, "1 : (dst", "0 : (dst"),
    ),
    (
        "q5",
        "what is kept",
        "takes all waves up to the new sampling rate",
        with_change(KEPT, "(dst + 1) // 2", "dst"),
    ),
    (
        "q5",
        "what is kept",
        "loses the finest wave that fits when dst is odd",
        with_change(KEPT, "(dst + 1) // 2", "dst // 2"),
    ),
    (
        "q5",
        "the choice",
        "judges by the CV alone, and passes a resize that aliases",
        with_change(CHOOSE, " and evidence[n][1] <= most_folded", ""),
    ),
    (
        "q5",
        "the choice",
        "forgets the CV",
        with_change(CHOOSE, "evidence[n][0] <= most_cv and ", ""),
    ),
    (
        "q5",
        "the choice",
        "takes the lowest CV of those that are good enough",
        with_change(CHOOSE, "max(good", "min(good").replace("[2]", "[0]"),
    ),
    (
        "q5",
        "the choice",
        "takes the least aliasing of those that are good enough: the most blurred",
        with_change(CHOOSE, "max(good", "min(good").replace("[2]", "[1]"),
    ),
    (
        "q5",
        "the choice",
        "counts the limits themselves as too much",
        CHOOSE.replace("<=", "<"),
    ),
    (
        "q5",
        "nothing is good enough",
        "takes the best there is, limits or not",
        with_change(CHOOSE, '"none"', "max(evidence, key=lambda n: evidence[n][2])"),
    ),
    (
        "q5",
        "nothing is good enough",
        "is content if one of the limits is held",
        with_change(CHOOSE, " and ", " or "),
    ),
    (
        "q5",
        "what zero means",
        "takes the CV for a mean over all waves",
        "def what_zero_means(): return 'b'",
    ),
    (
        "q5",
        "what zero means",
        "trusts the CV more than the picture",
        "def what_zero_means(): return 'c'",
    ),
]  # fmt: skip

STYLES = {
    "q0": """
def by_hand():
    nearest, linear = np.zeros((2, 6))
    for i in range(4):
        nearest[i * 3 // 2] += 1
        place = 1.5 * i + 0.25
        linear[int(place)] += 1 - place % 1
        linear[int(place) + 1] += place % 1
    return np.stack([nearest, linear])

def cv(gradient_map):
    values = [float(value) for value in np.ravel(gradient_map)]
    mean = sum(values) / len(values)
    return (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5 / mean
""",
    "q1": """
def gradient_map(operator, image):
    batch = torch.from_numpy(np.ascontiguousarray(image, dtype=float)).reshape(1, 1, *np.shape(image))
    batch.requires_grad = True
    out = operator(batch)
    (gradient,) = torch.autograd.grad(out, batch, grad_outputs=torch.ones_like(out))
    return gradient.squeeze(0).squeeze(0)

def interpolate_map(src, dst, mode, antialias):
    options = {"size": list(dst), "mode": mode}
    if antialias:
        options["antialias"] = True
    image = np.random.default_rng(0).random(src)
    return gradient_map(lambda x: F.interpolate(x, **options), image)

def convolution_map(height, width, kernel, stride):
    layer = torch.nn.Conv2d(1, 1, kernel.shape, stride=stride, bias=False, dtype=torch.float64)
    layer.weight.data[:] = torch.tensor(kernel)
    return gradient_map(layer, np.zeros((height, width)))

def max_pool_map(image, window):
    return gradient_map(torch.nn.MaxPool2d(window), image)
""",
    "q2": """
def linear_matrix(src, dst, antialias):
    A = np.zeros((dst, src))
    step = src / dst
    r = step if antialias and step > 1 else 1.0
    for i in range(dst):
        for j in range(src):
            A[i, j] = max(0.0, r - abs(j + 0.5 - (i + 0.5) * step))
        A[i] /= A[i].sum()
    return A

def map_of(rows, columns):
    return rows.T @ np.ones((len(rows), len(columns))) @ columns

def cv_of_both(a, b):
    return (a * a + b * b + a * a * b * b) ** 0.5
""",
    "q3": """
def cv_of(src, dst, mode, antialias):
    A = torch.as_tensor(interpolation_matrix(src, dst, mode=mode, antialias=antialias))
    whole = A.T @ torch.ones(dst, dst, dtype=A.dtype) @ A
    return whole.std(correction=0) / whole.mean()

def nearest_cv(src, dst):
    (H, W), (h, w) = src, dst
    p = (h / H) * (w / W)
    return (p * (1 - p)) ** 0.5 / p

def worst_size(src, low, high, mode, antialias):
    worst, most = None, -1
    for dst in range(low, high + 1):
        value = float(cv_of(src, dst, mode, antialias))
        if value > most:
            worst, most = dst, value
    return worst

why_it_dips = lambda: "b"
""",
    "q4": """
def broken_lines(gradient_map, factor, border):
    height, width = gradient_map.shape
    inner = gradient_map[border : height - border, border : width - border]
    words = []
    for name, values in (("row", inner.mean(axis=1)), ("column", inner.mean(axis=0))):
        for i, value in enumerate(values):
            others = np.sort(values[i % factor :: factor])
            if not np.isclose(value, others[len(others) // 2], rtol=0, atol=0.01 * gradient_map.mean()):
                words += [name + " " + str(i + border)]
    return "none" if not words else ", ".join(words)

why_the_cv_cannot_tell = lambda: "c"
""",
    "q5": """
def wave_power(matrix, k):
    x = 2 * np.pi * k * np.arange(matrix.shape[1]) / matrix.shape[1]
    return np.mean((matrix @ np.cos(x)) ** 2 + (matrix @ np.sin(x)) ** 2)

def folded_power(matrix):
    dst, src = matrix.shape
    return np.mean([wave_power(matrix, k) for k in range(src) if dst / 2 < k <= src / 2])

def kept_power(matrix):
    dst, src = matrix.shape
    return np.mean([wave_power(matrix, k) for k in range(1, src) if k < dst / 2])

def choose(evidence, most_cv, most_folded):
    for name, (cv, folded, kept) in sorted(evidence.items(), key=lambda item: -item[1][2]):
        if cv <= most_cv and folded <= most_folded:
            return name
    return "none"

what_zero_means = lambda: "a"
""",
}
