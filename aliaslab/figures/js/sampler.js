// A tone, its samples, and the slowest tone through the same samples; below, why: its spectrum.
import { aliasFrequency, sampleTimes, spectrumLines, tone } from "./dsp.js";
import { axes, curve, dots, fixed, grid, inside, panel, segment, stems, ticks, write } from "./plot.js";
import { mount } from "./ui.js";

const SPAN = 40;   // the spectrum is drawn from -SPAN to SPAN hertz
const KEY = [
  ["signal", "line", "the tone"],
  ["samples", "dot", "its samples; replicas of its spectrum"],
  ["alias", "line", "what comes back"],
  ["filter", "area", "what the reconstruction keeps"],
];
// whether the lines of the spectrum fall on each other in pairs: at 0, and at the limit
const atLimit = (back, rate) => Math.abs(back - rate / 2) < 1e-9;
const paired = (back, rate) => back < 1e-9 || atLimit(back, rate);
const hertz = (value) => `${fixed(value, 1)} Hz`;

function drawTime(pen, box, { frequency, rate }) {
  const { colours } = pen;
  const p = panel(pen, box, [0, 1], [-1.2, 1.2]);
  const t = grid(0, 1, Math.max(400, Math.round(2 * p.width)));
  const taken = sampleTimes(rate, 1);
  const values = taken.map((s) => tone(frequency, s));
  axes(p, { title: "One second of the wave", xLabel: "time, s", xTicks: ticks(0, 1, 5), yTicks: [-1, 0, 1] });
  inside(p, () => {
    curve(p, t, t.map((s) => tone(frequency, s)), colours.signal, 1.5);
    curve(p, t, t.map((s) => tone(aliasFrequency(frequency, rate), s)), colours.alias, 2.5);
  });
  stems(p, taken, values, colours.samples);
  dots(p, taken, values, colours.samples, 4.5);
}

function drawSpectrum(pen, box, { frequency, rate }) {
  const { colours, ctx } = pen;
  const p = panel(pen, box, [-SPAN, SPAN], [0, 1.45]);
  const half = rate / 2;
  ctx.fillStyle = colours.filter;
  ctx.globalAlpha = 0.18;
  ctx.fillRect(p.x(-half), p.y(1.15), p.x(half) - p.x(-half), p.y(0) - p.y(1.15));
  ctx.globalAlpha = 1;
  for (const edge of [-half, half]) segment(pen, p.x(edge), p.y(1.15), p.x(edge), p.y(0), colours.filter, 1.5, [5, 3]);
  for (const { at } of spectrumLines(0, rate, SPAN)) segment(pen, p.x(at), p.y(1.15), p.x(at), p.y(0), colours.signal, 1, [1, 4]);
  // one number per multiple of the rate, or per few where they would touch
  const apart = rate * Math.ceil((36 / p.width) * (2 * SPAN) / rate);
  const back = aliasFrequency(frequency, rate);
  axes(p, {
    title: "The spectrum of the samples" + (paired(back, rate) ? ": lines add in pairs" : ""),
    xLabel: "frequency, Hz (dotted: multiples of the rate)",
    xTicks: spectrumLines(0, apart, SPAN).filter(({ at }, i, all) => at !== all[i - 1]?.at).map(({ at }) => at),
    yTicks: [],
  });
  const lines = spectrumLines(frequency, rate, SPAN).sort((a, b) => (a.copy === 0) - (b.copy === 0));   // the tone on top
  for (const { at, copy } of lines) {
    const kept = Math.abs(at) <= rate / 2 + 1e-9;
    const colour = kept ? colours.alias : copy === 0 ? colours.signal : colours.samples;
    stems(p, [at], [1], colour, kept || copy === 0 ? 3 : 1.5);
    dots(p, [at], [1], colour, kept || copy === 0 ? 5 : 3.5);
  }
  if (Math.abs(back - frequency) < 1e-9) {
    write(pen, `the tone itself, ${hertz(back)}`, p.x(back), p.y(1.25), { align: "center" });
  } else {   // the tone is the higher of the two, so the words never meet
    write(pen, `comes back at ${hertz(back)}`, p.x(back) - 3, p.y(1.25), { align: "right" });
    write(pen, `tone: ${hertz(frequency)}`, p.x(frequency) + 3, p.y(1.25));
  }
}

function describe({ frequency, rate }) {
  const limit = rate / 2;
  const back = aliasFrequency(frequency, rate);
  const start = `A ${hertz(frequency)} tone sampled ${fixed(rate, 1)} times a second`;
  const status = atLimit(back, rate)
    ? `${start} ${frequency > limit + 1e-9 ? "comes back" : "is"} exactly at the limit of ${hertz(limit)}: the samples depend on the phase; a sine would give nothing.`
    : frequency < limit
      ? `${start} is below the limit of ${hertz(limit)}: it comes back as itself.`
      : `${start}: the limit is ${hertz(limit)}. It comes back as ${hertz(back)}.`;
  const pairs = paired(back, rate) ? ", whose lines fall on each other in pairs and add" : "";
  return { status, label: `Above, one second of the wave with its samples; below, its spectrum from ${-SPAN} to ${SPAN} Hz${pairs}. ${status}` };
}

function render({ model, el }) {
  const { destroy } = mount({ model, el }, {
    key: KEY,
    controls: [
      { state: "frequency", label: "Frequency of the tone", min: 0, max: 20, step: 0.1, format: hertz },
      { state: "rate", label: "Samples per second", min: 2, max: 40, step: 0.5, format: hertz },
    ],
    height: () => 400,
    draw(pen, state) {
      drawTime(pen, [0, 0, pen.width, 205], state);
      drawSpectrum(pen, [0, 205, pen.width, 195], state);
    },
    describe,
  });
  return destroy;
}

export default { render };
