// A signal slid by parts of a sample through a layer of stride 2; below, against the shift, how far the output
// departs from sliding along, and its mean.
import { axes, curve, dots, fixed, grid, inside, MARGIN, panel, segment, ticks } from "./plot.js";
import { atPlaces, fourierSeries, layerOutput, LAYERS, SIGNALS, SLACK, slidOutput, stability } from "./sliding.js";
import { mount } from "./ui.js";

const FARTHEST = 4;   // samples
const SHIFTS = grid(0, FARTHEST, 32 * FARTHEST + 1);
const WHOLE = SHIFTS.flatMap((shift, i) => (Number.isInteger(shift) ? [i] : []));
const KEY = [
  ["signal", "line", "the signal; thin: the other layers"],
  ["samples", "dot", "its samples"],
  ["filter", "dash", "the layer before its stride"],
  ["alias", "dot", "its output: every second value"],
  ["second", "line", "its output at shift 0, slid along"],
];

// ------------------------------------------------------------------------------------ numbers

// signal -> the measures of every layer at SHIFTS, and the range of what is drawn
const MEASURED = new Map();

function measuresOf(signal) {
  if (!MEASURED.has(signal)) {
    const x = SIGNALS[signal];
    const found = Object.fromEntries(LAYERS.map((layer) => [layer, stability(x, layer, SHIFTS)]));
    const fine = atPlaces(x, grid(0, x.length, 8 * x.length + 1));
    MEASURED.set(signal, { found, values: padded([...fine, ...x]) });
  }
  return MEASURED.get(signal);
}

function padded(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return [low - 0.08 * (high - low), high + 0.08 * (high - low)];
}

function computeFor({ shift, signal, layer }) {
  const x = SIGNALS[signal];
  const wave = fourierSeries(x);
  const start = layerOutput(x, layer);
  const samples = x.map((_, n) => wave(n - shift));
  const now = layerOutput(samples, layer);
  return { ...measuresOf(signal), x, wave, start, samples, now, before: stability(x, layer, [0])[0], here: stability(x, layer, [shift])[0] };
}

// ------------------------------------------------------------------------------------- panels

function signalPanel(pen, box, values, title, xLabel) {
  const count = SIGNALS.pairs.length;
  const p = panel(pen, box, [-0.5, count], values);
  const xTicks = ticks(0, count, p.width > 400 ? 8 : 4).filter((v) => v < count);
  axes(p, { title, xLabel, xTicks, yTicks: ticks(...values, 4) });
  return { p, fine: grid(-0.5, count, Math.max(400, Math.round(p.width))) };
}

const placesOf = ({ place, values }) => values.map((_, m) => place + 2 * m);

function rings(p, xs, ys, colour, radius) {
  const { ctx } = p.pen;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  for (let i = 0; i < xs.length; i++) {
    ctx.beginPath();
    ctx.arc(p.x(xs[i]), p.y(ys[i]), radius, 0, 2 * Math.PI);
    ctx.stroke();
  }
}

function drawSignal(pen, box, { shift }, { values, wave, samples, now }) {
  const { colours } = pen;
  const { p, fine } = signalPanel(pen, box, values, "The signal, and what the layer keeps");
  const radius = Math.min(4, p.width / 90);
  inside(p, () => {
    curve(p, fine, fine.map((u) => wave(u - shift)), colours.signal, 1.5);
    if (now.dense !== samples) curve(p, now.dense.map((_, n) => n + now.densePlace), now.dense, colours.filter, 1.5, [4, 3]);
  });
  dots(p, [...samples.keys()], samples, colours.samples, radius);
  rings(p, placesOf(now), now.values, colours.alias, radius + 2.5);
}

function drawOutput(pen, box, { shift }, { values, start, now }) {
  const { colours } = pen;
  const { p, fine } = signalPanel(pen, box, values, "The output and its old self, slid along", "place, samples of the input");
  const old = fourierSeries(start.values);
  const places = placesOf(now);
  const slid = slidOutput(start, now, shift);
  inside(p, () => curve(p, fine, fine.map((u) => old((u - start.place - shift) / 2)), colours.second, 2));
  places.forEach((u, m) => segment(pen, p.x(u), p.y(slid[m]), p.x(u), p.y(now.values[m]), colours.alias, 2));
  dots(p, places, now.values, colours.alias, Math.min(5, p.width / 70));
}

