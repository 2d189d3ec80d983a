// A turning wheel and its film; below, how fast it seems to turn against how fast it does.
import { apparentRotation, coverageCorners, spokeContrast, stillRotation } from "./dsp.js";
import { axes, curve, dots, fixed, inside, panel, ticks, write } from "./plot.js";
import { button, clock, mount } from "./ui.js";

const FASTEST = 6;    // turns a second
const SLOWED = 10;    // how much slower the wheel on the left is shown
const DUTY = 0.3;     // width of a spoke, in spoke spacings
const TURN = 2 * Math.PI;
const NOON = -TURN / 4;
const KEY = [
  ["signal", "line", "the wheel, one spoke marked"],
  ["samples", "line", "its film, spokes all alike"],
  ["alias", "line", "how it seems to move"],
];

function drawSpokes({ ctx }, [x, y, radius], spokes, turns, span, colour) {
  // a ramp of one pixel at the rim stands in for the smoothing that gradients do not get
  const ramp = spokes / (TURN * radius);
  const blur = Math.abs(span) > ramp ? span : ramp;
  const paint = ctx.createConicGradient(NOON + (turns - DUTY / 2 / spokes) * TURN, x, y);
  const corners = coverageCorners(DUTY, blur);
  for (let spoke = 0; spoke < spokes; spoke++)
    for (const [at, coverage] of corners) {
      const alpha = Math.round(255 * Math.min(Math.max(coverage, 0), 1));
      paint.addColorStop(Math.min((spoke + at) / spokes, 1), colour + alpha.toString(16).padStart(2, "0"));
    }
  ctx.fillStyle = paint;
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, TURN);
  ctx.arc(x, y, radius * 0.16, TURN, 0, true);
  ctx.fill();
}

function drawRim({ ctx, colours }, [x, y, radius]) {
  ctx.strokeStyle = colours.ink;
  ctx.lineWidth = 2;
  for (const r of [radius, radius * 0.16]) {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, TURN);
    ctx.stroke();
  }
}

function markSpoke({ ctx, colours }, [x, y, radius], spokes, turns) {
  const half = (DUTY / 2 / spokes) * TURN;
  const middle = NOON + turns * TURN;
  ctx.fillStyle = colours.second;
  ctx.beginPath();
  ctx.arc(x, y, radius - 1, middle - half, middle + half);
  ctx.arc(x, y, radius * 0.16 + 1, middle + half, middle - half, true);
  ctx.fill();
}

// An arrow around the rim: the turning from one frame to the next, starting at the top.
function drawStep({ ctx }, [x, y, radius], turns, colour) {
  const r = radius + 9;
  const end = NOON + Math.min(Math.max(turns, -0.98), 0.98) * TURN;
  const way = Math.sign(turns);
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = 3;
  ctx.beginPath();
  ctx.moveTo(x, y - radius - 3);
  ctx.lineTo(x, y - radius - 15);
  ctx.stroke();
  if (way === 0) return;
  ctx.beginPath();
  ctx.arc(x, y, r, NOON, end, way < 0);
  ctx.stroke();
  ctx.save();
  ctx.translate(x + r * Math.cos(end), y + r * Math.sin(end));
  ctx.rotate(end + (way * TURN) / 4);
  ctx.beginPath();
  ctx.moveTo(7, 0);
  ctx.lineTo(-3, 5);
  ctx.lineTo(-3, -5);
  ctx.fill();
  ctx.restore();
}

function drawWheels(pen, tall, state, now) {
  const { spokes, rotation, frame_rate: frames, exposure } = state;
  const { colours, width } = pen;
  const seems = apparentRotation(spokes, rotation, frames);
  const radius = Math.min(width / 4 - 22, (tall - 84) / 2);
  const sides = [
    ["Wheel" + (now.slow ? `, slowed ${SLOWED}\u00d7` : " at this frame"), rotation, `${fixed(rotation, 2)} turns a second`, colours.signal],
    ["Its film" + (now.slow ? "" : `, frame ${now.frame}`), seems, `seems ${fixed(seems, 2)} a second`, colours.alias],
  ];
  sides.forEach(([title, speed, words, colour], i) => {
    const wheel = [width * (0.25 + 0.5 * i), 44 + radius, radius];
    const film = i === 1;
    drawSpokes(pen, wheel, spokes, film ? (rotation * now.frame) / frames : now.turned,
      film ? (spokes * rotation * exposure) / frames : 0, film ? colours.samples : colours.signal);
    if (!film) markSpoke(pen, wheel, spokes, now.turned);
    drawRim(pen, wheel);
    drawStep(pen, wheel, speed / frames, colour);
    const under = { align: "center", baseline: "top" };
    write(pen, title, wheel[0], 4, { ...under, bold: true });
    write(pen, words, wheel[0], 52 + 2 * radius, under);
    write(pen, `${fixed((360 * speed) / frames, 2)}° a frame`, wheel[0], 68 + 2 * radius, under);
  });
}

