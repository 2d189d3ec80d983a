// Drawing on a canvas in data coordinates.  A pen is { ctx, width, height, colours, family }.

export const MARGIN = { left: 44, right: 12, top: 24, bottom: 38 };

const minus = (text) => text.replace("-", "\u2212");

// "1.50" with a true minus sign; numbers that round to zero carry no sign
export function fixed(value, digits) {
  const text = value.toFixed(digits);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

export function ticks(low, high, most) {
  const rough = (high - low) / most;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((m) => m * unit >= rough * (1 - 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

// One set of axes: `box` is [left, top, width, height] in CSS pixels, titles and labels included.
export function panel(pen, box, [x0, x1], [y0, y1]) {
  const left = box[0] + MARGIN.left;
  const top = box[1] + MARGIN.top;
  const width = box[2] - MARGIN.left - MARGIN.right;
  const height = box[3] - MARGIN.top - MARGIN.bottom;
  const x = (v) => left + ((v - x0) / (x1 - x0)) * width;
  const y = (v) => top + height - ((v - y0) / (y1 - y0)) * height;
  return { pen, left, top, width, height, x0, x1, y0, y1, x, y };
}

export function write(pen, text, x, y, { align = "left", baseline = "alphabetic", bold = false, halo = false } = {}) {
  const { ctx, colours, family } = pen;
  ctx.font = `${bold ? "600 " : ""}12px ${family}`;
  ctx.textAlign = align;
  ctx.textBaseline = baseline;
  if (halo) {
    ctx.strokeStyle = colours.paper;
    ctx.lineWidth = 4;
    ctx.lineJoin = "round";
    ctx.strokeText(text, x, y);
  }
  ctx.fillStyle = colours.ink;
  ctx.fillText(text, x, y);
}

export function segment(pen, x0, y0, x1, y1, colour, width = 1, dash = []) {
  const { ctx } = pen;
  ctx.beginPath();
  ctx.setLineDash(dash);
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.stroke();
  ctx.setLineDash([]);
}

// `yText` turns a tick's place into its number, where the scale is not linear; `xLabel` may be left out.
export function axes(p, { title, xLabel, xTicks, yTicks, yText = String }) {
  const { pen, left, top, width, height } = p;
  const { colours } = pen;
  const bottom = top + height;
  for (const v of yTicks) {
    segment(pen, left, p.y(v), left + width, p.y(v), colours.line, 1);
    write(pen, minus(yText(v)), left - 8, p.y(v), { align: "right", baseline: "middle" });
  }
  segment(pen, left, bottom, left + width, bottom, colours.ink, 1);
  for (const v of xTicks) {
    segment(pen, p.x(v), bottom, p.x(v), bottom + 4, colours.ink, 1);
    write(pen, minus(String(v)), p.x(v), bottom + 7, { align: "center", baseline: "top" });
  }
  if (xLabel) write(pen, xLabel, left + width / 2, bottom + 22, { align: "center", baseline: "top" });
  write(pen, title, left - 36, top - 10, { bold: true });
}

// Runs `body` with drawing confined to the panel.
export function inside(p, body) {
  const { ctx } = p.pen;
  ctx.save();
  ctx.beginPath();
  ctx.rect(p.left, p.top - 1, p.width, p.height + 2);
  ctx.clip();
  body();
  ctx.restore();
}

export function curve(p, xs, ys, colour, width = 2, dash = []) {
  const { ctx } = p.pen;
  ctx.beginPath();
  for (let i = 0; i < xs.length; i++) ctx.lineTo(p.x(xs[i]), p.y(ys[i]));
  ctx.setLineDash(dash);
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  ctx.stroke();
  ctx.setLineDash([]);
}

// A ring of paper around each dot keeps it apart from the lines beneath.
export function dots(p, xs, ys, colour, radius = 4) {
  const { ctx, colours } = p.pen;
  for (let i = 0; i < xs.length; i++) {
    ctx.beginPath();
    ctx.arc(p.x(xs[i]), p.y(ys[i]), radius, 0, 2 * Math.PI);
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.strokeStyle = colours.paper;
    ctx.lineWidth = 1;
    ctx.stroke();
  }
}

export function stems(p, xs, ys, colour, width = 1.5) {
  for (let i = 0; i < xs.length; i++) segment(p.pen, p.x(xs[i]), p.y(0), p.x(xs[i]), p.y(ys[i]), colour, width);
}

export function grid(low, high, count) {
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}
