"""Hidden checks of `fold-it-by-hand`: 100 marks, judged from data only (see `aliaslab.grading`)."""

import math

import numpy as np

from aliaslab.grading import Check, close
from aliaslab.signals import alias_frequency, box_response, signed_alias_frequency
from aliaslab.signals import reconstruct as sinc_sum


def random(seed, check):
    """A generator for one check, so that adding a check leaves the numbers of the others alone."""
    return np.random.default_rng([seed, *check.encode()])


# ---- q0: the same numbers for everybody


def once(seed):
    return [()]


def entry(i):
    """Compare entry ``i`` of the answer only."""
    return lambda got, wanted, *inputs: "" if abs(got[i] - wanted[i]) < 1e-6 else f"number {i + 1} is wrong"


# ---- q1


def turns(low, high, name, count=12):
    """Frequencies between ``low`` and ``high`` times a random rate."""

    def inputs(seed):
        rng = random(seed, name)
        rates = rng.uniform(3, 60, count)
        return [(float(fs * rng.uniform(low, high)), float(fs)) for fs in rates]

    return inputs


def arrays(seed):
    rng = random(seed, "arrays")
    return [(rng.uniform(-90, 90, shape), float(rng.uniform(5, 30))) for shape in ((7,), (3, 4))]


# ---- q2


def recordings(name, offset=0.0, odd=False, aside=0.0):
    """Noisy tones; ``aside`` is how far from a point of the spectrum, in its steps, they may be."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for _ in range(6):
            n, fs = 2 * int(rng.integers(60, 200)) + odd, float(rng.uniform(5, 200))
            # high in the spectrum, where a wrong frequency axis shows most
            step = int(rng.integers(n // 4, n // 2 - 2)) + rng.uniform(-aside, aside)
            phase = rng.uniform(0, 2 * np.pi)
            samples = offset + np.cos(2 * np.pi * step / n * np.arange(n) + phase)
            found.append((samples + rng.normal(0, 0.05, n), fs))
        return found

    return inputs


def strongest(samples, fs):
    spectrum = abs(np.fft.rfft(samples - np.mean(samples)))
    return np.argmax(spectrum) * fs / len(samples)


def within_steps(steps):
    """Compare up to a number of steps of the discrete spectrum, which are fs / N wide."""

    def compare(got, wanted, samples, fs):
        return "" if abs(got - wanted) <= steps * fs / len(samples) else "the peak is elsewhere"

    return compare


# ---- q3


def misfit(f, apparent, rates):
    return np.max([abs(alias_frequency(f, fs) - a) for a, fs in zip(apparent, rates, strict=True)], axis=0)


def hidden_tones(name, count, bound, rounded=2, above=False):
    """Tones whose readings fit no other frequency below the bound, but would with one recording fewer.

    ``above``: the tone lies above the nearest multiple of the first rate, so its reading is added.
    """

    def inputs(seed):
        rng = random(seed, name)
        found = []
        while len(found) < 6:
            rates, f = rng.uniform(7, 24, count), rng.uniform(bound / 3, bound)
            if above and f % rates[0] > rates[0] / 2:
                continue
            apparent = [round(float(alias_frequency(f, fs)), rounded) for fs in rates]
            others = candidates(apparent, rates, bound)
            others = others[abs(others - f) > 0.1]
            rivals = misfit(others, apparent[:-1], rates[:-1])
            if (rivals < 0.02).any() and misfit(others, apparent, rates).min() > 0.1:
                found.append((apparent, rates.tolist(), float(bound)))
        return found

    return inputs


def candidates(apparent, rates, bound):
    turns = rates[0] * np.arange(bound // rates[0] + 2)
    both = np.concatenate([turns - apparent[0], turns + apparent[0]])
    return both[(both >= 0) & (both <= bound)]


def only_frequency(apparent, rates, bound):
    found = candidates(apparent, rates, bound)
    return found[np.argmin(misfit(found, apparent, rates))]


# ---- q4


def between(name, times):
    def inputs(seed):
        rng = random(seed, name)
        lengths_and_rates = ((60, 10.0), (83, 2.5), (40, 1000.0))
        return [(rng.normal(size=n), fs, times(rng, n, fs)) for n, fs in lengths_and_rates]

    return inputs


def interior(rng, n, fs):
    return rng.uniform(n / 3, 2 * n / 3, 25) / fs


# ---- q5


def pairs(name, low, high):
    def inputs(seed):
        rng = random(seed, name)
        found = []
        for k in rng.integers(low, high, 6):
            fs, phase = rng.uniform(4, 50), rng.uniform(0.3, 2.8)
            found.append((float(fs * rng.uniform(0.05, 0.45)), float(phase), float(fs), int(k)))
        return found

    return inputs


def tone_at(frequency, phase, fs, k):
    f = frequency + k * fs
    return (abs(f), math.copysign(phase, f))


def same_frequency(got, wanted, *inputs):
    return "" if np.isclose(got[0], wanted[0], rtol=1e-9) else "the frequency is wrong"


def same_phase(got, wanted, *inputs):
    off = (got[1] - wanted[1] + np.pi) % (2 * np.pi) - np.pi
    return "" if abs(off) < 1e-6 else "the phase is wrong"


def same_tone(got, wanted, *inputs):
    return same_frequency(got, wanted) or same_phase(got, wanted)


# ---- q6


def sensors(name, exposed, accept, count=8):
    """Random sensors whose answer passes ``accept(wanted, arguments)``, none of them a close call."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        while len(found) < count:
            band = float(rng.integers(3, 9)) + 0.5
            tones = [(float(rng.uniform(0.5, band)), 1.0)]
            tones += [(float(rng.uniform(band + 1, 90)), float(rng.uniform(0.02, 1))) for _ in range(6)]
            rates = rng.choice(np.arange(6, 80), 9, replace=False).tolist()
            exposure = float(rng.uniform(0.02, 0.15)) if exposed else 0.0
            call = (tones, band, 0.08, exposure, rates)
            if not close_call(*call) and accept(lowest_good(*call), call):
                found.append(call)
        return found

    return inputs


