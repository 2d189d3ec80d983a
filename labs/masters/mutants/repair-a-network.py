"""Plausible wrong answers to `repair-a-network`, and right ones in another style.

`MUTANTS`: (question, title of the check that must catch it, the misconception behind it, code).
`STYLES`: question -> right answers written differently from the master's.
"""

HAND = """
def by_hand():
    return [0, 1, 0, 1], [1, 1, 1, 1]
"""
BLURRED = """
def by_hand_blurred():
    return [0.5, 1, 0.5, 1], [0.75, 0.75, 0.75, 0.75]
"""
MOVE = """
def move(x, pixels):
    f = np.fft.fftfreq(x.shape[-1])
    return np.fft.ifft(np.fft.fft(x) * np.exp(-2j * np.pi * f * pixels)).real
"""
ALIGNED = """
def aligned_cosine(before, after, shift, factor):
    back = move(after, -shift / factor)
    return np.sum(before * back) / np.linalg.norm(before) / np.linalg.norm(back)
"""
MAXIMA = """
def maxima(image, kernels, stride):
    x = F.pad(torch.tensor(image)[None, None], (1, 1, 1, 1), mode="circular")
    x = F.relu(F.conv2d(x, torch.tensor(kernels)[:, None]))
    return F.max_pool2d(F.pad(x, (0, 1, 0, 1), mode="circular"), 2, stride)

def features(image, kernels):
    return maxima(image, kernels, 2)[0].numpy()
"""
BLUR = """
def features_blurred(image, kernels):
    x = maxima(image, kernels, 1)
    weight = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]], dtype=torch.float64) / 16
    x = F.conv2d(F.pad(x.transpose(0, 1), (1, 1, 1, 1), mode="circular"), weight[None, None])
    return x[:, 0, ::2, ::2].numpy()
"""
CURVE = """
def shift_curve(extract, similarity, image, shifts):
    still = extract(image)
    return [similarity(still, extract(np.roll(image, d, 1)), d) for d in shifts]
"""
AVR = """
def avr(x, stride):
    power = (abs(np.fft.fft2(x)) ** 2).mean(0)
    down, across = np.meshgrid(*map(np.fft.fftfreq, power.shape), indexing="ij")
    return power[2 * np.hypot(down, across) > 1 / stride].sum() / power.sum()
"""
FOLDED = """
def folded_share(x, stride):
    power = (abs(np.fft.fft2(x)) ** 2).mean(0)
    down, across = np.meshgrid(*map(np.fft.fftfreq, power.shape), indexing="ij")
    return power[np.maximum(abs(down), abs(across)) > 0.5 / stride].sum() / power.sum()
"""
CONV = """
def conv_folded(image, kernels, stride):
    x = F.pad(torch.tensor(image)[None, None], (1, 1, 1, 1), mode="circular")
    return folded_share(F.conv2d(x, torch.tensor(kernels)[:, None])[0].numpy(), stride)
"""
SIS = """
MOVES = [(-1, -2), (1, -2), (-1, -1), (1, -1)]

def probabilities(logits):
    p = np.exp(logits - logits.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)

def turned(p, q):
    return 1 - np.sum(p * q, 1) / np.linalg.norm(p, axis=1) / np.linalg.norm(q, axis=1)

def sis(model, images):
    p = probabilities(model(images))
    return np.mean([turned(p, probabilities(model(np.roll(images, d, axis)))) for d, axis in MOVES], 0)
"""
AGREEMENT = """
def agreement(model, images):
    own = model(images).argmax(1)
    moves = [(-1, -2), (1, -2), (-1, -1), (1, -1)]
    return np.mean([model(np.roll(images, d, axis)).argmax(1) == own for d, axis in moves], 0)
"""
READOUT = """
def readout(features, labels):
    x = np.column_stack([features, np.ones(len(features))]).astype(float)
    hot = np.eye(labels.max() + 1)[labels]
    return np.linalg.solve(x.T @ x + 0.1 * np.eye(x.shape[1]), x.T @ hot)
"""


