// Test images, low-pass kernels and shrinking: what aliaslab does in Python, for square images kept row
// by row in a Float64Array.  tests/figures/test_js_agreement.py holds the two together.
import { power2d, sinc } from "./dsp.js";

// ------------------------------------------------------------------------------------ images

function fromCentre(n, value) {
  const image = new Float64Array(n * n);
  const centre = Math.floor(n / 2);
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++) image[row * n + column] = value(row - centre, column - centre);
  return image;
}

export const zonePlate = (n) => fromCentre(n, (y, x) => 0.5 + 0.5 * Math.cos((Math.PI * (x * x + y * y)) / n));

export const siemensStar = (n, spokes) => fromCentre(n, (y, x) =>
  Math.hypot(x, y) <= spokes / Math.PI ? 0.5 : 0.5 + 0.5 * Math.cos(spokes * Math.atan2(y, x)));

export const chirpImage = (n) =>
  Float64Array.from({ length: n * n }, (_, i) => 0.5 + 0.5 * Math.cos((Math.PI * (i % n) ** 2) / (2 * n)));

// ----------------------------------------------------------------------------------- kernels

function unitSum(taps) {
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => tap / sum);
}

const centred = (radius, value) => unitSum(Float64Array.from({ length: 2 * radius + 1 }, (_, i) => value(i - radius)));

export function boxKernel(width) {
  if (Number.isInteger(width)) return new Float64Array(width).fill(1 / width);
  const radius = Math.ceil((width - 1) / 2);
  return centred(radius, (k) => 1 - Math.min(Math.max(Math.abs(k) + 0.5 - width / 2, 0), 1));
}

export function gaussianKernel(sigma) {
  const radius = Math.floor(4 * sigma + 0.5);
  return radius ? centred(radius, (k) => Math.exp(-0.5 * (k / sigma) ** 2)) : Float64Array.of(1);
}

export const lanczosKernel = (factor, lobes = 3) =>
  centred(Math.ceil(lobes * factor) - 1, (k) => sinc(k / factor) * sinc(k / (lobes * factor)));

// The explorer's prefilters; `strength` stretches the kernel.
export function prefilterKernel(prefilter, factor, strength) {
  const width = strength * factor;
  if (prefilter === "box") return boxKernel(width);
  if (prefilter === "gaussian") return gaussianKernel(width / 2);
  return prefilter === "lanczos" ? lanczosKernel(width) : Float64Array.of(1);
}

// The squared gain of a symmetric kernel at k / n cycles per sample, k = 0 .. n - 1.
export function powerGains(kernel, n) {
  const middle = (kernel.length - 1) / 2;
  const step = (2 * Math.PI) / n;
  const gains = new Float64Array(n);
  for (let k = 0; k <= n / 2; k++) {
    let gain = 0;
    for (let i = 0; i < kernel.length; i++) gain += kernel[i] * Math.cos(step * k * (i - middle));
    gains[k] = gains[(n - k) % n] = gain * gain;
  }
  return gains;
}

// --------------------------------------------------------------------------------- shrinking

// The first pixel kept, in each axis: the centre pixel is always among those kept.
export const firstKept = (n, factor) => Math.floor(n / 2) % factor;

// Index `i` brought back into 0 .. n - 1 by mirrors at the edges: d c b a | a b c d | d c b a.
function mirrored(i, n) {
  const m = ((i % (2 * n)) + 2 * n) % (2 * n);
  return m < n ? m : 2 * n - 1 - m;
}

// Filters each of `rows` rows of n pixels and keeps every factor-th; the result comes transposed, so
// that a second call does the columns.
function shrinkRows(image, rows, n, kernel, factor) {
  const first = firstKept(n, factor);
  const kept = Math.ceil((n - first) / factor);
  const taps = kernel.length;
  const before = Math.floor(taps / 2);
  const reach = Int32Array.from({ length: n + taps }, (_, i) => mirrored(i - before, n));
  const out = new Float64Array(kept * rows);
  for (let row = 0; row < rows; row++)
    for (let m = 0; m < kept; m++) {
      let sum = 0;
      for (let t = 0; t < taps; t++) sum += kernel[t] * image[row * n + reach[first + m * factor + t]];
      out[m * rows + row] = sum;
    }
  return out;
}

export function shrink(image, n, kernel, factor) {
  const across = shrinkRows(image, n, n, kernel, factor);
  return shrinkRows(across, across.length / n, n, kernel, factor);
}

// ---------------------------------------------------------------------------------- spectra

function withoutMean(image) {
  let mean = 0;
  for (let i = 0; i < image.length; i++) mean += image[i] / image.length;
  const out = new Float64Array(image.length);
  for (let i = 0; i < image.length; i++) out[i] = image[i] - mean;
  return out;
}

// |X|^2 of an image whose mean is taken out.
export const detailPower = (image, n) => power2d(withoutMean(image), n);

// The same of a small image, its pixels back in their places among zeros and scaled to match: the sum
// of all that folds.  It repeats with 1 / factor, so columns beyond 1 / (2 factor) are not worked out.
export function smallPower(small, n, factor) {
  const spread = new Float64Array(n * n);
  const first = firstKept(n, factor);
  const kept = Math.ceil((n - first) / factor);
  const values = withoutMean(small);
  for (let row = 0; row < kept; row++)
    for (let column = 0; column < kept; column++)
      spread[(first + row * factor) * n + first + column * factor] = factor ** 2 * values[row * kept + column];
  return power2d(spread, n, Math.floor(n / (2 * factor)));
}

// Bin k of n, as a signed whole number of cycles per image.
export const signedBin = (k, n) => (k <= n / 2 ? k : k - n);

// What the new grid makes of the detail that the filter passes: `folded` is the part of it from beyond
// its Nyquist, `kept` the part left of what it could hold.
export function detailShares(power, n, gains, factor) {
  let [inside, outside, held] = [0, 0, 0];
  const fits = Uint8Array.from({ length: n }, (_, k) => 2 * factor * Math.abs(signedBin(k, n)) <= n);
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++) {
      const before = power[row * n + column];
      const after = before * gains[row] * gains[column];
      if (fits[row] && fits[column]) {
        held += before;
        inside += after;
      } else outside += after;
    }
  const passed = inside + outside;
  return { folded: passed ? outside / passed : 0, kept: held ? inside / held : 1 };
}