def close_call(components, band, allowed, exposure, rates):
    """Whether some comparison is too near a tie to ask about: only "the band itself" asks for one."""
    f, amplitude = np.transpose(components)
    level = amplitude * gain(f, exposure)
    folds = np.array([alias_frequency(f, rate) for rate in rates])
    halves = np.array(rates)[:, None] / 2
    gaps = (level - allowed, folds - band, f - halves, band - halves)
    return min(abs(gap).min() for gap in gaps) < 1e-6


def gain(f, exposure):
    return abs(box_response(f, exposure))


def lowest_good(components, band, allowed, exposure, rates, gain=gain):
    f, amplitude = np.transpose(components)
    loud = f[amplitude * gain(f, exposure) > allowed]

    def good(rate):
        return band < rate / 2 and not np.any(alias_frequency(loud[loud > rate / 2], rate) <= band)

    return min(filter(good, rates), default=0)


def below_twice_the_highest(wanted, call):
    """The textbook rule, twice the highest frequency, would ask for a higher rate."""
    return 0 < wanted < 2 * max(f for f, _ in call[0])


#: How the prefilter is misread: not at all, with the sign of its gain, with one pi too many.
MISREAD = (
    lambda f, exposure: np.ones_like(f),
    lambda f, exposure: box_response(f, exposure),
    lambda f, exposure: gain(np.pi * f, exposure),
)


def decided_by_the_gain(wanted, call):
    return wanted > 0 and all(lowest_good(*call, gain=wrong) != wanted for wrong in MISREAD)


def quiet_but_narrow(seed):
    """Nothing loud above the band; the lowest rates cannot hold it, and one is just twice the band."""
    rng = random(seed, "narrow")
    found = []
    for band in rng.uniform(4, 9, 6):
        wide = math.ceil(2 * band) + 1
        rates = rng.permutation([wide - 4, wide - 2, 2 * band, wide, wide + 5, wide + 9]).tolist()
        found.append(([(1.0, 1.0), (50.3, 0.01)], float(band), 0.05, 0.0, rates))
    return found


# ---- q7


def fans(name, low, high):
    """Fans that pass ``low`` to ``high`` of a frame further than whole frames, counted in blades."""

    def inputs(seed):
        rng = random(seed, name)
        found = []
        for blades in rng.integers(2, 8, 8).tolist():
            rate = float(rng.uniform(10, 60))
            passing = rate * (int(rng.integers(0, 4)) + rng.uniform(low, high))
            found.append((blades, float(passing / blades), rate))
        return found

    return inputs


