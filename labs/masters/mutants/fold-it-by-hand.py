"""Plausible wrong answers to `fold-it-by-hand`, and right ones in another style.

`MUTANTS`: (question, title of the check that must catch it, the misconception behind it, code).
`STYLES`: question -> right answers written differently from the master's.
"""

MUTANTS = [
    (
        "q0",
        "the new Nyquist frequency",
        "Nyquist of the new grid counted in new pixels, where it is always 0.5",
        "def by_hand(): return 0.5, 0.10, 0.20",
    ),
    (
        "q0",
        "the alias in original pixels",
        "folds about Nyquist as if it were the sampling rate: 0.40 - 0.25",
        "def by_hand(): return 0.25, 0.15, 0.20",
    ),
    (
        "q0",
        "the alias in new pixels",
        "divides by the factor instead of multiplying: pixels grew, so cycles per pixel shrink",
        "def by_hand(): return 0.25, 0.10, 0.05",
    ),
    (
        "q0",
        "why enlarging cannot help",
        "believes that a better reconstruction filter undoes aliasing",
        "def why_enlarging_fails(): return 'a'",
    ),
    (
        "q0",
        "why enlarging cannot help",
        "believes that the fine stripes are still in there, only covered",
        "def why_enlarging_fails(): return 'd'",
    ),
    (
        "q1",
        "the first fold",
        "wraps without folding: the remainder, a sawtooth",
        "def fold(f, fs): return np.mod(f, fs)",
    ),
    (
        "q1",
        "the first fold",
        "clips at Nyquist, as if what is too fast were slowed down to fs/2",
        "def fold(f, fs): return np.minimum(np.abs(f), fs / 2)",
    ),
    (
        "q1",
        "many folds",
        "folds once, about fs, and stops there",
        "def fold(f, fs): f = np.abs(f); return np.where(f > fs / 2, np.abs(fs - f), f)",
    ),
    (
        "q1",
        "negative frequencies",
        "takes a negative frequency for none at all",
        "def fold(f, fs): f = np.maximum(f, 0); return np.abs(f - fs * np.round(f / fs))",
    ),
    (
        "q1",
        "negative frequencies",
        "keeps the sign of the folded frequency: right for rotations, not for cosines",
        "def fold(f, fs): return np.abs(f - fs * np.round(f / fs)) * np.where(np.asarray(f) < 0, -1, 1)",
    ),
    (
        "q1",
        "below half the rate",
        "measures the distance to Nyquist instead of to the multiples of the rate",
        "def fold(f, fs): return np.abs(np.mod(f, fs) - fs / 2)",
    ),
    (
        "q1",
        "arrays",
        "decides with if, which works for one number only",
        "def fold(f, fs):\n    r = abs(f) % fs\n    return r if r <= fs / 2 else fs - r",
    ),
    (
        "q2",
        "in hertz",
        "returns the index of the peak as if it were a frequency",
        "def measured_alias(samples, fs):\n"
        "    return np.argmax(abs(np.fft.rfft(samples - np.mean(samples))))",
    ),
    (
        "q2",
        "in hertz",
        "forgets the rate: cycles per sample, not per second",
        "def measured_alias(samples, fs):\n"
        "    s = abs(np.fft.rfft(samples - np.mean(samples)))\n"
        "    return np.fft.rfftfreq(len(samples))[s.argmax()]",
    ),
    (
        "q2",
        "with an offset",
        "takes the offset for the tone",
        "def measured_alias(samples, fs):\n"
        "    return np.fft.rfftfreq(len(samples), 1 / fs)[abs(np.fft.rfft(samples)).argmax()]",
    ),
    (
        "q2",
        "an odd number of samples",
        "puts the last point of the spectrum at fs/2 whatever the length",
        "def measured_alias(samples, fs):\n"
        "    s = abs(np.fft.rfft(samples - np.mean(samples)))\n"
        "    return np.linspace(0, fs / 2, len(s))[s.argmax()]",
    ),
    (
        "q2",
        "a tone between two points",
        "takes the first point that is large, not the largest",
        "def measured_alias(samples, fs):\n"
        "    s = abs(np.fft.rfft(samples - np.mean(samples)))\n"
        "    return np.fft.rfftfreq(len(samples), 1 / fs)[np.flatnonzero(s > 0.12 * s.max())[0]]",
    ),
    (
        "q3",
        "three recordings",
        "knows only the candidates above the multiples of the rate, not those below",
        "def true_frequency(apparent, rates, bound):\n"
        "    f = rates[0] * np.arange(bound // rates[0] + 1) + apparent[0]\n"
        "    gap = [abs(alias_frequency(x, rates) - np.asarray(apparent)).max() for x in f]\n"
        "    return f[np.argmin(gap)]",
    ),
    (
        "q3",
        "three recordings",
        "listens to the first two recordings only",
        "def true_frequency(apparent, rates, bound):\n"
        "    f = np.arange(0, bound, 0.01)\n"
        "    gap = [abs(alias_frequency(f, r) - a) for a, r in list(zip(apparent, rates))[:2]]\n"
        "    return f[np.argmin(np.max(gap, axis=0).round(2))]",
    ),
    (
        "q3",
        "two recordings",
        "believes the recording with the highest rate",
        "def true_frequency(apparent, rates, bound): return apparent[np.argmax(rates)]",
    ),
    (
        "q3",
        "readings are rounded",
        "asks rounded readings for equality",
        "def true_frequency(apparent, rates, bound):\n"
        "    k = rates[0] * np.arange(bound // rates[0] + 2)\n"
        "    for f in np.concatenate([k - apparent[0], k + apparent[0]]):\n"
        "        if 0 <= f <= bound and np.allclose(alias_frequency(f, rates), apparent, atol=1e-6):\n"
        "            return f\n"
        "    return 0.0",
    ),
    (
        "q4",
        "between the samples",
        "writes pi twice: np.sinc already holds it",
        "def reconstruct(samples, fs, t):\n"
        "    return np.sinc(np.pi * (fs * np.asarray(t)[..., None] - np.arange(len(samples)))) @ samples",
    ),
    (
        "q4",
        "between the samples",
        "joins the samples with straight lines",
        "def reconstruct(samples, fs, t): return np.interp(t, np.arange(len(samples)) / fs, samples)",
    ),
    (
        "q4",
        "through the samples",
        "puts seconds where the formula counts samples",
        "def reconstruct(samples, fs, t):\n"
        "    return np.sinc(np.asarray(t)[..., None] - np.arange(len(samples)) / fs) @ samples",
    ),
    (
        "q4",
        "between the samples",
        "lets only the nearest neighbours contribute",
        "def reconstruct(samples, fs, t):\n"
        "    u = fs * np.asarray(t)[..., None] - np.arange(len(samples))\n"
        "    return np.where(abs(u) < 3, np.sinc(u), 0) @ samples",
    ),
    (
        "q4",
        "a single instant",
        "works for arrays of instants only",
        "def reconstruct(samples, fs, t):\n"
        "    return np.array([np.sinc(fs * x - np.arange(len(samples))) @ samples for x in t])",
    ),
    (
        "q5",
        "the frequency for negative k",
        "leaves the frequency negative",
        "def impostor(frequency, phase, fs, k): return frequency + k * fs, phase",
    ),
    (
        "q5",
        "the phase for negative k",
        "turns the frequency over and forgets the phase",
        "def impostor(frequency, phase, fs, k): return abs(frequency + k * fs), phase",
    ),
    (
        "q5",
        "the phase for negative k",
        "turns the phase by half a turn instead of turning it over",
        "def impostor(frequency, phase, fs, k):\n"
        "    f = frequency + k * fs\n"
        "    return (f, phase) if f > 0 else (-f, phase + np.pi)",
    ),
    (
        "q5",
        "above the rate",
        "turns the phase over always, folded or not",
        "def impostor(frequency, phase, fs, k): return abs(frequency + k * fs), -phase",
    ),
    (
        "q6",
        "only what lands in the band",
        "asks for twice the highest frequency, whether it does harm or not",
        "def lowest_rate(components, band, allowed, exposure, rates):\n"
        "    top = max([f for f, a in components if a * abs(np.sinc(f * exposure)) > allowed] + [band])\n"
        "    return min([r for r in rates if r > 2 * top], default=0)",
    ),
    (
        "q6",
        "with a prefilter",
        "forgets the prefilter",
        "def lowest_rate(components, band, allowed, exposure, rates):\n"
        "    bad = lambda r: any(a > allowed and f > r / 2\n"
        "                        and alias_frequency(f, r) <= band for f, a in components)\n"
        "    return min([r for r in rates if r > 2 * band and not bad(r)], default=0)",
    ),
    (
        "q6",
        "with a prefilter",
        "takes a negative gain for silence: the sinc without its absolute value",
        "def lowest_rate(components, band, allowed, exposure, rates):\n"
        "    bad = lambda r: any(a * np.sinc(f * exposure) > allowed and f > r / 2\n"
        "                        and alias_frequency(f, r) <= band for f, a in components)\n"
        "    return min([r for r in rates if r > 2 * band and not bad(r)], default=0)",
    ),
    (
        "q6",
        "with a prefilter",
        "writes pi twice in the gain",
        "def lowest_rate(components, band, allowed, exposure, rates):\n"
        "    bad = lambda r: any(a * abs(np.sinc(np.pi * f * exposure)) > allowed and f > r / 2\n"
        "                        and alias_frequency(f, r) <= band for f, a in components)\n"
        "    return min([r for r in rates if r > 2 * band and not bad(r)], default=0)",
    ),
    (
        "q6",
        "the band itself",
        "keeps the band clean but does not ask whether the rate can hold it",
        "def lowest_rate(components, band, allowed, exposure, rates):\n"
        "    bad = lambda r: any(a * abs(np.sinc(f * exposure)) > allowed and f > r / 2\n"
        "                        and f > band and alias_frequency(f, r) <= band for f, a in components)\n"
        "    return min([r for r in rates if not bad(r)], default=0)",
    ),
    (
        "q6",
        "the band itself",
        "lets the band reach right up to Nyquist, where samples depend on the phase",
        "def lowest_rate(components, band, allowed, exposure, rates):\n"
        "    bad = lambda r: any(a * abs(np.sinc(f * exposure)) > allowed and f > r / 2\n"
        "                        and alias_frequency(f, r) <= band for f, a in components)\n"
        "    return min([r for r in rates if r >= 2 * band and not bad(r)], default=0)",
    ),
    (
        "q6",
        "only what lands in the band",
        "takes the first rate in the list that will do, not the lowest",
        "def lowest_rate(components, band, allowed, exposure, rates):\n"
        "    bad = lambda r: any(a * abs(np.sinc(f * exposure)) > allowed and f > r / 2\n"
        "                        and alias_frequency(f, r) <= band for f, a in components)\n"
        "    return next((r for r in rates if r > 2 * band and not bad(r)), 0)",
    ),
    (
        "q6",
        "none will do",
        "offers the highest rate when none is good enough",
        "def lowest_rate(components, band, allowed, exposure, rates):\n"
        "    bad = lambda r: any(a * abs(np.sinc(f * exposure)) > allowed and f > r / 2\n"
        "                        and alias_frequency(f, r) <= band for f, a in components)\n"
        "    return min([r for r in rates if r > 2 * band and not bad(r)], default=max(rates))",
    ),
    (
        "q7",
        "forwards",
        "folds the turns, not the blades",
        "def apparent_speed(blades, speed, rate): return signed_alias_frequency(speed, rate)",
    ),
    (
        "q7",
        "forwards",
        "forgets to come back from blades to turns",
        "def apparent_speed(blades, speed, rate): return signed_alias_frequency(blades * speed, rate)",
    ),
    (
        "q7",
        "backwards",
        "loses the direction: folds as if for a cosine",
        "def apparent_speed(blades, speed, rate): return alias_frequency(blades * speed, rate) / blades",
    ),
    (
        "q7",
        "the slowest forward turn",
        "takes the speed nearest to zero, standing still included",
        "def slowest_forward(blades, speed, rates):\n"
        "    return min(rates, key=lambda r: abs(signed_alias_frequency(blades * speed, r)))",
    ),
    (
        "q7",
        "the slowest forward turn",
        "takes the lowest rate with a forward turn instead of the lowest speed",
        "def slowest_forward(blades, speed, rates):\n"
        "    return min(r for r in rates if signed_alias_frequency(blades * speed, r) / blades >= 0.001)",
    ),
    (
        "q7",
        "the exposure that erases",
        "exposes for a whole turn: erases too, but is not the shortest",
        "def erasing_exposure(blades, speed): return 1 / speed",
    ),
    (
        "q7",
        "the exposure that erases",
        "half a period: averages a blade with the gap behind it, which works only for one shape of blade",
        "def erasing_exposure(blades, speed): return 1 / (2 * blades * speed)",
    ),
]

