// A test image, shrunk: the small image, the spectrum that is sampled, and what sampling makes of it.
import { chirpImage, detailPower, detailShares, firstKept, powerGains, prefilterKernel, shrink, siemensStar, signedBin, smallPower, zonePlate } from "./images.js";
import { PICTURES } from "./pictures.js";
import { fixed, write } from "./plot.js";
import { mount } from "./ui.js";

const SIDE = 256;     // pixels
const RANGE = 60;     // dB from white to black in the spectra
const SPOKES = 72;
const GAP = 16;
const TITLE = 22;     // above each picture
const LABEL = 20;     // below each spectrum
const DETAIL = { "zone plate": "rings", star: "spokes", chirp: "stripes", text: "frequencies", cat: "frequencies", grass: "frequencies" };
const COMPUTED = {
  "zone plate": () => zonePlate(SIDE),
  star: () => siemensStar(SIDE, SPOKES),
  chirp: () => chirpImage(SIDE),
};
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const KEY = [
  ["filter", "dash", "what the small image can hold"],
  ["alias", "line", "what folds into it"],
];

// ------------------------------------------------------------------------------------ images

async function decoded(uri) {
  const picture = new Image();
  picture.src = uri;
  await picture.decode();
  const ctx = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
  ctx.drawImage(picture, 0, 0);
  const { data } = ctx.getImageData(0, 0, SIDE, SIDE);
  return Float64Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i] / 255);
}

// Gives { pixels, power, peak } of an image, or null while the browser still decodes it.
function library(arrived) {
  const ready = new Map();
  const put = (name, pixels) => {
    const power = detailPower(pixels, SIDE);
    ready.set(name, { pixels, power, peak: power.reduce((a, b) => Math.max(a, b)) });
  };
  for (const [name, uri] of Object.entries(PICTURES)) decoded(uri).then((pixels) => {
    put(name, pixels);
    arrived();
  });
  return (name) => {
    if (!ready.has(name) && name in COMPUTED) put(name, COMPUTED[name]());
    return ready.get(name) ?? null;
  };
}

function computeFor({ pixels, power, peak }, { factor, prefilter, strength }) {
  const kernel = prefilterKernel(prefilter, factor, strength);
  const gains = powerGains(kernel, SIDE);
  const small = shrink(pixels, SIDE, kernel, factor);
  return { power, peak, gains, small, after: smallPower(small, SIDE, factor), shares: detailShares(power, SIDE, gains, factor) };
}

// ----------------------------------------------------------------------------------- pictures

// Two canvases that are used again and again: a picture, and the same enlarged.
function easel() {
  const [own, large] = [new OffscreenCanvas(1, 1), new OffscreenCanvas(1, 1)].map((canvas) => canvas.getContext("2d"));
  const resize = ({ canvas }, side) => { if (canvas.width !== side) canvas.width = canvas.height = side; };

  // `paint(data)` fills RGB; the picture then stretches over a square with whole, even pixels: enlarged by
  // a whole number first, so that smoothing to the screen's own pixels cannot alias.
  return function picture({ ctx }, side, [left, top, size], paint) {
    const data = new ImageData(side, side);
    data.data.fill(255);
    paint(data.data);
    resize(own, side);
    own.putImageData(data, 0, 0);
    const times = Math.max(Math.ceil((size * ctx.getTransform().a) / side), 1);
    resize(large, side * times);
    large.imageSmoothingEnabled = false;
    large.drawImage(own.canvas, 0, 0, side * times, side * times);
    ctx.imageSmoothingEnabled = true;
    ctx.imageSmoothingQuality = "high";
    ctx.drawImage(large.canvas, left, top, size, size);
  };
}

// Each kept pixel covers the block around it; those at the edge reach out to the edge.
function paintSmall(small, factor) {
  const first = firstKept(SIDE, factor);
  const kept = Math.sqrt(small.length);
  const owner = Int32Array.from({ length: SIDE }, (_, i) =>
    Math.min(Math.max(Math.floor((i - first) / factor + 0.5), 0), kept - 1));
  return (data) => {
    let at = 0;
    for (let row = 0; row < SIDE; row++)
      for (let column = 0; column < SIDE; column++, at += 4)   // values are rounded and kept within 0 to 255
        data[at] = data[at + 1] = data[at + 2] = 255 * small[owner[row] * kept + owner[column]];
  };
}

const rgbOf = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// Power up to 1 / (2 factor) in decibels below `peak`: white within `limit`, else in the alias's colour.
function paintSpectrum(power, gains, peak, factor, limit, alias) {
  const reach = Math.floor(SIDE / (2 * factor));
  const bins = Array.from({ length: 2 * reach + 1 }, (_, i) => (i - reach + SIDE) % SIDE);
  const beyond = bins.map((k) => Math.abs(signedBin(k, SIDE)) > limit * SIDE);
  const [red, green, blue] = rgbOf(alias);
  const scale = 10 / (RANGE * Math.LN10);
  const floor = peak * 10 ** (-RANGE / 10);
  const paint = (data) => {
    let at = 0;
    for (let i = 0; i < bins.length; i++) {
      const start = bins[i] * SIDE;
      const gain = gains[bins[i]];
      for (let j = 0; j < bins.length; j++, at += 4) {
        const value = power[start + bins[j]] * gain * gains[bins[j]];
        const part = value > floor ? Math.min(scale * Math.log(value / floor), 1) : 0;
        const folds = beyond[i] || beyond[j];
        data[at] = part * (folds ? red : 255);
        data[at + 1] = part * (folds ? green : 255);
        data[at + 2] = part * (folds ? blue : 255);
      }
    }
  };
  return { side: bins.length, paint };
}