def apparent(blades, speed, rate):
    return signed_alias_frequency(blades * speed, rate) / blades


def films(seed):
    rng = random(seed, "films")
    found = []
    while len(found) < 6:
        blades, speed = int(rng.integers(2, 7)), float(rng.integers(3, 20))
        # one rate at which it stands still, and ten others
        rates = [blades * speed, *rng.choice(np.arange(10, 80), 10, replace=False).tolist()]
        seen = sorted(apparent(blades, speed, rate) for rate in rates)
        slow = [s for s in seen if s >= 0.001]
        ties = any(abs(2 * blades * speed / rate % 2 - 1) < 1e-6 for rate in rates)
        if len(slow) > 2 and slow[1] - slow[0] > 1e-3 and not ties:
            found.append((blades, speed, rng.permutation(rates).tolist()))
    return found


def slowest(blades, speed, rates):
    seen = {rate: apparent(blades, speed, rate) for rate in rates}
    return min((rate for rate in rates if seen[rate] >= 0.001), key=seen.get)


def blurred(seed):
    rng = random(seed, "blurred")
    return [(int(blades), float(rng.uniform(2, 40))) for blades in rng.integers(2, 8, 6)]


CHECKS = [
    Check(
        "q0", "the new Nyquist frequency", "by_hand", 2,
        "Half of the new sampling rate, and one new sample is taken every two original pixels.",
        once, lambda: (0.25, 0.10, 0.20), entry(0),
    ),
    Check(
        "q0", "the alias in original pixels", "by_hand", 2,
        "The nearest multiple of the new rate, 0.5, is 0.5 itself: how far away is 0.40?",
        once, lambda: (0.25, 0.10, 0.20), entry(1),
    ),
    Check(
        "q0", "the alias in new pixels", "by_hand", 2,
        "A new pixel is two original ones long, so twice as many cycles fit into it.",
        once, lambda: (0.25, 0.10, 0.20), entry(2),
    ),
    Check(
        "q0", "why enlarging cannot help", "why_enlarging_fails", 2,
        "Fine and coarse stripes agree in every pixel that was kept. What could a program still go by?",
        once, lambda: "c",
    ),
    Check(
        "q1", "below half the rate", "fold", 3,
        "Below fs/2 nothing folds: the frequency comes back as it is.",
        turns(0, 0.5, "below"), alias_frequency,
    ),
    Check(
        "q1", "the first fold", "fold", 4,
        "Between fs/2 and fs the alias falls from fs/2 to 0: it is the distance to fs.",
        turns(0.5, 1, "first"), alias_frequency,
    ),
    Check(
        "q1", "many folds", "fold", 3,
        "Take the distance to the nearest multiple of fs, whichever multiple that is.",
        turns(1, 9, "many"), alias_frequency,
    ),
    Check(
        "q1", "negative frequencies", "fold", 2,
        "The cosine of -f is the cosine of f, so both have the same alias.",
        turns(-6, 0, "negative"), alias_frequency,
    ),
    Check(
        "q1", "arrays", "fold", 2,
        "An array must come back as an array of its shape; use NumPy's functions instead of if and while.",
        arrays, alias_frequency,
    ),
    Check(
        "q2", "in hertz", "measured_alias", 4,
        "The index of the peak counts cycles in the recording; divide by its length in seconds, N / fs.",
        recordings("hertz"), strongest, within_steps(0.1),
    ),
    Check(
        "q2", "with an offset", "measured_alias", 3,
        "Subtract the mean, or leave out the first point of the spectrum.",
        recordings("offset", offset=4.0), strongest, within_steps(0.1),
    ),
    Check(
        "q2", "an odd number of samples", "measured_alias", 3,
        "For odd N the last point of rfft lies half a step below fs/2; let np.fft.rfftfreq place the points.",
        recordings("odd", odd=True), strongest, within_steps(0.1),
    ),
    Check(
        "q2", "a tone between two points", "measured_alias", 2,
        "A tone between two points lights up both of them: take the strongest, not the first that is large.",
        recordings("aside", aside=0.3), strongest, within_steps(0.6),
    ),
    Check(
        "q3", "two recordings", "true_frequency", 5,
        "Candidates are all k fs + reading and k fs - reading up to the bound; the tone is in both lists.",
        hidden_tones("two", 2, 40, rounded=9, above=True), only_frequency, close(0, 0.05),
    ),
    Check(
        "q3", "readings are rounded", "true_frequency", 4,
        "A rounded reading never fits exactly: choose the candidate with the smallest mismatch.",
        hidden_tones("rounded", 2, 40, above=True), only_frequency, close(0, 0.05),
    ),
    Check(
        "q3", "three recordings", "true_frequency", 5,
        "Ask every recording, and look at both sides of each multiple of the rate, up to the bound.",
        hidden_tones("three", 3, 150), only_frequency, close(0, 0.05),
    ),
    Check(
        "q4", "through the samples", "reconstruct", 5,
        "At t = n / fs the curve is sample n: the argument of sinc is fs t - n, counted in samples.",
        between("through", lambda rng, n, fs: np.arange(n // 3, n // 2) / fs), sinc_sum,
    ),
    Check(
        "q4", "between the samples", "reconstruct", 7,
        "Add up np.sinc(fs t - n) x[n] over all samples, near and far; np.sinc holds the factor pi.",
        between("between", interior), sinc_sum,
    ),
    Check(
        "q4", "a single instant", "reconstruct", 2,
        "A number t gives a number: turn t into an array with np.asarray, and keep its shape.",
        between("single", lambda rng, n, fs: float(interior(rng, n, fs)[0])), sinc_sum,
    ),
    Check(
        "q5", "above the rate", "impostor", 4,
        "For k > 0 add k rates to the frequency and leave the phase alone.",
        pairs("above", 1, 5), tone_at, same_tone,
    ),
    Check(
        "q5", "the frequency for negative k", "impostor", 3,
        "For k < 0 the sum f + k fs is negative; a tone of that frequency is one of the opposite frequency.",
        pairs("below", -4, 0), tone_at, same_frequency,
    ),
    Check(
        "q5", "the phase for negative k", "impostor", 5,
        "cos(-a + phase) = cos(a - phase): turning the frequency over turns the phase over too.",
        pairs("phase", -4, 0), tone_at, same_phase,
    ),
    Check(
        "q6", "only what lands in the band", "lowest_rate", 4,
        "A loud tone may fold if it lands outside the band; and of all rates that do, take the lowest.",
        sensors("lands", False, below_twice_the_highest), lowest_good,
    ),
    Check(
        "q6", "with a prefilter", "lowest_rate", 4,
        "Level means amplitude times |sinc(f exposure)|: without the bars, negative gain passes for silence.",
        sensors("exposed", True, decided_by_the_gain, count=4), lowest_good,
    ),
    Check(
        "q6", "the band itself", "lowest_rate", 3,
        "A rate of twice the band or less cannot hold the band, even if nothing folds into it.",
        quiet_but_narrow, lowest_good,
    ),
    Check(
        "q6", "none will do", "lowest_rate", 3,
        "When every rate in the list fails, the answer is 0.",
        sensors("none", False, lambda wanted, call: wanted == 0, count=4), lowest_good,
    ),
    Check(
        "q7", "forwards", "apparent_speed", 3,
        "Blades pass B s times a second; fold that, then divide by B to get turns.",
        fans("forwards", 0.05, 0.45), apparent,
    ),
    Check(
        "q7", "backwards", "apparent_speed", 3,
        "Past half a blade per frame, the nearest blade is behind: the folded frequency is negative.",
        fans("backwards", 0.55, 0.95), apparent,
    ),
    Check(
        "q7", "the slowest forward turn", "slowest_forward", 4,
        "Of all rates with an apparent speed of at least 0.001, take the one with the least speed.",
        films, slowest,
    ),
    Check(
        "q7", "the exposure that erases", "erasing_exposure", 2,
        "sinc(f T) is first zero at T = 1 / f, and f is how often blades pass, not how often the fan turns.",
        blurred, lambda blades, speed: 1 / (blades * speed),
    ),
]  # fmt: skip
