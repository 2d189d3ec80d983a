"""Hidden checks of `repair-a-network`: 100 marks, judged from data only (see `aliaslab.grading`).

Networks never travel to the student: functions of arrays do, and taps, weights and features come back.
"""

import functools

import numpy as np
import torch
from scipy.ndimage import correlate, maximum_filter
from scipy.optimize import minimize
from scipy.spatial.distance import cosine as cosine_distance
from scipy.special import softmax

from aliaslab import BlurPool2d, antialias, pretrained, shift_instability, texture_patches
from aliaslab.grading import Check, close


def random(seed, check):
    """A generator for one check, so that adding a check leaves the numbers of the others alone."""
    return np.random.default_rng([seed, *check.encode()])


def once(seed):
    return [()]


def near(a, b):
    return 1 - cosine_distance(np.ravel(a), np.ravel(b))


# ---- q0


def lines_by_hand(blurred):
    """Before and after, by brute force."""

    def wanted():
        found = []
        for line in ([0, 0, 1, 1, 0, 0, 1, 1], [1, 0, 0, 1, 1, 0, 0, 1]):
            top = [max(line[i], line[(i + 1) % 8]) for i in range(8)]
            low = [(top[i - 1] + 2 * top[i] + top[(i + 1) % 8]) / 4 for i in range(8)]
            found.append((low if blurred else top)[::2])
        return found

    return wanted


def one_of_two(number):
    """Compare one of the two lines."""
    return lambda got, wanted: close()(got[number], wanted[number])


def pairs(seed):
    """Arrays with a mean that is not 0, so that it matters whether one subtracts it."""
    rng = random(seed, "pairs")
    return [tuple(rng.normal(0.5, 1, shape) for _ in range(2)) for shape in ((7,), (3, 4), (2, 3, 5))]


# ---- q1


def moves(name, distances):
    def inputs(seed):
        rng = random(seed, name)
        shapes = ((9, 16), (2, 4, 12), (3, 5, 10))
        return [(rng.normal(size=shape), float(d)) for shape in shapes for d in distances(rng)]

    return inputs