STYLES = {
    "q0": """
def by_hand():
    return [0.25, 0.1, 0.2]

why_enlarging_fails = lambda: "c"
""",
    "q1": """
def fold(f, fs):
    r = np.mod(f, fs)
    return np.minimum(r, fs - r)
""",
    "q2": """
def measured_alias(samples, fs):
    samples = np.array(samples)
    samples -= samples.mean()
    n = len(samples)
    waves = np.exp(-2j * np.pi * np.outer(np.arange(n // 2 + 1), np.arange(n)) / n)
    return float(np.abs(waves @ samples).argmax() / n * fs)
""",
    "q3": """
def true_frequency(apparent, rates, bound):
    best, least = 0.0, float("inf")
    for f in np.arange(0, bound + 0.02, 0.02):
        gap = 0
        for a, rate in zip(apparent, rates):
            r = f % rate
            gap = max(gap, abs(min(r, rate - r) - a))
        if gap < least:
            best, least = f, gap
    return best
""",
    "q4": """
def reconstruct(samples, fs, t):
    total = np.zeros(np.shape(t))
    for n, sample in enumerate(samples):
        u = np.pi * (fs * np.asarray(t) - n)
        safe = np.where(u == 0, 1, u)
        total = total + sample * np.where(u == 0, 1, np.sin(safe) / safe)
    return total
""",
    "q5": """
def impostor(frequency, phase, fs, k):
    sign = 1 if k > 0 else -1
    return np.array([sign * (frequency + k * fs), sign * phase + 2 * np.pi])
""",
    "q6": """
def lowest_rate(components, band, allowed, exposure, rates):
    good = []
    for rate in rates:
        ok = rate > 2 * band
        for f, a in components:
            u = np.pi * f * exposure
            level = a * (abs(np.sin(u) / u) if u else 1)
            landing = abs(f - rate * round(f / rate))
            if f > rate / 2 and landing <= band and level > allowed:
                ok = False
        if ok:
            good.append(rate)
    return float(min(good)) if good else 0.0
""",
    "q7": """
def apparent_speed(blades, speed, rate):
    step = (blades * speed / rate) % 1  # in blades per frame
    if step > 0.5:
        step -= 1
    return step * rate / blades

def slowest_forward(blades, speed, rates):
    rates = np.array(rates, dtype=float)
    seen = np.array([apparent_speed(blades, speed, rate) for rate in rates])
    seen[seen < 0.001] = np.inf
    return rates[seen.argmin()]

def erasing_exposure(blades, speed):
    turn = 1 / speed
    return turn / blades
""",
}
