// How much each pixel counts in a resize: its unit gradient map, the kernels and their sums along one axis,
// and the coefficient of variation against the destination's size.
import { columnSums, cvByDestination, hasAntialias, interpolationMatrix, kernelGain, shareCounts, squareCv } from "./interpolation.js";
import { axes, curve, dots, fixed, MARGIN, panel, segment, ticks, write } from "./plot.js";
import { mount } from "./ui.js";

const MODES = ["nearest", "bilinear", "bicubic", "area"];
const LARGEST = 48;   // pixels
const TITLE = 24;     // above the map
const LEGEND = 96;    // right of it
const KEY = [
  ["filter", "line", "the chosen resize"],
  ["signal", "dash", "the same with antialias switched"],
];
// share -> its name in the legend, which runs from the most used to the least
const NAMED = [[4, "4\u00d7"], [2, "2\u00d7"], [1, "fair share"], [0.5, "half"]];
const CV_TICKS = [0, 0.1, 0.5, 1, 2, 5, 10, 20, 50];

// ------------------------------------------------------------------------------------ numbers

function computeFor({ source, destination, mode, antialias }) {
  const sums = columnSums(source, destination, mode, antialias);
  const shares = Array.from(sums, (sum) => (sum * source) / destination);
  return {
    sums,
    shares,
    rows: interpolationMatrix(source, destination, mode, antialias),
    cv: squareCv(sums),
    cvs: cvByDestination(source, mode, antialias),
    others: hasAntialias(mode) ? cvByDestination(source, mode, !antialias) : [],
  };
}

// ------------------------------------------------------------------------------------ colours

// How far a share lies from a fair one, from -1 (none) over 0 to 1: twice is as far as half.
const departure = (share) => (share < 1 ? share - 1 : 1 - 1 / share);

const isNone = (share) => Math.abs(share) < 1e-9;

// A box in the colour of a share: from grey to orange for more than a fair one, to blue for less, a blue
// close to the ink for none; below 0 purple with a minus sign, so that nobody needs the colour.
function fillShare({ ctx, colours }, share, x, y, width, height) {
  const coat = (colour, alpha) => {
    ctx.globalAlpha = alpha;
    ctx.fillStyle = colour;
    ctx.fillRect(x, y, width, height);
  };
  const far = departure(share);
  coat(colours.paper, 1);
  if (share <= -1e-9) {
    coat(colours.second, 1);
    const dash = Math.min(0.6 * width, 10);
    if (height > 3) segment({ ctx }, x + (width - dash) / 2, y + height / 2, x + (width + dash) / 2, y + height / 2, colours.paper, Math.min(width / 5, 2));
  } else if (isNone(share)) {
    coat(colours.samples, 1);
    coat(colours.ink, 0.5);
  } else {
    coat(colours.signal, 0.2);
    coat(far > 0 ? colours.alias : colours.samples, Math.abs(far) ** 0.8);
  }
  ctx.globalAlpha = 1;
}

function drawMap(pen, [left, top, room], shares) {
  const n = shares.length;
  const dots = pen.ctx.getTransform().a;
  const cell = Math.floor((room * dots) / n) / dots;   // whole pixels of the screen, all the same
  const gap = cell >= 8 ? 1 : 0;
  shares.forEach((down, i) => shares.forEach((across, j) =>
    fillShare(pen, down * across, left + j * cell, top + i * cell, cell - gap, cell - gap)));
  write(pen, `Unit gradient map, ${n} \u00d7 ${n}`, left, top - 8, { bold: true });
  drawLegend(pen, left + n * cell + 12, top, Math.min(n * cell, 190));
}

function drawLegend(pen, left, top, tall) {
  const block = 18;
  const scale = tall - 2 * block - 8;
  for (let i = 0; i < scale; i++) fillShare(pen, shareAt(1 - (2 * i) / scale), left, top + i, block, 1);
  for (const [share, name] of NAMED)
    write(pen, name, left + block + 6, top + ((1 - departure(share)) / 2) * scale, { baseline: "middle" });
  fillShare(pen, 0, left, top + scale + 4, block, block);
  write(pen, "none", left + block + 6, top + scale + 4 + block / 2, { baseline: "middle" });
  fillShare(pen, -1, left, top + scale + 8 + block, block, block);
  write(pen, "negative", left + block + 6, top + scale + 8 + 1.5 * block, { baseline: "middle" });
}

const shareAt = (far) => (far < 0 ? Math.max(1 + far, 1e-6) : 1 / (1 - Math.min(far, 1 - 1e-6)));

// ------------------------------------------------------------------------------------- panels