// One of the two measures of every layer against the shift, the chosen layer's on top.
function drawMeasure(pen, box, { shift, layer }, { found, here }, pick, title, level) {
  const { colours } = pen;
  const scale = pick === 0 ? 100 : 1;
  const lines = Object.fromEntries(LAYERS.map((name) => [name, found[name].map((each) => scale * each[pick])]));
  const range = padded(Object.values(lines).flat());
  const p = panel(pen, box, [0, FARTHEST], range);
  axes(p, { title, xLabel: "shift, samples", xTicks: [0, 1, 2, 3, 4], yTicks: ticks(...range, 4) });
  inside(p, () => {
    for (const name of LAYERS) if (name !== layer) curve(p, SHIFTS, lines[name], colours.signal, 1);
    if (level !== undefined) segment(pen, p.left, p.y(level), p.left + p.width, p.y(level), colours.ink, 1.5, [5, 3]);
    curve(p, SHIFTS, lines[layer], colours.alias, 2.5);
  });
  dots(p, WHOLE.map((i) => SHIFTS[i]), WHOLE.map((i) => lines[layer][i]), colours.alias, 4);
  dots(p, [shift], [scale * here[pick]], colours.ink, 6);
}

// The signal above its output; the measures below, side by side, on a phone one above the other.
function boxes(width) {
  const wide = width >= 660;
  const tall = MARGIN.top + (wide ? 112 : 92) + MARGIN.bottom;
  const output = tall - 8;   // the signal's axis has no words below
  const under = output + tall + 8;
  return {
    signal: [0, 0, width, tall],
    output: [0, output, width, tall],
    departure: [0, under, wide ? width / 2 : width, tall],
    mean: wide ? [width / 2, under, width / 2, tall] : [0, under + tall + 8, width, tall],
  };
}

function drawAll(pen, state, found) {
  const place = boxes(pen.width);
  drawSignal(pen, place.signal, state, found);
  drawOutput(pen, place.output, state, found);
  drawMeasure(pen, place.departure, state, found, 0, "Departure, % of the signal's spread");
  const level = found.x.reduce((a, b) => a + b, 0) / found.x.length;
  drawMeasure(pen, place.mean, state, found, 1, "Mean of the output (dashed: signal)", level);
}

// -------------------------------------------------------------------------------------- words

// Python rounds a tie another way, so that none may be left.
const rounded = (value, digits) => fixed(value + 1e-9, digits);

const percent = (share) => (share < 5e-4 ? "less than 0.1\u00a0%" : `${rounded(100 * share, share >= 0.1 ? 0 : 1)}\u00a0%`);

const samplesOf = (shift) => `${Number(shift.toFixed(3))} sample${shift === 1 ? "" : "s"}`;

function whyExact(shift) {
  if (shift === 0) return "nothing has moved yet.";
  if (shift % 2) return "the output is its old self, slid along: with the signal, the choice went over to the other samples.";
  return `the output is its old self, slid along by exactly ${Math.floor(shift / 2)} of its own samples: every layer with stride 2 can do that.`;
}

function outcome({ shift, signal, layer }, { before, here }) {
  const start = `${layer[0].toUpperCase()}${layer.slice(1)} on ${signal}, shifted by ${samplesOf(shift)}: `;
  if (here[0] < SLACK) return start + whyExact(shift);
  const [old, now] = [rounded(before[1], 3), rounded(here[1], 3)];
  return `${start}the output departs from its old self, slid along, by ${percent(here[0])} of the signal's spread; `
    + `its mean ${old === now ? `stays ${old}` : `goes from ${old} to ${now}`}.`;
}

function describe(state, found) {
  const { shift, signal, layer } = state;
  const status = outcome(state, found);
  const worst = Math.max(...found.found[layer].map(([departure]) => departure));
  return {
    status,
    label: `The signal ${signal}, shifted by ${samplesOf(shift)}, and what ${layer} makes of it, beside the output at shift 0, slid along; against the shift, how far the two lie apart, at most ${percent(worst)}, and the mean of the output. ${status}`,
  };
}

function render({ model, el }) {
  let found = null;   // what is drawn, which the words then speak of
  el.style.setProperty("--aliaslab-lines", "5");   // of words, on a phone
  const { destroy } = mount({ model, el }, {
    key: KEY,
    controls: [
      { state: "shift", label: "Shift", min: 0, max: FARTHEST, step: 1 / 8, format: (v) => `${fixed(v, 3)} samples` },
      { state: "signal", label: "Signal", options: Object.keys(SIGNALS) },
      { state: "layer", label: "Layer", options: LAYERS },
    ],
    height: (width) => {
      const [, top, , tall] = boxes(width).mean;
      return top + tall;
    },
    draw(pen, state) {
      found = computeFor(state);
      drawAll(pen, state, found);
    },
    describe: (state) => describe(state, found),
    note: "Pairs are 0 0 1 1 over and over, but for the last 1. Every signal repeats after 32 samples; between them it is shifted exactly, by its Fourier series. Its spread is its standard deviation.",
  });
  return destroy;
}

export default { render };
