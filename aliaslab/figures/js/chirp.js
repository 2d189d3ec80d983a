// A chirp that climbs past the limit: its frequency and the one that is heard, a few milliseconds
// of the wave around a chosen moment, and both as sound.
import { aliasFrequency, chirp, chirpFrequency, kernelReach, reconstruct, resample, sampleTimes } from "./dsp.js";
import { axes, curve, dots, fixed, grid, inside, panel, segment, ticks, write } from "./plot.js";
import { button, mount } from "./ui.js";

const DURATION = 3;        // seconds
const TOP = 6000;          // hertz, the top of the upper panel
const ZOOM = 0.003;        // seconds, the width of the lower panel
const AUDIO_RATE = 48000;  // asked for by name: some devices offer less than twice 6000 Hz
const LOUDNESS = 0.2;
const FADE = 0.03;         // seconds
const KEY = [
  ["signal", "line", "the chirp"],
  ["samples", "dot", "its samples"],
  ["alias", "line", "what is heard from the samples"],
  ["filter", "dash", "the limit, half the rate"],
];
const hertz = (value) => `${fixed(value, 0)} Hz`;

function drawFrequency(pen, box, { stop, rate, at }, playhead) {
  const { colours } = pen;
  const p = panel(pen, box, [0, DURATION], [0, TOP * 1.04]);
  const t = grid(0, DURATION, Math.max(600, Math.round(2 * p.width)));
  const truth = (s) => chirpFrequency(0, stop, DURATION, s);
  const heard = (s) => aliasFrequency(truth(s), rate);
  axes(p, {
    title: "Frequency, Hz",
    xLabel: "time, s",
    xTicks: ticks(0, DURATION, 6),
    yTicks: ticks(0, TOP, 3),
  });
  curve(p, [0, DURATION], [rate / 2, rate / 2], colours.filter, 2, [6, 4]);
  curve(p, t, t.map(truth), colours.signal, 2);
  curve(p, t, t.map(heard), colours.alias, 2.5);
  segment(pen, p.x(at), p.top, p.x(at), p.top + p.height, colours.ink, 1.5, [2, 3]);
  dots(p, [at, at], [truth(at), heard(at)], colours.ink, 4.5);
  if (playhead !== null) {
    segment(pen, p.x(playhead), p.top, p.x(playhead), p.top + p.height, colours.second, 2);
    dots(p, [playhead], [heard(playhead)], colours.second, 5);
  }
  const above = p.y(rate / 2) > p.top + 20;
  write(pen, `limit ${hertz(rate / 2)}`, p.left + 6, p.y(rate / 2) + (above ? -7 : 16), { halo: true });
}

function drawWave(pen, box, { stop, rate, at }) {
  const { colours } = pen;
  const start = Math.min(Math.max(at - ZOOM / 2, 0), DURATION - ZOOM);
  const p = panel(pen, box, [0, ZOOM * 1000], [-1.2, 1.2]);
  const wave = (s) => chirp(0, stop, DURATION, s);
  // taken from before to after the panel, as far as the kernel reaches
  const first = Math.floor(start * rate) - kernelReach("windowed");
  const count = Math.ceil(ZOOM * rate) + 2 * kernelReach("windowed") + 2;
  const taken = Array.from({ length: count }, (_, n) => (first + n) / rate);
  const values = taken.map(wave);
  const t = grid(0, ZOOM, Math.max(400, Math.round(p.width)));
  const origin = first / rate - start;
  const heard = reconstruct(values, rate, t.map((s) => s - origin), "windowed");
  const ms = (s) => s * 1000;
  axes(p, {
    title: "Three milliseconds of the wave",
    xLabel: `milliseconds after ${fixed(start, 4)} s`,
    xTicks: ticks(0, ZOOM * 1000, 6),
    yTicks: [-1, 0, 1],
  });
  inside(p, () => {
    curve(p, t.map(ms), t.map((s) => wave(start + s)), colours.signal, 1.5);
    curve(p, t.map(ms), heard, colours.alias, 2.5);
    segment(pen, p.x(ms(at - start)), p.top, p.x(ms(at - start)), p.top + p.height, colours.ink, 1.5, [2, 3]);
  });
  const shown = taken.map((s, n) => [ms(s - start), values[n]]).filter(([x]) => x >= 0 && x <= ms(ZOOM));
  dots(p, shown.map(([x]) => x), shown.map(([, y]) => y), colours.samples, 4.5);
}