function drawSpeeds(pen, box, { spokes, rotation, frame_rate: frames }) {
  const { colours } = pen;
  const limit = frames / spokes / 2;
  const high = Math.min(limit * 1.5, FASTEST * 1.1);
  const p = panel(pen, box, [-FASTEST, FASTEST], [-high, high]);
  const seems = (v) => apparentRotation(spokes, v, frames);
  axes(p, {
    title: "Turns a second: seeming against true",
    xLabel: "true turns a second, clockwise",
    xTicks: ticks(-FASTEST, FASTEST, 6),
    yTicks: ticks(-high, high, 5),
  });
  inside(p, () => {
    curve(p, [-FASTEST, FASTEST], [-FASTEST, FASTEST], colours.signal, 1.5);
    for (let k = Math.round(-FASTEST / (2 * limit)); k <= Math.round(FASTEST / (2 * limit)); k++)
      curve(p, [(2 * k - 1) * limit, (2 * k + 1) * limit], [-limit, limit], colours.alias, 2.5);
  });
  dots(p, [rotation], [seems(rotation)], colours.ink, 6);
}

// The word says which way, compared with the wheel, so the number carries no sign.
function motion(seems, rotation, limit) {
  if (Math.abs(seems) < 5e-3) return "stand still";
  if (Math.abs(Math.abs(seems) - limit) < 1e-9) return "jump half a gap, with no direction";
  const how = seems * rotation < 0 ? "backwards" : Math.abs(seems - rotation) < 1e-9 ? "as it does" : "forwards, but wrongly";
  return `turn ${how}: ${fixed(Math.abs(seems), 2)} turns a second`;
}

function describe({ spokes, rotation, frame_rate: frames, exposure }) {
  const seems = apparentRotation(spokes, rotation, frames);
  const passes = Math.abs(spokes * rotation);
  const contrast = Math.round(100 * spokeContrast(spokes, rotation, frames, exposure));
  const status = `A spoke passes ${fixed(passes, 1)} times a second; ${fixed(frames, 0)} frames a second can carry ${fixed(frames / 2, 1)}. `
    + `On film the wheel seems to ${motion(seems, rotation, frames / spokes / 2)}. Contrast of the spokes: ${contrast}\u00a0%.`;
  const label = `A wheel of ${spokes} spokes turning ${fixed(rotation, 2)} times a second, beside its film; below, apparent against true turns a second. ${status}`;
  return { status, label };
}

function render({ model, el }) {
  // `turned`: turns of the wheel on the left; `frame`: the film's; `slow`: whether in slow motion
  const now = { turned: 0, frame: 1, slow: false };
  let time = 1.5;   // in frames: half a frame in, so that a 60 Hz screen never sits on an edge

  const toggle = button("Pause", () => animation.play(!animation.playing));
  const next = button("Next frame", () => {
    animation.play(false);
    show(now.frame + 1);
  });
  const freeze = button("Freeze it", () => {
    const { spokes, rotation, frame_rate: frames } = figure.state();
    figure.put("rotation", stillRotation(spokes, rotation, frames, FASTEST));
  });
  const figure = mount({ model, el }, {
    key: KEY,
    controls: [
      { state: "spokes", label: "Spokes", min: 2, max: 16, step: 1, format: (v) => fixed(v, 0) },
      { state: "rotation", label: "Turns a second", min: -FASTEST, max: FASTEST, step: 0.05, format: (v) => fixed(v, 2) },
      { state: "frame_rate", label: "Frames a second", min: 6, max: 60, step: 1, format: (v) => fixed(v, 0) },
      { state: "exposure", label: "Exposure, part of a frame", min: 0, max: 1, step: 0.05, format: (v) => fixed(v, 2) },
    ],
    buttons: [toggle, next, freeze],
    height: (width) => wheelsTall(width) + 190,
    draw(pen, state) {
      if (!now.slow) now.turned = (state.rotation * now.frame) / state.frame_rate;
      drawWheels(pen, wheelsTall(pen.width), state, now);
      drawSpeeds(pen, [0, wheelsTall(pen.width), pen.width, 190], state);
    },
    describe,
  });
  const wheelsTall = (width) => Math.min(width / 2 + 52, 290);

  function show(frame) {
    now.slow = false;
    now.frame = frame;
    time = frame + 0.5;
    figure.schedule();
  }
  function tick(seconds) {
    const { rotation, frame_rate: frames } = figure.state();
    now.slow = true;
    time += seconds * frames;
    now.frame = Math.floor(time);
    now.turned += (rotation * seconds) / SLOWED;
    figure.schedule();
  }
  const animation = clock(el, tick, (playing) => {
    toggle.textContent = playing ? "Pause" : "Play";
    if (!playing) show(now.frame);
  });
  toggle.textContent = animation.playing ? "Pause" : "Play";
  // a new film, or the wheel on it would leap while the slider moves
  const restart = () => show(1);
  for (const name of ["rotation", "frame_rate"]) model.on(`change:${name}`, restart);
  return () => {
    for (const name of ["rotation", "frame_rate"]) model.off(`change:${name}`, restart);
    animation.destroy();
    figure.destroy();
  };
}

export default { render };