function drawSpectrum(pen, picture, title, [left, top, size], shown, factor, limit) {
  const { ctx, colours } = pen;
  picture(pen, shown.side, [left, top, size], shown.paint);
  const middle = left + size / 2;
  const perCycle = (size * SIDE) / shown.side;
  write(pen, title, left, top - 7, { bold: true });
  if (limit < 0.5) {
    ctx.setLineDash([5, 3]);
    ctx.lineWidth = 2;
    ctx.strokeStyle = colours.filter;
    ctx.strokeRect(middle - limit * perCycle, top + size / 2 - limit * perCycle, 2 * limit * perCycle, 2 * limit * perCycle);
    ctx.setLineDash([]);
  }
  const edge = Number((0.5 / factor).toFixed(3));
  const below = { baseline: "top" };
  write(pen, `\u2212${edge}`, left, top + size + 5, below);
  write(pen, "0", middle, top + size + 5, { ...below, align: "center" });
  write(pen, String(edge), left + size, top + size + 5, { ...below, align: "right" });
}

// Three in a row; on a phone the image above, the spectra side by side below it.
function boxes(width) {
  if (width >= 560) {
    const size = (width - 2 * GAP) / 3;
    const [image, before, after] = [0, 1, 2].map((i) => [i * (size + GAP), TITLE, size]);
    return { image, before, after, height: TITLE + size + 2 * LABEL };
  }
  const large = Math.min(width, SIDE);
  const size = (width - GAP) / 2;
  const top = 2 * TITLE + large;
  return {
    image: [(width - large) / 2, TITLE, large],
    before: [0, top, size],
    after: [size + GAP, top, size],
    height: top + size + 2 * LABEL,
  };
}

function drawAll(pen, easels, { factor }, { power, peak, gains, small, after }) {
  const place = boxes(pen.width);
  const side = Math.sqrt(small.length);
  const [left, top] = place.image;
  easels[0](pen, SIDE, place.image, paintSmall(small, factor));
  write(pen, `Small image, ${side} \u00d7 ${side} pixels`, left, top - 7, { bold: true });
  const limit = 0.5 / factor;
  const alias = pen.colours.alias;
  const flat = new Float64Array(SIDE).fill(1);
  drawSpectrum(pen, easels[1], "What is sampled", place.before, paintSpectrum(power, gains, peak, 1, limit, alias), 1, limit);
  drawSpectrum(pen, easels[2], "What comes of it", place.after, paintSpectrum(after, flat, peak, factor, 0.5, alias), factor, 0.5);
  write(pen, "frequency, cycles per pixel", (place.before[0] + place.after[0] + place.after[2]) / 2, place.height - 4, { align: "center" });
}

// -------------------------------------------------------------------------------------- words

function perCent(part) {
  if (part > 0 && part < 0.001) return "under 0.1\u00a0%";
  return `${fixed(100 * part, part < 0.0995 ? 1 : 0)}\u00a0%`;
}

function outcome(image, factor, { folded, kept }) {
  if (factor === 1) return `Every pixel is kept, so nothing folds; ${perCent(kept)} of the detail is left.`;
  const detail = DETAIL[image];
  const limit = `${fixed(0.5 / factor, 3)} cycles per pixel`;
  const what = folded >= 0.1
    ? `${capital(detail)} above ${limit} fold back`
    : folded >= 0.01
      ? `Some ${detail} above ${limit} still fold back`
      : `Hardly anything above ${limit} folds back`;
  return `${what}: ${perCent(folded)} of the detail in the small image is false. Of the true detail that it could hold, ${perCent(kept)} is left.`;
}

function describe({ image, factor, prefilter, strength }, found) {
  if (!found) return { status: "The picture is being decoded.", label: `The test image ${image}.` };
  const status = outcome(image, factor, found.shares);
  const how = prefilter === "none" ? "with no prefilter" : `after a ${prefilter === "box" ? prefilter : capital(prefilter)} prefilter, ${fixed(strength, 2)} times as wide as usual`;
  return {
    status,
    label: `The test image ${image} made ${factor} times smaller ${how}; beside it, the spectrum that is sampled and the spectrum of the small image. ${status}`,
  };
}

function render({ model, el }) {
  const load = library(() => figure.schedule());
  const easels = [easel(), easel(), easel()];
  let found = null;   // what is drawn, which the words then speak of
  const figure = mount({ model, el }, {
    key: KEY,
    controls: [
      { state: "image", label: "Test image", options: Object.keys(DETAIL) },
      { state: "prefilter", label: "Prefilter", options: ["none", "box", "gaussian", "lanczos"] },
      { state: "factor", label: "Times smaller", min: 1, max: 12, step: 1, format: (v) => fixed(v, 0) },
      { state: "strength", label: "Width of the prefilter", min: 0.25, max: 2, step: 0.05, format: (v) => `${fixed(v, 2)} \u00d7 usual`, idle: ({ prefilter }) => prefilter === "none" },
    ],
    height: (width) => boxes(width).height,
    draw(pen, state) {
      const source = load(state.image);
      found = source && computeFor(source, state);
      if (found) drawAll(pen, easels, state, found);
    },
    describe: (state) => describe(state, found),
  });
  return figure.destroy;
}

export default { render };
