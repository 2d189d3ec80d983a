// The numbers behind the figures: pure functions that do in the browser what aliaslab does in
// Python.  tests/figures/test_js_agreement.py holds the two together.

export const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

export function signedAliasFrequency(f, fs) {
  const rest = f % fs;   // exact, as are the differences below
  return rest > fs / 2 ? rest - fs : rest <= -fs / 2 ? rest + fs : rest;
}

export const aliasFrequency = (f, fs) => Math.abs(signedAliasFrequency(f, fs));

export const boxResponse = (f, width) => sinc(f * width);

export const tone = (frequency, t) => Math.cos(2 * Math.PI * frequency * t);

export const chirpFrequency = (start, stop, duration, t) => start + ((stop - start) * t) / duration;

export const chirpPhase = (start, stop, duration, t) =>
  2 * Math.PI * (start * t + ((stop - start) * t * t) / (2 * duration));

export const chirp = (start, stop, duration, t) => Math.cos(chirpPhase(start, stop, duration, t));

export function sampleTimes(fs, duration, phase = 0) {
  const exact = duration * fs - phase;
  const nearest = Math.round(exact);
  // a product such as 12.5 * 4.4 lies a rounding error above the whole number that is meant
  const meant = Math.abs(exact - nearest) <= 4 * Number.EPSILON * duration * fs;
  const count = Math.max(meant ? nearest : Math.ceil(exact), 0);
  return Array.from({ length: count }, (_, n) => (n + phase) / fs);
}

// ---------------------------------------------------------------------------- reconstruction

function cubic(u) {
  u = Math.abs(u);
  if (u <= 1) return (1.5 * u - 2.5) * u * u + 1;
  return u < 2 ? ((-0.5 * u + 2.5) * u - 4) * u + 2 : 0;
}

// Long enough that what is left of the images beside the limit is a few per cent of the rate away.
const LOBES = 32;

function windowedSinc(u) {
  if (Math.abs(u) >= LOBES) return 0;
  const c = Math.cos((Math.PI * u) / LOBES);
  return sinc(u) * (0.42 + 0.5 * c + 0.08 * (2 * c * c - 1));   // Blackman's window
}

// name -> [kernel, half its width in samples]
const KERNELS = {
  nearest: [(u) => (u > -0.5 && u <= 0.5 ? 1 : 0), 0.5],
  linear: [(u) => Math.max(1 - Math.abs(u), 0), 1],
  cubic: [cubic, 2],
  lanczos: [(u) => (Math.abs(u) < 3 ? sinc(u) * sinc(u / 3) : 0), 3],
  windowed: [windowedSinc, LOBES],
  sinc: [sinc, Infinity],
};

export const kernelReach = (kernel) => KERNELS[kernel][1];

export const reconstructionKernel = (u, kernel = "sinc") => KERNELS[kernel][0](u);

// The signal between the samples, at each of `times`; nothing lies outside the samples.
export function reconstruct(samples, fs, times, kernel = "sinc") {
  const [h, radius] = KERNELS[kernel];
  const out = new Float64Array(times.length);
  for (let i = 0; i < out.length; i++) {
    const u = times[i] * fs;
    const low = Math.ceil(u - radius);
    const first = Math.max(low, 0);
    const end = Math.min(low + Math.ceil(2 * radius), samples.length);
    let sum = 0;
    // written so that an infinite reach, where low + 2 radius is not a number, takes every sample
    for (let n = first; n < (Number.isNaN(end) ? samples.length : end); n++) sum += samples[n] * h(u - n);
    out[i] = sum;
  }
  return out;
}

// The same at `count` instants m / rate, with the windowed kernel: three seconds of sound in some
// milliseconds, because the kernel's values come round again after a few hundred instants.
export function resample(samples, fs, rate, count) {
  const bank = new Map();
  const tapsAt = (late) => Float64Array.from({ length: 2 * LOBES }, (_, k) => windowedSinc(late + LOBES - 1 - k));
  const out = new Float32Array(count);
  for (let m = 0; m < count; m++) {
    const late = (m * fs) % rate;   // how long after the last sample, in units of 1 / (fs rate)
    if (!bank.has(late)) bank.set(late, tapsAt(late / rate));
    const taps = bank.get(late);
    const first = Math.round((m * fs - late) / rate) - LOBES + 1;
    let sum = 0;
    for (let k = Math.max(-first, 0); k < Math.min(taps.length, samples.length - first); k++) sum += taps[k] * samples[first + k];
    out[m] = sum;
  }
  return out;
}

// --------------------------------------------------------------------------------- spectrum

// Where a sampled cosine has its lines within [-limit, limit]: the two of the tone (copy 0) and
// those of each replica, at copy * fs - f and copy * fs + f.
export function spectrumLines(f, fs, limit) {
  const reach = Math.ceil((limit + Math.abs(f)) / fs);
  const lines = [];
  for (let copy = -reach; copy <= reach; copy++)
    for (const side of [-1, 1]) {
      const at = copy * fs + side * f;
      if (Math.abs(at) <= limit) lines.push({ at, copy });
    }
  return lines;
}

