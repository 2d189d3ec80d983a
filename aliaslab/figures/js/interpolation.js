// The matrices of F.interpolate along one axis, and how evenly they use the source: what aliaslab.resample
// does in Python.  tests/figures/test_js_interpolation.py holds the two together.

const triangle = (x) => Math.max(1 - Math.abs(x), 0);

// Keys's cubic convolution, with his `a` left free.
const cubic = (a) => (u) => {
  const x = Math.abs(u);
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
};

// mode -> [kernel, half its width in pixels]: of the source, and with antialias of the destination.
const FIXED = { bilinear: [triangle, 1], bicubic: [cubic(-0.75), 2] };
const WIDENED = { bilinear: [triangle, 1], bicubic: [cubic(-0.5), 2] };

export const hasAntialias = (mode) => mode in WIDENED;

// floor(i src / dst) in single precision, as PyTorch has it: rounding can make it a pixel less.
function nearestPixel(src, dst, i) {
  if (dst === src) return i;
  if (dst === 2 * src) return Math.floor(i / 2);   // PyTorch treats this case apart
  return Math.min(Math.floor(Math.fround(i * Math.fround(src / dst))), src - 1);
}

function areaTaps(src, dst, i, visit) {
  const first = Math.floor((i * src) / dst);
  const end = Math.ceil(((i + 1) * src) / dst);
  for (let j = first; j < end; j++) visit(i, j, 1 / (end - first));
}

// Beyond the border, the border's pixel is repeated.
function fixedTaps(src, dst, i, [shape, support], visit) {
  const centre = (i + 0.5) * (src / dst) - 0.5;
  const below = Math.floor(centre);
  for (let j = below + 1 - support; j <= below + support; j++)
    visit(i, Math.min(Math.max(j, 0), src - 1), shape(j - centre));
}

// Beyond the border the kernel is cut off, and what is left of it is scaled to sum to 1.
function widenedTaps(src, dst, i, [shape, support], visit) {
  const step = src / dst;
  const centre = step * (i + 0.5);   // counted from the image's edge
  const width = Math.max(step, 1);
  const first = Math.max(Math.trunc(centre - support * width + 0.5), 0);
  const end = Math.min(Math.trunc(centre + support * width + 0.5), src);
  const weight = (j) => shape((j + 0.5 - centre) / width);
  let total = 0;
  for (let j = first; j < end; j++) total += weight(j);
  for (let j = first; j < end; j++) visit(i, j, weight(j) / total);
}

// Calls visit(output pixel, source pixel, weight) for every entry of the matrix.
export function eachTap(src, dst, mode, antialias, visit) {
  for (let i = 0; i < dst; i++) {
    if (mode === "nearest") visit(i, nearestPixel(src, dst, i), 1);
    else if (mode === "area") areaTaps(src, dst, i, visit);
    else if (antialias) widenedTaps(src, dst, i, WIDENED[mode], visit);
    else fixedTaps(src, dst, i, FIXED[mode], visit);
  }
}

// Row i is the kernel of output pixel i over the source pixels.
export function interpolationMatrix(src, dst, mode, antialias) {
  const rows = Array.from({ length: dst }, () => new Float64Array(src));
  eachTap(src, dst, mode, antialias, (i, j, weight) => { rows[i][j] += weight; });
  return rows;
}

// The unit gradient map of one axis: all that each source pixel gives.
export function columnSums(src, dst, mode, antialias) {
  const sums = new Float64Array(src);
  eachTap(src, dst, mode, antialias, (i, j, weight) => { sums[j] += weight; });
  return sums;
}

// The coefficient of variation of the map of both axes, which is the outer product of the sums.
export function squareCv(sums) {
  const mean = sums.reduce((a, b) => a + b, 0) / sums.length;
  const squared = sums.reduce((a, b) => a + (b - mean) ** 2, 0) / sums.length / mean ** 2;
  return Math.sqrt(squared * (2 + squared));
}

// The CV from `src` to 1, 2 .. src pixels.
export const cvByDestination = (src, mode, antialias) =>
  Array.from({ length: src }, (_, i) => squareCv(columnSums(src, i + 1, mode, antialias)));

const SLACK = 1e-9;   // weights that should be 0, or exactly a half, are off by rounding

// How the columns stand to their fair share, the mean: how many get none, negative weight, less than half of
// it (those included); the smallest and the largest share; and the column furthest from a fair one.
export function shareCounts(shares) {
  const count = (test) => shares.reduce((n, share) => n + test(share), 0);
  const off = Math.max(...shares.map((share) => Math.abs(share - 1)));
  return {
    none: count((share) => Math.abs(share) < SLACK),
    negative: count((share) => share <= -SLACK),
    under: count((share) => share < 0.5 - SLACK),
    low: Math.min(...shares),
    high: Math.max(...shares),
    furthest: shares.findIndex((share) => Math.abs(share - 1) > off - SLACK),
  };
}

// What a kernel leaves of a wave of `f` cycles per source pixel.
export function kernelGain(row, f) {
  const part = (wave) => row.reduce((sum, weight, j) => sum + weight * wave(2 * Math.PI * f * j), 0);
  return Math.hypot(part(Math.cos), part(Math.sin));
}