function describe({ stop, rate, at }) {
  const now = chirpFrequency(0, stop, DURATION, at);
  const limit = rate / 2;
  const start = `At ${fixed(at, 2)} s the chirp is at ${hertz(now)}`;
  const status = Math.abs(now - limit) < 1e-9
    ? `${start}, exactly the limit of ${fixed(rate, 0)} samples a second: from here on it is heard coming down again.`
    : now < limit
      ? `${start}. That is below the limit of ${hertz(limit)}, so it is heard as it is.`
      : `${start}. Sampled ${fixed(rate, 0)} times a second, the limit is ${hertz(limit)}: it is heard as ${hertz(aliasFrequency(now, rate))}.`;
  return {
    status,
    label: `Above, frequency against time for a chirp from 0 to ${hertz(stop)} in ${DURATION} seconds, and the folded frequency that is heard; below, three milliseconds of the wave. ${status}`,
  };
}

// Both sounds at the rate of the loudspeaker; the second knows nothing but the samples.
function soundOf(kind, { stop, rate }) {
  const sampled = (fs) => sampleTimes(fs, DURATION).map((s) => chirp(0, stop, DURATION, s));
  return kind === "chirp" ? sampled(AUDIO_RATE) : resample(sampled(rate), rate, AUDIO_RATE, AUDIO_RATE * DURATION);
}

// One sound at a time.  The AudioContext is made on the first click: browsers ask for one.
function speaker(changed) {
  let context = null;
  let source = null;
  let kind = null;
  let started = 0;

  function stop() {
    if (!source) return;
    source.onended = null;
    source.stop();
    source = kind = null;
    changed();
  }
  function play(wanted, state) {
    stop();
    context ??= new AudioContext({ sampleRate: AUDIO_RATE });
    context.resume();
    const buffer = context.createBuffer(1, AUDIO_RATE * DURATION, AUDIO_RATE);
    buffer.getChannelData(0).set(soundOf(wanted, state));
    source = new AudioBufferSourceNode(context, { buffer });
    const gain = new GainNode(context, { gain: 0 });
    started = context.currentTime + 0.02;
    gain.gain.setValueAtTime(0, started);
    gain.gain.linearRampToValueAtTime(LOUDNESS, started + FADE);
    gain.gain.setValueAtTime(LOUDNESS, started + DURATION - FADE);
    gain.gain.linearRampToValueAtTime(0, started + DURATION);
    source.connect(gain).connect(context.destination);
    source.onended = stop;
    source.start(started);
    kind = wanted;
    changed();
  }
  return {
    stop,
    press: (wanted, state) => (kind === wanted ? stop() : play(wanted, state)),
    get kind() { return kind; },
    get position() { return kind ? Math.min(Math.max(context.currentTime - started, 0), DURATION) : null; },
    destroy() {
      stop();
      context?.close();
    },
  };
}

function render({ model, el }) {
  const silent = typeof AudioContext === "undefined";
  const names = { chirp: "Hear the chirp", sampled: "Hear it sampled" };
  const kinds = Object.keys(names);
  const buttons = kinds.map((kind) => button(names[kind], () => sound.press(kind, figure.state())));
  const sound = speaker(() => {
    kinds.forEach((kind, i) => { buttons[i].textContent = sound.kind === kind ? "Stop" : names[kind]; });
    figure.schedule();
  });
  const figure = mount({ model, el }, {
    key: KEY,
    controls: [
      { state: "rate", label: "Samples per second", min: 1000, max: 12000, step: 100, format: hertz },
      { state: "stop", label: "Where the chirp ends", min: 1000, max: TOP, step: 100, format: hertz },
      { state: "at", label: "Moment shown below", min: 0, max: DURATION, step: 0.01, format: (v) => `${fixed(v, 2)} s` },
    ],
    buttons,
    height: () => 420,
    draw(pen, state) {
      drawFrequency(pen, [0, 0, pen.width, 230], state, sound.position);
      drawWave(pen, [0, 230, pen.width, 190], state);
      if (sound.kind) figure.schedule();   // the playhead moves on
    },
    describe,
    note: silent ? "This browser has no Web Audio, so the chirp cannot be played here." : "",
  });
  for (const node of buttons) node.disabled = silent;
  for (const name of ["rate", "stop"]) model.on(`change:${name}`, sound.stop);   // it would no longer match
  return () => {
    for (const name of ["rate", "stop"]) model.off(`change:${name}`, sound.stop);
    sound.destroy();
    figure.destroy();
  };
}

export default { render };