def interpolated(x, pixels):
    """Between the samples by the periodic sinc of an even width: a sum over samples, no transform."""
    n = x.shape[-1]
    t = np.arange(n)[:, None] - np.arange(n) - pixels
    k = np.arange(1, n // 2)
    kernel = (1 + 2 * np.cos(2 * np.pi * t[..., None] * k / n).sum(-1)) / n
    # at Nyquist the real part is what is left
    kernel += np.cos(np.pi * (np.arange(n)[:, None] - np.arange(n))) * np.cos(np.pi * pixels) / n
    return x @ kernel.T


def maps(name, factors, halves):
    """Features that nearly moved along; ``halves``: by a whole number of pixels and a half."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for factor in factors:
            x = rng.normal(0.3, 1, (3, 6, 16))
            shift = factor * int(rng.integers(1, 6)) + (factor // 2 if halves else 0)
            after = interpolated(x, shift / factor) + 0.3 * rng.normal(size=x.shape)
            found.append((x, after, shift, factor))
        return found

    return inputs


def aligned(before, after, shift, factor):
    return near(before, interpolated(after, -shift / factor))


# ---- q2


def small_images(name):
    def inputs(seed):
        rng = random(seed, name)
        sizes = zip(((8, 12), (10, 6), (14, 14)), rng.integers(1, 4, 3).tolist(), strict=True)
        return [(rng.normal(size=shape), rng.normal(size=(count, 3, 3))) for shape, count in sizes]

    return inputs


def largest(image, kernels):
    """ReLU of the convolution, then the maximum over each pixel, its right, lower and lower right ones."""
    dense = np.stack([correlate(image, kernel, mode="wrap") for kernel in kernels]).clip(0)
    return maximum_filter(dense, (1, 2, 2), mode="wrap", origin=(0, -1, -1))


def pooled(image, kernels):
    return largest(image, kernels)[:, ::2, ::2]


def pooled_blurred(image, kernels):
    weights = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    return np.stack([correlate(top, weights, mode="wrap") for top in largest(image, kernels)])[:, ::2, ::2]


def experiments(seed):
    """An extractor that sees where things are, and a similarity that sees all that it is given."""
    rng = random(seed, "curve")
    found = []
    for _ in range(3):
        where, other = rng.normal(size=(2, 6, 10))
        extract = functools.partial(weighed, where, other)
        found.append((extract, told_apart, rng.normal(size=(6, 10)), rng.permutation(10)[:5].tolist()))
    return found


def weighed(where, other, image):
    return np.array([np.sum(where * image), np.sum(other * image)])


def told_apart(before, after, shift):
    return float(3 * before[0] - 2 * before[1] + after[0] + 5 * after[1] + 10 * shift)


def curve(extract, similarity, image, shifts):
    columns = np.arange(image.shape[1])
    return [similarity(extract(image), extract(image[:, (columns - d) % len(columns)]), d) for d in shifts]


# ---- q3 and q4


def fields(name, shapes, strides, offset=0.0):
    """Noise of two strengths at slow and fast waves, with some constant in it."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for shape, stride in zip(shapes, strides, strict=True):
            noise = rng.normal(size=shape)
            slow = noise + np.roll(noise, 1, -1) + np.roll(noise, 1, -2)
            found.append((slow * rng.uniform(0.5, 2, (shape[0], 1, 1)) + offset, stride))
        return found

    return inputs


def uneven_channels(seed):
    """Channels that cancel, and channels of very different strength."""
    (x, stride), (y, other) = fields("channels", [(1, 16, 16), (3, 16, 16)], [2, 2])(seed)
    mixed = y * np.array([0.1, 1, 5])[:, None, None]
    mixed[0] *= (-1.0) ** np.indices((16, 16)).sum(0)
    return [(np.concatenate([x, -x + 0.2 * np.roll(x, 3, -1)]), stride), (mixed, other)]


def shares(x, counted):
    """The share of power where ``counted(u, v, H, W)``, by matrices of waves; u and v in cycles."""
    height, width = x.shape[1:]
    u, v = (np.arange(n) - n // 2 for n in (height, width))
    down = np.exp(-2j * np.pi * np.outer(u, np.arange(height)) / height)
    across = np.exp(-2j * np.pi * np.outer(np.arange(width), v) / width)
    power = (abs(down @ x @ across) ** 2).sum(0)
    return power[counted(u[:, None], v[None], height, width)].sum() / power.sum()


def outside_the_circle(x, stride):
    # in whole numbers, so that a wave on the circle is on it
    return shares(x, lambda u, v, h, w: 4 * stride**2 * ((u * w) ** 2 + (v * h) ** 2) > (h * w) ** 2)


def outside_the_square(x, stride):
    return shares(x, lambda u, v, h, w: (2 * stride * abs(u) > h) | (2 * stride * abs(v) > w))


def places(seed):
    rng = random(seed, "places")
    return [(stride * int(rng.integers(8, 20)), stride) for stride in (2, 3, 4, 2)]


def between_circle_and_square(got, wanted, n, stride):
    down, right = map(abs, got.tolist())
    if down != int(down) or right != int(right):
        return "these are no whole numbers"
    if max(down, right) * 2 * stride >= n:
        return "of this wave something folds, or lies on the limit"
    return "" if (down**2 + right**2) * 4 * stride**2 > n**2 else "AVR does not blame this wave"


def strided(seed):
    rng = random(seed, "strided")
    shapes = zip(((16, 16), (32, 16), (16, 32)), (2, 2, 4), (1, 3, 2), strict=True)
    return [(rng.normal(0.5, 1, shape), rng.normal(size=(c, 3, 3)), stride) for shape, stride, c in shapes]


def folded_behind(image, kernels, stride):
    dense = np.stack([correlate(image, kernel, mode="wrap") for kernel in kernels])
    return outside_the_square(dense, stride)


# ---- q5


def linear(weights, stride, height, offset, images):
    """A network in small: every ``stride``-th pixel, its size, and a sum with weights."""
    x = abs(images[..., ::stride, ::stride]).reshape(len(images), -1)
    return height * x @ weights + offset


def networks(name, height, offset=0.0):
    def inputs(seed):
        rng = random(seed, name)
        found = []
        for stride in (1, 2):
            images = rng.normal(size=(5, 2, 6, 8))
            pixels = 2 * -(-6 // stride) * -(-8 // stride)
            weights = rng.normal(size=(pixels, 4)) / np.sqrt(pixels)
            found.append((functools.partial(linear, weights, stride, height, offset), images))
        return found

    return inputs


def answers_to_moves(model, images):
    """The logits of the image, and those of its four neighbours."""
    rows, columns = (np.arange(n) for n in images.shape[-2:])
    moved = [images[..., (rows - d) % len(rows), :] for d in (-1, 1)]
    moved += [images[..., (columns - d) % len(columns)] for d in (-1, 1)]
    return model(images), [model(x) for x in moved]


def instability(model, images):
    own, others = answers_to_moves(model, images)
    own, others = softmax(own, axis=1), [softmax(other, axis=1) for other in others]
    return [np.mean([1 - near(own[i], other[i]) for other in others]) for i in range(len(own))]


def agreeing(model, images):
    own, others = answers_to_moves(model, images)
    return sum((np.argmax(other, 1) == np.argmax(own, 1)) / 4 for other in others)


# ---- q6

MOST_SIS, LEAST_AGREEMENT, MOST_LOST = 0.025, 0.9, 0.04


@functools.cache
def patches(split, per_class, seed):
    images, labels = texture_patches(split, per_class=per_class, seed=seed)
    return torch.from_numpy(images)[:, None], labels


@functools.cache
def network(taps):
    model = pretrained("plain-maxpool")
    for stage, count in enumerate(taps):
        if count > 1:
            blur = lambda channels, stride, count=count: BlurPool2d(count, stride, "circular")
            example = torch.zeros(1, 1, 32, 32)
            model = antialias(model, blur, f"features.{stage}.3", "circular", example)
    return model


@functools.cache
def features(taps, split, per_class, seed):
    with torch.no_grad():
        found = [network(taps).features(some) for some in patches(split, per_class, seed)[0].split(90)]
    return torch.cat([maps.mean((-2, -1)) for maps in found]).numpy()


def fitted(x, labels):
    """Logistic regression, its gradient written out."""
    x = np.column_stack([x, np.ones(len(x))]).astype(float)
    hot = np.eye(labels.max() + 1)[labels]
    shape = x.shape[1], hot.shape[1]

    def loss(flat):
        w = flat.reshape(shape)
        p = softmax(x @ w, axis=1)
        value = -np.log(p[hot == 1]).mean() + 1e-3 * np.sum(w[:-1] ** 2)
        return value, (x.T @ (p - hot) / len(x) + 2e-3 * np.vstack([w[:-1], 0 * w[-1:]])).ravel()

    return minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B").x.reshape(shape)


@functools.cache
def last_layer(taps):
    return fitted(features(taps, "train", 75, 0), patches("train", 75, 0)[1])


def accuracy(taps, last):
    """On patches that are in no notebook."""
    x, labels = features(taps, "test", 40, 11), patches("test", 40, 11)[1]
    return np.mean((x @ last[:-1] + last[-1]).argmax(1) == labels)


@functools.cache
def accuracy_as_it_is():
    head = network((1, 1, 1)).head
    return accuracy((1, 1, 1), np.vstack([head.weight.detach().numpy().T, head.bias.detach().numpy()]))


@functools.cache
def stability(taps):
    """Mean SIS and agreement of the repaired network with a new last layer."""
    model, last = network(taps), torch.from_numpy(np.float32(last_layer(taps)))
    answer = lambda x: model.features(x).mean((-2, -1)) @ last[:-1] + last[-1]
    some = patches("test", 8, 12)[0]
    with torch.no_grad():
        own = answer(some).argmax(1)
        moved = [answer(some.roll(d, axis)).argmax(1) for axis in (-2, -1) for d in (-1, 1)]
    agreed = torch.stack([other == own for other in moved]).float().mean().item()
    return shift_instability(answer, some).mean().item(), agreed


def whole_taps(got):
    """The taps as a tuple; none if these are no taps."""
    values = got.tolist()
    return tuple(map(int, values)) if all(v == int(v) and 1 <= v <= 31 for v in values) else ()


NO_TAPS = "these are not three whole numbers from 1 to 31"


def stable(got, wanted):
    taps = whole_taps(got)
    if not taps:
        return NO_TAPS
    score, agreed = stability(taps)
    good = score <= MOST_SIS and agreed >= LEAST_AGREEMENT
    return "" if good else f"mean SIS {score:.4f}, agreement {agreed:.3f}"


def accurate(got, wanted):
    taps = whole_taps(got)
    if not taps:
        return NO_TAPS
    lost = accuracy_as_it_is() - accuracy(taps, last_layer(taps))
    return "" if lost <= MOST_LOST else f"{100 * lost:.1f} points of accuracy are lost"


def to_read(seed):
    """Some of the features of the repaired network, in another order."""
    x, labels = features((3, 3, 3), "train", 75, 0), patches("train", 75, 0)[1]
    some = random(seed, "to read").permutation(len(x))[:1000]
    return [(x[some], labels[some])]


def reads_as_well(got, wanted, x, labels):
    mine, best = (accuracy((3, 3, 3), last) for last in (got, wanted))
    return (
        ""
        if mine >= best - MOST_LOST
        else f"accuracy {mine:.3f} on fresh patches, where {best:.3f} is possible"
    )


CHECKS = [
    Check(
        "q0", "the plain pool, still", "by_hand", 2,
        "The larger of numbers 0 and 1, of 2 and 3, of 4 and 5, of 6 and 7.",
        once, lines_by_hand(False), one_of_two(0),
    ),
    Check(
        "q0", "the plain pool, moved", "by_hand", 2,
        "Take the same four boxes on the moved line, 1 0 0 1 1 0 0 1.",
        once, lines_by_hand(False), one_of_two(1),
    ),
    Check(
        "q0", "the repaired pool, still", "by_hand_blurred", 2,
        "Eight maxima first, then the blur of all of them, and only then every second one.",
        once, lines_by_hand(True), one_of_two(0),
    ),
    Check(
        "q0", "the repaired pool, moved", "by_hand_blurred", 3,
        "The moved line has the same eight maxima, moved; blur them and keep 0, 2, 4, 6.",
        once, lines_by_hand(True), one_of_two(1),
    ),
    Check(
        "q0", "the cosine", "cosine", 3,
        "Sum of products over the product of the two lengths, over all entries, with no mean taken away.",
        pairs, near,
    ),
    Check(
        "q1", "whole pixels", "move", 4,
        "A positive distance moves to the right, along the last axis, round the end.",
        moves("whole", lambda rng: rng.integers(-9, 10, 2)), interpolated,
    ),
    Check(
        "q1", "parts of a pixel", "move", 4,
        "Turn by -2 pi f d, with f from np.fft.fftfreq, negative ones too; keep the real part.",
        moves("parts", lambda rng: rng.uniform(-5, 5, 2)), interpolated,
    ),
    Check(
        "q1", "aligned by whole pixels", "aligned_cosine", 3,
        "Features that are s times smaller move s times less; move them back before the cosine.",
        maps("whole", (1, 2, 4), False), aligned,
    ),
    Check(
        "q1", "aligned by half pixels", "aligned_cosine", 3,
        "shift / factor need not be whole: do not round it, waves can be moved by half a pixel.",
        maps("half", (2, 4, 2), True), aligned,
    ),
    Check(
        "q2", "max pooling", "features", 5,
        "Circular padding by one pixel, F.conv2d, ReLU, then windows of 2 by 2, one beside the other.",
        small_images("plain"), pooled,
    ),
    Check(
        "q2", "blurred", "features_blurred", 7,
        "Maximum of each pixel and its right and lower neighbours, blur, stride: in this order, circular.",
        small_images("blurred"), pooled_blurred,
    ),
    Check(
        "q2", "the curve", "shift_curve", 5,
        "Extract from the moved image, compare with the features of the still one, and pass the shift on.",
        experiments, curve,
    ),
    Check(
        "q2", "the explanation", "why_odd_shifts", 3,
        "Which numbers share a window before the move, and which after it?",
        once, lambda: "b",
    ),
    Check(
        "q3", "the ratio", "avr", 5,
        "Power above the limit over all power, with frequency 0 in the sum, and squared sizes.",
        fields("ratio", [(1, 16, 16), (1, 32, 32), (1, 64, 64)], [2, 2, 2], 0.2), outside_the_circle,
    ),
    Check(
        "q3", "other strides and sides", "avr", 4,
        "Frequencies in cycles per pixel along each side; twice their length against 1 / stride.",
        fields("oblong", [(1, 16, 32), (1, 64, 16), (1, 32, 64)], [4, 2, 3]), outside_the_circle,
    ),
    Check(
        "q3", "channels", "avr", 3,
        "Mean of the powers over channels, and one ratio at the end.",
        uneven_channels, outside_the_circle,
    ),
    Check(
        "q3", "the wave that is blamed", "blamed_wave", 4,
        "Both frequencies below n / (2 stride), and as near to it as whole numbers allow.",
        places, lambda n, stride: [(n - 1) // (2 * stride)] * 2, between_circle_and_square,
    ),
    Check(
        "q4", "the share", "folded_share", 5,
        "A wave folds if either frequency is above 1 / (2 stride), and frequency 0 is in the whole.",
        fields("share", [(2, 16, 16), (3, 16, 32), (2, 32, 16), (1, 64, 32)], [2, 2, 4, 3], 0.3),
        outside_the_square,
    ),
    Check(
        "q4", "a strided convolution", "conv_folded", 4,
        "Run the convolution at stride 1, circular, and measure its result before anything is dropped.",
        strided, folded_behind,
    ),
    Check(
        "q4", "the decision", "what_to_do", 3,
        "Energy changes its frequency at the decimation, and nowhere before.",
        once, lambda: "b",
    ),
    Check(
        "q5", "SIS", "sis", 6,
        "One cosine of softmaxed answers for each of the four circular moves, then the mean of 1 minus them.",
        networks("sis", 4), instability,
    ),
    Check(
        "q5", "large logits", "sis", 2,
        "Take each image's largest logit away before the exponential.",
        networks("large", 4, 3000.0), instability,
    ),
    Check(
        "q5", "agreement", "agreement", 3,
        "The share of moved copies with the class of the image itself, for each image.",
        networks("agreement", 1), agreeing,
    ),
    Check(
        "q5", "the explanation", "what_a_low_sis_means", 3,
        "Turn the knob that divides the logits, and watch both numbers.",
        once, lambda: "c",
    ),
    Check(
        "q6", "stable", "taps", 4,
        "Repair the early pools: what folds there spoils all that comes behind it.",
        once, lambda: (3, 3, 3), stable,
    ),
    Check(
        "q6", "accurate", "taps", 3,
        "A few taps are enough; a blur far wider than the stride takes the textures away.",
        once, lambda: (3, 3, 3), accurate,
    ),
    Check(
        "q6", "the new last layer", "readout", 5,
        "Logistic regression over all classes, with biases in the last row, run until it has settled.",
        to_read, lambda x, labels: last_layer((3, 3, 3)), reads_as_well,
    ),
]  # fmt: skip