def with_change(source, old, new):
    """The source with one piece replaced, which must be there."""
    if source.count(old) != 1:
        raise ValueError(f"{old!r} stands {source.count(old)} times in the source")
    return source.replace(old, new)


MUTANTS = [
    (
        "q0",
        "the plain pool, still",
        "takes the mean of each pair",
        "def by_hand(): return [0, 1, 0, 1][::-1], [0.5, 0.5, 0.5, 0.5]",
    ),
    (
        "q0",
        "the plain pool, moved",
        "believes that max pooling moves with its input: invariant to a shift by one",
        with_change(HAND, "[1, 1, 1, 1]", "[0, 1, 0, 1]"),
    ),
    (
        "q0",
        "the plain pool, moved",
        "believes that the answer moves by one as the line does",
        with_change(HAND, "[1, 1, 1, 1]", "[1, 0, 1, 0]"),
    ),
    (
        "q0",
        "the repaired pool, still",
        "blurs before the maximum",
        "def by_hand_blurred(): return [0.75, 0.75, 0.75, 0.75], [0.75, 0.75, 0.75, 0.75]",
    ),
    (
        "q0",
        "the repaired pool, still",
        "blurs what the stride has left",
        "def by_hand_blurred(): return [0.5, 0.5, 0.5, 0.5], [1, 1, 1, 1]",
    ),
    (
        "q0",
        "the repaired pool, moved",
        "believes that the repaired pool cannot see the move at all",
        with_change(BLURRED, "[0.75, 0.75, 0.75, 0.75]", "[0.5, 1, 0.5, 1]"),
    ),
    (
        "q0",
        "the repaired pool, moved",
        "takes black beyond the end for the line's own start",
        with_change(BLURRED, "[0.75, 0.75, 0.75, 0.75]", "[0.5, 0.75, 0.75, 0.75]"),
    ),
    (
        "q0",
        "the cosine",
        "takes the mean away first: the correlation",
        "def cosine(a, b): return np.corrcoef(np.ravel(a), np.ravel(b))[0, 1]",
    ),
    (
        "q0",
        "the cosine",
        "forgets the lengths",
        "def cosine(a, b): return np.sum(a * b)",
    ),
    (
        "q0",
        "the cosine",
        "divides by squared lengths",
        "def cosine(a, b): return np.sum(a * b) / (np.sum(a * a) * np.sum(b * b))",
    ),
    (
        "q1",
        "whole pixels",
        "moves to the left",
        with_change(MOVE, "-2j", "2j") + with_change(ALIGNED, "-shift / factor", "shift / factor"),
    ),
    (
        "q1",
        "whole pixels",
        "moves down instead of to the right",
        "def move(x, pixels):\n"
        "    turn = np.exp(-2j * np.pi * np.fft.fftfreq(x.shape[-2]) * pixels)[:, None]\n"
        "    return np.fft.ifft(np.fft.fft(x, axis=-2) * turn, axis=-2).real\n",
    ),
    (
        "q1",
        "whole pixels",
        "lets zeros in where the picture should go round",
        "def move(x, pixels):\n"
        "    t = np.arange(x.shape[-1])\n"
        "    flat = x.reshape(-1, x.shape[-1])\n"
        "    moved = [np.interp(t - pixels, t, row, left=0, right=0) for row in flat]\n"
        "    return np.reshape(moved, x.shape)\n",
    ),
    (
        "q1",
        "parts of a pixel",
        "rounds to whole pixels",
        "def move(x, pixels): return np.roll(x, round(pixels), axis=-1)",
    ),
    (
        "q1",
        "parts of a pixel",
        "draws straight lines between pixels: a blur",
        "def move(x, pixels):\n"
        "    low = int(np.floor(pixels))\n"
        "    part = pixels - low\n"
        "    return (1 - part) * np.roll(x, low, -1) + part * np.roll(x, low + 1, -1)",
    ),
    (
        "q1",
        "parts of a pixel",
        "counts frequencies from 0 to 1, with no negative ones",
        with_change(MOVE, "np.fft.fftfreq(x.shape[-1])", "np.arange(x.shape[-1]) / x.shape[-1]"),
    ),
    (
        "q1",
        "aligned by whole pixels",
        "forgets to move back",
        with_change(ALIGNED, "move(after, -shift / factor)", "after"),
    ),
    (
        "q1",
        "aligned by whole pixels",
        "moves by the picture's shift, not by that of the smaller features",
        with_change(ALIGNED, "-shift / factor", "-shift"),
    ),
    (
        "q1",
        "aligned by whole pixels",
        "moves on instead of back",
        with_change(ALIGNED, "-shift / factor", "shift / factor"),
    ),
    (
        "q1",
        "aligned by whole pixels",
        "takes the mean of each channel's cosine",
        "def aligned_cosine(before, after, shift, factor):\n"
        "    back = move(after, -shift / factor)\n"
        "    pairs = zip(before, back)\n"
        "    return np.mean([np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b) for a, b in pairs])",
    ),
    (
        "q1",
        "aligned by half pixels",
        "aligns by whole pixels of the features only",
        with_change(ALIGNED, "-shift / factor", "-(shift // factor)"),
    ),
    (
        "q2",
        "max pooling",
        "pads with zeros",
        with_change(MAXIMA, '(1, 1, 1, 1), mode="circular"', "(1, 1, 1, 1)") + with_change(
            BLUR, "x = maxima(image, kernels, 1)", "x = right_maxima(image, kernels, 1)"
        ) + MAXIMA.replace("maxima(", "right_maxima(").replace("def features(", "def unused("),
    ),
    (
        "q2",
        "max pooling",
        "forgets the ReLU",
        "def features(image, kernels):\n"
        "    x = F.pad(torch.tensor(image)[None, None], (1, 1, 1, 1), mode='circular')\n"
        "    return F.max_pool2d(F.conv2d(x, torch.tensor(kernels)[:, None]), 2)[0].numpy()",
    ),
    (
        "q2",
        "max pooling",
        "flips the kernel, as mathematics does and conv2d does not",
        "def features(image, kernels):\n"
        "    x = F.pad(torch.tensor(image)[None, None], (1, 1, 1, 1), mode='circular')\n"
        "    x = F.relu(F.conv2d(x, torch.tensor(kernels).flip(1, 2)[:, None]))\n"
        "    return F.max_pool2d(x, 2)[0].numpy()",
    ),
    (
        "q2",
        "blurred",
        "blurs after the stride",
        with_change(MAXIMA + BLUR, "maxima(image, kernels, 1)", "maxima(image, kernels, 2)").replace(
            "[:, 0, ::2, ::2]", "[:, 0]"
        ),
    ),
    (
        "q2",
        "blurred",
        "blurs before the maximum",
        "def features_blurred(image, kernels):\n"
        "    x = F.pad(torch.tensor(image)[None, None], (1, 1, 1, 1), mode='circular')\n"
        "    x = F.relu(F.conv2d(x, torch.tensor(kernels)[:, None])).transpose(0, 1)\n"
        "    taps = torch.tensor([1.0, 2, 1], dtype=torch.float64) / 4\n"
        "    x = F.conv2d(F.pad(x, (1, 1, 1, 1), mode='circular'), torch.outer(taps, taps)[None, None])\n"
        "    return F.max_pool2d(x, 2)[:, 0].numpy()",
    ),
    (
        "q2",
        "blurred",
        "lets black in at the border, so that a flat map is darker there",
        MAXIMA + with_change(BLUR, '(1, 1, 1, 1), mode="circular"', "(1, 1, 1, 1)"),
    ),
    (
        "q2",
        "blurred",
        "drops the maximum: blurs and decimates what the ReLU gives",
        MAXIMA + with_change(BLUR, "maxima(image, kernels, 1)", "maxima(image, kernels, 1)[..., :0]").replace(
            "    x = maxima(image, kernels, 1)[..., :0]",
            "    x = F.pad(torch.tensor(image)[None, None], (1, 1, 1, 1), mode='circular')\n"
            "    x = F.relu(F.conv2d(x, torch.tensor(kernels)[:, None]))",
        ),
    ),
    (
        "q2",
        "the curve",
        "moves the features instead of the image",
        with_change(CURVE, "extract(np.roll(image, d, 1))", "np.roll(still, d)"),
    ),
    (
        "q2",
        "the curve",
        "moves down",
        with_change(CURVE, "np.roll(image, d, 1)", "np.roll(image, d, 0)"),
    ),
    (
        "q2",
        "the curve",
        "moves to the left",
        with_change(CURVE, "np.roll(image, d, 1)", "np.roll(image, -d, 1)"),
    ),
    (
        "q2",
        "the curve",
        "adds shift to shift, because the image is overwritten",
        "def shift_curve(extract, similarity, image, shifts):\n"
        "    before, found = extract(image), []\n"
        "    for d in shifts:\n"
        "        image = np.roll(image, d, 1)\n"
        "        found.append(similarity(before, extract(image), d))\n"
        "    return found",
    ),
    (
        "q2",
        "the explanation",
        "blames the alignment, which is the same for the blurred extractor",
        "def why_odd_shifts(): return 'a'",
    ),
    (
        "q2",
        "the explanation",
        "blames the ReLU, which works on each pixel alone",
        "def why_odd_shifts(): return 'c'",
    ),
    (
        "q3",
        "the ratio",
        "takes sizes for powers",
        with_change(AVR, " ** 2", ""),
    ),
    (
        "q3",
        "the ratio",
        "leaves frequency 0 out",
        with_change(AVR, ".mean(0)", ".mean(0)\n    power[0, 0] = 0"),
    ),
    (
        "q3",
        "the ratio",
        "draws the square of what folds in place of the circle",
        with_change(AVR, "2 * np.hypot(down, across)", "2 * np.maximum(abs(down), abs(across))"),
    ),
    (
        "q3",
        "the ratio",
        "takes half of Nyquist for the unit of the radius",
        with_change(AVR, "2 * np.hypot", "np.hypot"),
    ),
    (
        "q3",
        "the ratio",
        "shifts the transform but not the frequencies",
        with_change(AVR, "np.fft.fft2(x)", "np.fft.fftshift(np.fft.fft2(x), (1, 2))"),
    ),
    (
        "q3",
        "other strides and sides",
        "has stride 2 in mind always",
        with_change(AVR, "1 / stride", "0.5"),
    ),
    (
        "q3",
        "other strides and sides",
        "counts in cycles of the height along both sides",
        with_change(
            AVR,
            "2 * np.hypot(down, across)",
            "2 * np.hypot(down, across * x.shape[2] / x.shape[1])",
        ),
    ),
    (
        "q3",
        "channels",
        "averages channels before the transform, so that they cancel",
        with_change(AVR, "abs(np.fft.fft2(x)) ** 2).mean(0)", "abs(np.fft.fft2(x.mean(0))) ** 2)"),
    ),
    (
        "q3",
        "channels",
        "averages the channels' ratios",
        "def avr(x, stride):\n"
        "    down, across = (np.fft.fftfreq(n) for n in x.shape[1:])\n"
        "    fast = 2 * np.hypot(down[:, None], across) > 1 / stride\n"
        "    power = abs(np.fft.fft2(x)) ** 2\n"
        "    return np.mean([p[fast].sum() / p.sum() for p in power])",
    ),
    (
        "q3",
        "channels",
        "looks at the first channel only",
        with_change(AVR, ".mean(0)", "[0]"),
    ),
    (
        "q3",
        "the wave that is blamed",
        "takes a wave along one axis, which AVR blames rightly: it folds",
        "def blamed_wave(n, stride): return 0, n // (2 * stride) + 1",
    ),
    (
        "q3",
        "the wave that is blamed",
        "takes a slow diagonal, which nobody blames",
        "def blamed_wave(n, stride): return n // (4 * stride), n // (4 * stride)",
    ),
    (
        "q3",
        "the wave that is blamed",
        "takes the limit itself for below the limit",
        "def blamed_wave(n, stride): return n / (2 * stride), n / (2 * stride)",
    ),
    (
        "q4",
        "the share",
        "draws the circle again",
        with_change(FOLDED, "np.maximum(abs(down), abs(across))", "np.hypot(down, across)"),
    ),
    (
        "q4",
        "the share",
        "asks both frequencies to be above the limit",
        with_change(FOLDED, "np.maximum", "np.minimum"),
    ),
    (
        "q4",
        "the share",
        "takes the new sampling rate for the new Nyquist frequency",
        with_change(FOLDED, "0.5 / stride", "1 / stride"),
    ),
    (
        "q4",
        "the share",
        "leaves frequency 0 out",
        with_change(FOLDED, ".mean(0)", ".mean(0)\n    power[0, 0] = 0"),
    ),
    (
        "q4",
        "a strided convolution",
        "measures at the input, as AVR does",
        "def conv_folded(image, kernels, stride): return folded_share(image[None], stride)",
    ),
    (
        "q4",
        "a strided convolution",
        "measures behind the stride, where what folded looks like the truth",
        with_change(CONV, "[:, None])", "[:, None], stride=stride)"),
    ),
    (
        "q4",
        "a strided convolution",
        "pads with zeros",
        with_change(CONV, ', mode="circular"', ""),
    ),
    (
        "q4",
        "the decision",
        "believes AVR",
        "def what_to_do(): return 'a'",
    ),
    (
        "q4",
        "the decision",
        "believes that folding happens before the decimation",
        "def what_to_do(): return 'c'",
    ),
    (
        "q5",
        "SIS",
        "compares logits, not probabilities",
        with_change(SIS, "    p = np.exp(logits - logits.max(1, keepdims=True))\n", "").replace(
            "return p / p.sum(1, keepdims=True)", "return logits"
        ),
    ),
    (
        "q5",
        "SIS",
        "averages the four answers first, and takes one cosine",
        SIS.split("def sis")[0]
        + "def sis(model, images):\n"
        "    p = probabilities(model(images))\n"
        "    others = [probabilities(model(np.roll(images, d, axis))) for d, axis in MOVES]\n"
        "    return turned(p, np.mean(others, 0))",
    ),
    (
        "q5",
        "SIS",
        "averages the logits before the softmax",
        SIS.split("def sis")[0]
        + "def sis(model, images):\n"
        "    others = [model(np.roll(images, d, axis)) for d, axis in MOVES]\n"
        "    return turned(probabilities(model(images)), probabilities(np.mean(others, 0)))",
    ),
    (
        "q5",
        "SIS",
        "moves right and down only",
        with_change(SIS, "[(-1, -2), (1, -2), (-1, -1), (1, -1)]", "[(1, -2), (1, -1)]"),
    ),
    (
        "q5",
        "SIS",
        "moves by two pixels",
        with_change(SIS, "np.roll(images, d, axis)", "np.roll(images, 2 * d, axis)"),
    ),
    (
        "q5",
        "SIS",
        "lets zeros in at the border",
        with_change(SIS, "np.roll(images, d, axis)", "zeros_in(images, d, axis)")
        + "def zeros_in(images, d, axis):\n"
        "    moved = np.moveaxis(np.roll(images, d, axis), axis, 0)\n"
        "    moved[0 if d > 0 else -1] = 0\n"
        "    return np.moveaxis(moved, 0, axis)\n",
    ),
    (
        "q5",
        "SIS",
        "returns the similarity",
        with_change(SIS, "return 1 - np.sum", "return np.sum"),
    ),
    (
        "q5",
        "large logits",
        "takes the exponential as it comes",
        with_change(SIS, "np.exp(logits - logits.max(1, keepdims=True))", "np.exp(logits)").replace(
            "    p = np.exp", "    np.seterr(all='ignore')\n    p = np.exp"
        ),
    ),
    (
        "q5",
        "agreement",
        "asks for all four to agree",
        with_change(AGREEMENT, "np.mean(", "np.all("),
    ),
    (
        "q5",
        "agreement",
        "counts those that disagree",
        with_change(AGREEMENT, "== own", "!= own"),
    ),
    (
        "q5",
        "agreement",
        "gives one number for all images",
        with_change(AGREEMENT, "moves], 0)", "moves])"),
    ),
    (
        "q5",
        "the explanation",
        "takes SIS at its word",
        "def what_a_low_sis_means(): return 'a'",
    ),
    (
        "q5",
        "the explanation",
        "believes that a network knows how far a shift goes",
        "def what_a_low_sis_means(): return 'b'",
    ),
    (
        "q6",
        "stable",
        "repairs only the last pool, where the map is small",
        "def taps(): return 1, 1, 3",
    ),
    (
        "q6",
        "stable",
        "leaves the first pool alone, because it works on large maps",
        "def taps(): return 1, 3, 3",
    ),
    (
        "q6",
        "accurate",
        "averages everything away: the more blur the better",
        "def taps(): return 31, 15, 7",
    ),
    (
        "q6",
        "the new last layer",
        "takes labels for quantities: regresses on the number of the class",
        "def readout(features, labels):\n"
        "    x = np.column_stack([features, np.ones(len(features))]).astype(float)\n"
        "    w = np.linalg.lstsq(x, labels.astype(float), rcond=None)[0]\n"
        "    k = np.arange(labels.max() + 1.0)\n"
        "    last = 2 * np.outer(w, k)\n"
        "    last[-1] -= k**2\n"
        "    return last",
    ),
    (
        "q6",
        "the new last layer",
        "keeps the old last layer",
        "def readout(features, labels): return old_last",
    ),
    (
        "q6",
        "the new last layer",
        "puts the biases into the first row",
        with_change(
            READOUT,
            "np.column_stack([features, np.ones(len(features))])",
            "np.column_stack([np.ones(len(features)), features])",
        ),
    ),
]  # fmt: skip