function range(values) {
  const [low, high] = [Math.min(0, ...values), Math.max(...values)];
  return [low && low - 0.06 * (high - low), high + 0.06 * (high - low)];
}

const baseline = (p) => segment(p.pen, p.left, p.y(0), p.left + p.width, p.y(0), p.pen.colours.ink, 1);

function drawKernel(p, row, bold) {
  const { pen } = p;
  const { ctx, colours } = pen;
  const at = [...row.keys()].filter((j) => row[j] !== 0);
  const weights = at.map((j) => row[j]);
  ctx.beginPath();
  ctx.moveTo(p.x(at[0]), p.y(0));
  at.forEach((j) => ctx.lineTo(p.x(j), p.y(row[j])));
  ctx.lineTo(p.x(at.at(-1)), p.y(0));
  ctx.globalAlpha = bold ? 0.35 : 0.15;
  ctx.fillStyle = colours.filter;
  ctx.fill();
  ctx.globalAlpha = 1;
  at.forEach((j) => segment(pen, p.x(j), p.y(0), p.x(j), p.y(row[j]), colours.filter, 1));
  curve(p, at, weights, colours.filter, bold ? 3 : 1.5);
  const radius = Math.min(3.5, p.width / row.length / 4);
  if (radius >= 2) dots(p, at, weights, colours.filter, radius);
}

function drawKernels(pen, box, rows) {
  const source = rows[0].length;
  const values = range(rows.flatMap((row) => [...row]));
  const p = panel(pen, box, [-0.5, source - 0.5], values);
  const title = rows.length === 1 ? "1 kernel, for 1 output pixel" : `${rows.length} kernels, 1 for each output pixel`;
  axes(p, { title, xTicks: [], yTicks: ticks(...values, 3) });
  const middle = Math.floor(rows.length / 2);   // bold, so that one of them is seen whole
  rows.forEach((row, i) => { if (i !== middle) drawKernel(p, row, false); });
  drawKernel(p, rows[middle], true);
  baseline(p);
}

function drawSums(pen, box, { sums, shares }, mean) {
  const values = range([...sums, mean]);
  const p = panel(pen, box, [-0.5, sums.length - 0.5], values);
  axes(p, {
    title: `Their sums; dashed: a fair share, ${fixed(mean, 3)}`,
    xLabel: "source pixel",
    xTicks: ticks(0, sums.length - 1, 6).filter(Number.isInteger),
    yTicks: ticks(...values, 3),
  });
  const width = (p.width / sums.length) * 0.8;
  sums.forEach((sum, j) => fillShare(pen, shares[j], p.x(j) - width / 2, Math.min(p.y(sum), p.y(0)), width, Math.abs(p.y(sum) - p.y(0))));
  segment(pen, p.left, p.y(mean), p.left + p.width, p.y(mean), pen.colours.ink, 1.5, [5, 3]);
  baseline(p);
}

function drawCv(pen, box, { source, destination }, { cv, cvs, others }) {
  const { colours } = pen;
  const high = Math.sqrt(Math.max(...cvs, ...others, 0.1)) * 1.06;
  const p = panel(pen, box, [1, source], [0, high]);
  const sizes = [...cvs.keys()].map((i) => i + 1);
  const roots = cvs.map(Math.sqrt);
  let free = Infinity;   // the place of the tick below
  axes(p, {
    title: "CV of the map (square-root scale)",
    xLabel: "destination, pixels",
    xTicks: ticks(1, source, 8).filter(Number.isInteger),
    yTicks: CV_TICKS.map(Math.sqrt).filter((v) => {
      if (v > high || free - p.y(v) < 14) return false;
      free = p.y(v);
      return true;
    }),
    yText: (v) => String(Number((v * v).toFixed(2))),
  });
  segment(pen, p.x(destination), p.top, p.x(destination), p.top + p.height, colours.line, 2);
  curve(p, sizes.slice(0, others.length), others.map(Math.sqrt), colours.signal, 1.5, [5, 3]);
  curve(p, sizes, roots, colours.filter, 2);
  dots(p, sizes, roots, colours.filter, Math.min(3, p.width / source / 3));
  dots(p, [destination], [Math.sqrt(cv)], colours.ink, 6);
  const after = destination < (source + 1) / 2;
  write(pen, `CV ${fixed(cv, 3)}`, p.x(destination) + (after ? 10 : -10), p.top + 8, { align: after ? "left" : "right", baseline: "middle", halo: true });
}