// size (a power of two) -> the order in which a transform reads its input, and its twiddle factors
const FFT_TABLES = new Map();

function fftTables(size) {
  if (!FFT_TABLES.has(size)) {
    const order = new Uint32Array(size);
    for (let i = 1; i < size; i++) order[i] = (order[i >> 1] >> 1) | (i & 1 ? size >> 1 : 0);
    const angle = (k) => (2 * Math.PI * k) / size;
    const cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos(angle(k)));
    const sin = Float64Array.from({ length: size / 2 }, (_, k) => -Math.sin(angle(k)));
    FFT_TABLES.set(size, { order, cos, sin });
  }
  return FFT_TABLES.get(size);
}

// The discrete Fourier transform of re + i im, in place; the length is a power of two.
export function fft(re, im) {
  const size = re.length;
  const { order, cos, sin } = fftTables(size);
  for (let i = 0; i < size; i++) {
    const j = order[i];
    if (j <= i) continue;
    const [x, y] = [re[i], im[i]];
    re[i] = re[j];
    im[i] = im[j];
    re[j] = x;
    im[j] = y;
  }
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half)
      for (let k = 0; k < half; k++) {
        const a = start + k;
        const b = a + half;
        const c = cos[k * stride];
        const s = sin[k * stride];
        const x = re[b] * c - im[b] * s;
        const y = re[b] * s + im[b] * c;
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
  }
  return [re, im];
}

function allZero(values, start, end) {
  for (let i = start; i < end; i++) if (values[i] !== 0) return false;
  return true;
}

// |X|^2 of a real image of n by n pixels, n a power of two; frequency 0 comes first in each axis.
// Two real rows make one complex transform, and half the columns mirror the other half.  Columns more
// than `half` bins from frequency 0 are left at zero.
export function power2d(image, n, half = n / 2) {
  const across = [new Float64Array(n * (half + 1)), new Float64Array(n * (half + 1))];   // column by column
  for (let row = 0; row < n; row += 2) {
    if (allZero(image, row * n, row * n + 2 * n)) continue;   // most rows of a decimated image
    const [re, im] = fft(image.slice(row * n, row * n + n), image.slice(row * n + n, row * n + 2 * n));
    for (let k = 0; k <= half; k++) {
      const m = (n - k) % n;
      const at = k * n + row;
      across[0][at] = (re[k] + re[m]) / 2;
      across[1][at] = (im[k] - im[m]) / 2;
      across[0][at + 1] = (im[k] + im[m]) / 2;
      across[1][at + 1] = (re[m] - re[k]) / 2;
    }
  }
  const power = new Float64Array(n * n);
  for (let k = 0; k <= half; k++) {
    const [re, im] = fft(...across.map((part) => part.subarray(k * n, k * n + n)));
    for (let row = 0; row < n; row++) {
      const value = re[row] * re[row] + im[row] * im[row];
      power[row * n + k] = value;
      power[((n - row) % n) * n + ((n - k) % n)] = value;
    }
  }
  return power;
}

// ------------------------------------------------------------------------------------- wheel

export const apparentRotation = (spokes, rotation, frameRate) =>
  signedAliasFrequency(spokes * rotation, frameRate) / spokes;

export const spokeContrast = (spokes, rotation, frameRate, exposure) =>
  Math.abs(boxResponse(spokes * rotation, exposure / frameRate));

// The turning at which every frame looks the same: the nearest whole number of spokes a frame, but
// not none, unless `limit` leaves no other.
export function stillRotation(spokes, rotation, frameRate, limit) {
  const unit = frameRate / spokes;
  const most = Math.floor(limit / unit);
  const steps = Math.min(Math.max(Math.round(Math.abs(rotation) / unit), 1), most);
  return steps === 0 ? 0 : Math.sign(rotation || 1) * steps * unit;
}

// How much of the exposure a point of the film sees a spoke.  Lengths are in spoke spacings: the
// point lies `x` past the edge of a spoke of width `duty`, and the wheel turns by `span` meanwhile.
export function spokeCoverage(x, duty, span) {
  const covered = (v) => Math.floor(v) * duty + Math.min(v - Math.floor(v), duty);
  if (span === 0) return x - Math.floor(x) < duty ? 1 : 0;
  return (covered(x) - covered(x - span)) / span;
}

// Coverage over one spacing as the corners of a polygon, [x, coverage] for x from 0 to 1: it is
// linear in between.
export function coverageCorners(duty, span) {
  const wrap = (v) => v - Math.floor(v);
  const corners = [0, 1, wrap(duty), wrap(span), wrap(span + duty)].sort((a, b) => a - b);
  return corners.map((x) => [x, spokeCoverage(x, duty, span)]);
}