STYLES = {
    "q0": """
def by_hand():
    line = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    return np.array([np.roll(line, d).reshape(4, 2).max(axis=1) for d in (0, 1)])

def by_hand_blurred():
    found = []
    for d in (0, 1):
        line = np.roll([0, 0, 1, 1, 0, 0, 1, 1], d)
        top = np.maximum(line, np.roll(line, -1))
        found.append((np.roll(top, 1) / 4 + top / 2 + np.roll(top, -1) / 4)[::2])
    return found

def cosine(a, b):
    unit = lambda v: v / np.sqrt((v**2).sum())
    return float((unit(np.asarray(a)) * unit(np.asarray(b))).sum())
""",
    "q1": """
def move(x, pixels):
    n = x.shape[-1]
    spectrum = np.fft.rfft(x) * np.exp(-2j * np.pi * np.arange(n // 2 + 1) / n * pixels)
    return np.fft.irfft(spectrum, n)

def aligned_cosine(before, after, shift, factor):
    a = torch.tensor(before).flatten()
    b = torch.tensor(move(after, -(shift / factor))).flatten()
    return F.cosine_similarity(a, b, dim=0)
""",
    "q2": """
def responses(image, kernels):
    found = np.zeros((len(kernels), *image.shape))
    for i in range(3):
        for j in range(3):
            found += kernels[:, i, j, None, None] * np.roll(image, (1 - i, 1 - j), (0, 1))
    found = np.maximum(found, 0)
    for axis in (1, 2):
        found = np.maximum(found, np.roll(found, -1, axis))
    return found

def features(image, kernels):
    return responses(image, kernels)[:, ::2, ::2]

def features_blurred(image, kernels):
    x = responses(image, kernels)
    for axis in (1, 2):
        x = (np.roll(x, 1, axis) + 2 * x + np.roll(x, -1, axis)) / 4
    return x[:, ::2, ::2]

def shift_curve(extract, similarity, image, shifts):
    found = []
    for d in shifts:
        d = int(d)
        moved = np.concatenate([image[:, -d % image.shape[1]:], image[:, :-d % image.shape[1]]], axis=1)
        found.append(similarity(extract(image), extract(moved), d))
    return np.array(found)

why_odd_shifts = lambda: "b"
""",
    "q3": """
def avr(x, stride):
    H, W = x.shape[1:]
    power = torch.fft.fftshift(torch.fft.fft2(torch.tensor(x)), (-2, -1)).abs().square().mean(0)
    u, v = torch.arange(H)[:, None] - H // 2, torch.arange(W) - W // 2
    r = torch.sqrt((u / (H / 2)) ** 2 + (v / (W / 2)) ** 2)
    return (power * (r > 1 / stride)).sum() / power.sum()

def blamed_wave(n, stride):
    for k in range(n):
        for l in range(n):
            if max(k, l) < n / (2 * stride) and np.hypot(k, l) > n / (2 * stride):
                return [k, -l]
""",
    "q4": """
def folded_share(x, stride):
    spectrum = np.fft.fftshift(np.fft.fft2(np.asarray(x)), axes=(1, 2))
    H, W = x.shape[1:]
    held = lambda n: [abs(k - n // 2) <= n / (2 * stride) for k in range(n)]
    kept = np.where(np.outer(held(H), held(W)), spectrum, 0)
    return 1 - np.sum(abs(kept) ** 2) / np.sum(abs(spectrum) ** 2)

def conv_folded(image, kernels, stride):
    layer = torch.nn.Conv2d(
        1, len(kernels), 3, padding=1, padding_mode="circular", bias=False, dtype=torch.float64
    )
    layer.weight.data[:] = torch.tensor(kernels)[:, None]
    return folded_share(layer(torch.tensor(image)[None, None]).detach()[0].numpy(), stride)

what_to_do = lambda: "b"
""",
    "q5": """
def everything(model, images):
    moved = [images]
    for d in (1, -1):
        moved += [np.roll(images, d, 2), np.roll(images, d, 3)]
    return torch.tensor(np.asarray(model(np.concatenate(moved)))).reshape(5, len(images), -1)

def sis(model, images):
    p = everything(model, images).softmax(-1)
    return (1 - F.cosine_similarity(p[1:], p[:1], dim=-1)).mean(0)

def agreement(model, images):
    classes = everything(model, images).argmax(-1)
    return (classes[1:] == classes[0]).double().mean(0)

what_a_low_sis_means = lambda: "c"
""",
    "q6": """
taps = lambda: [3, 3, 1]

def readout(features, labels):
    x = np.column_stack([features, np.ones(len(features))]).astype(float)
    hot = np.eye(labels.max() + 1)[labels]
    w = np.zeros((x.shape[1], hot.shape[1]))
    step = 1 / np.linalg.norm(x, 2) ** 2 * len(x)
    speed = 0 * w
    for _ in range(400):
        z = x @ (w + 0.9 * speed)
        p = np.exp(z - z.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        speed = 0.9 * speed - step * (x.T @ (p - hot) / len(x) + 2e-3 * np.r_[w[:-1], 0 * w[-1:]])
        w = w + speed
    return w
""",
}