// The map left of the kernels and their sums; on a phone above them.  The curve lies below.
function boxes(width) {
  const wide = width >= 660;
  const map = wide ? 0.4 * width : Math.min(width - LEGEND, 230);
  const beside = wide ? [map + LEGEND + 12, 0, width - map - LEGEND - 12] : [0, TITLE + map + 6, width];
  const each = wide ? (map - 8) / 2 : 96;
  const kernels = [beside[0], beside[1], beside[2], MARGIN.top + each - 10 + MARGIN.bottom];
  const sums = [beside[0], beside[1] + MARGIN.top + each, beside[2], each + MARGIN.bottom];
  const under = sums[1] + sums[3] + 8;
  return { map: [0, TITLE, map], kernels, sums, cv: [0, under, width, 190] };
}

function drawAll(pen, state, found) {
  const place = boxes(pen.width);
  drawMap(pen, place.map, found.shares);
  drawKernels(pen, place.kernels, found.rows);
  drawSums(pen, place.sums, found, state.destination / state.source);
  drawCv(pen, place.cv, state, found);
}

// -------------------------------------------------------------------------------------- words

// Python rounds a tie another way, so that none may be left.
const rounded = (value, digits) => fixed(value + 1e-9, digits);

function alike({ source, destination }, rows) {
  if (destination === source) return "nothing is shrunk, every pixel is copied.";
  if (destination === 1) return "every pixel counts the same; the one output pixel is their mean.";
  const f = (0.75 * destination) / source;
  const left = kernelGain(rows[Math.floor(destination / 2)], f);
  return "every pixel counts the same. But CV sees only what folds onto 0: a wave of "
    + `${rounded(f, 3)} cycles per pixel still folds, onto ${rounded(f / 3, 3)}, with ${rounded(100 * left, 0)}\u00a0% of its height.`;
}

function uneven({ none, negative, under, high }, source) {
  const columns = `of ${source} columns ${under === 1 ? "gets" : "get"}`;
  const unused = `${rounded(100 * (1 - (1 - none / source) ** 2), 0)}\u00a0% of the pixels have no say.`;
  if (none === under) return `${none} ${columns} nothing: ${unused}`;
  const most = `the most used gets ${rounded(high, 2)} times its share.`;
  if (negative === under) return `${under} ${columns} negative weight; ${most}`;
  const which = [[none, "nothing"], [negative, "negative weight"]].filter(([count]) => count);
  const listed = which.map(([count, what], i) => `, ${count} ${i ? "" : "of them "}${what}`).join("");
  const rest = none ? `: ${unused}` : `; ${most}`;
  return `${under} ${columns} less than half of their share${listed}${rest}`;
}

function even({ low, high, furthest }, antialias) {
  const where = furthest ? `column ${furthest}` : "the edge";
  const why = antialias && !furthest ? ", where the widened kernels are cut off" : "";
  return `every column gets ${rounded(100 * low, 0)} to ${rounded(100 * high, 0)}\u00a0% of its share, furthest from it at ${where}${why}.`;
}

function outcome(state, { cv, rows, shares }) {
  const counts = shareCounts(shares);
  const what = cv < 1e-9 ? alike(state, rows) : counts.under ? uneven(counts, state.source) : even(counts, state.antialias);
  return `CV ${rounded(cv, 3)}: ${what}`;
}

const named = ({ mode, antialias }) => (hasAntialias(mode) ? `${mode} ${antialias ? "with" : "without"} antialias` : mode);

function describe(state, found) {
  const { source, destination } = state;
  const status = outcome(state, found);
  return {
    status,
    label: `Unit gradient map of ${named(state)} from ${source} to ${destination} pixels; the kernels along one axis and their sums; CV against the destination's size, this one marked. ${status}`,
  };
}

function render({ model, el }) {
  let found = null;   // what is drawn, which the words then speak of
  el.style.setProperty("--aliaslab-lines", "4");   // of words, on a phone
  const pixels = (value) => `${value} pixels`;
  const { destroy } = mount({ model, el }, {
    key: KEY,
    controls: [
      { state: "source", label: "Source", min: 4, max: LARGEST, step: 1, format: pixels },
      { state: "destination", label: "Destination", min: 1, max: ({ source }) => source, step: 1, format: pixels },
      { state: "mode", label: "Mode", options: MODES },
      { state: "antialias", label: "Antialias", options: [false, true], idle: ({ mode }) => !hasAntialias(mode) && `${mode} has none` },
    ],
    allowed: (wanted) => ({
      ...wanted,
      destination: Math.min(wanted.destination, wanted.source),
      antialias: wanted.antialias && hasAntialias(wanted.mode),
    }),
    height: (width) => {
      const [, top, , tall] = boxes(width).cv;
      return top + tall;
    },
    draw(pen, state) {
      found = computeFor(state);
      drawAll(pen, state, found);
    },
    describe: (state) => describe(state, found),
  });
  return destroy;
}

export default { render };
