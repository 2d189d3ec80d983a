// Layers of stride 2 on a periodic signal, and how well their output slides along with it: what
// sliding_signal_figure.py does in Python.  tests/figures/test_js_agreement.py holds the two together.
import { fft } from "./dsp.js";

const COUNT = 32;   // samples of a period
export const SLACK = 1e-9;   // of phases that are equally strong, and of departures that are none: rounding
const AT = Array.from({ length: COUNT }, (_, n) => n);

export const SIGNALS = {
  pairs: AT.map((n) => Number(n % 4 >= 2 && n < COUNT - 1)),
  steps: AT.map((n) => (n < 5 ? 0 : n < 12 ? 1 : n < 18 ? 0.4 : n === 24 ? 0.8 : 0)),
  bump: AT.map((n) => Math.exp(-((n - 12) ** 2) / 8)),
  texture: AT.map((n) => Math.exp(-((n - 12) ** 2) / 18) * Math.cos(2 * Math.PI * (13 / 32) * (n - 12))),
};
export const LAYERS = ["bare stride", "max pool", "blur pool", "max blur", "polyphase", "blur + polyphase"];

// The periodic signal through `values` as a function of the place, in samples; the period is a power of two.
export function fourierSeries(values) {
  const n = values.length;
  const [re, im] = fft(Float64Array.from(values), new Float64Array(n));
  const half = n / 2;
  return (place) => {
    const [cos, sin] = [Math.cos((2 * Math.PI * place) / n), Math.sin((2 * Math.PI * place) / n)];
    let [c, s] = [1, 0];   // the cosine and the sine of k times that angle
    let sum = re[0];
    for (let k = 1; k < half; k++) {
      [c, s] = [c * cos - s * sin, c * sin + s * cos];
      sum += 2 * (re[k] * c - im[k] * s);
    }
    return (sum + re[half] * Math.cos(Math.PI * place)) / n;
  };
}

export const atPlaces = (values, places) => Array.from(places, fourierSeries(values));

const energy = (values) => values.reduce((sum, v) => sum + v * v, 0);

// A period through one of LAYERS: `dense`, before the stride, and `values`, every second of them; where the
// first of each lies on the signal's axis.
export function layerOutput(x, layer) {
  const after = (values, i) => values[(i + 1) % values.length];
  const before = (values, i) => values.at(i - 1);
  const max = layer.startsWith("max");
  let dense = x;
  if (max) dense = dense.map((v, i, all) => Math.max(v, after(all, i)));
  if (layer.includes("blur")) dense = dense.map((v, i, all) => (before(all, i) + 2 * v + after(all, i)) / 4);
  const [even, odd] = [0, 1].map((phase) => dense.filter((_, i) => i % 2 === phase));
  const phase = Number(layer.includes("polyphase") && energy(odd) > energy(even) * (1 + SLACK));
  const densePlace = max ? 0.5 : 0;
  return { dense, values: phase ? odd : even, densePlace, place: densePlace + phase };
}

// The output `start` of the unshifted signal, slid by `shift` to where the samples of `now` lie.
export const slidOutput = (start, now, shift) =>
  atPlaces(start.values, now.values.map((_, m) => m + (now.place - start.place - shift) / 2));

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

// [departure, mean] at each shift: the RMS distance of the output from the slid output at shift 0, over the
// signal's standard deviation; and what a global average pool makes of the output.
export function stability(x, layer, shifts) {
  const wave = fourierSeries(x);
  const start = layerOutput(x, layer);
  const old = fourierSeries(start.values);
  const middle = mean(x);
  const spread = Math.sqrt(mean(x.map((v) => (v - middle) ** 2)));
  return shifts.map((shift) => {
    const now = layerOutput(x.map((_, n) => wave(n - shift)), layer);
    const off = now.values.map((v, m) => v - old(m + (now.place - start.place - shift) / 2));
    return [Math.sqrt(mean(off.map((v) => v * v))) / spread, mean(now.values)];
  });
}
