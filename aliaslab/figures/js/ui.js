// What the figures share: controls, canvas, theme, status line, and the clock of an animation.

const ROLES = ["samples", "alias", "filter", "second", "signal"];

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Canvas cannot follow CSS variables, so their present values are read off the figure's element.
function readTheme(el) {
  const css = getComputedStyle(el);
  const colours = { ink: css.color, paper: css.backgroundColor, line: css.borderTopColor };
  for (const role of ROLES) colours[role] = css.getPropertyValue(`--aliaslab-${role}`).trim();
  return { colours, family: css.fontFamily };
}

// Calls `changed` when the book, JupyterLab or the system turns light or dark.
function watchTheme(changed) {
  const watcher = new MutationObserver(changed);
  const options = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "data-jp-theme-name", "class"] };
  watcher.observe(document.documentElement, options);
  watcher.observe(document.body, options);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  return () => {
    watcher.disconnect();
    dark.removeEventListener("change", changed);
  };
}

function keyOf(entries) {
  const items = entries.map(([role, shape, text]) =>
    make("li", { "data-shape": shape, style: `--swatch: var(--aliaslab-${role})` }, text));
  return make("ul", { class: "aliaslab-key" }, ...items);
}

// a module is evaluated once per figure, so a counter would repeat itself on the page
const idFor = (state) => `aliaslab-${state}-${Math.random().toString(36).slice(2, 10)}`;

// `data-lm-suppress-shortcuts` keeps JupyterLab from taking a slider's arrow keys.
function sliderOf({ state, label, min, max, step, format }, put) {
  const id = idFor(state);
  const limit = typeof max === "function" ? max : () => max;
  const input = make("input", { id, type: "range", name: state, min, step, "data-lm-suppress-shortcuts": "" });
  const output = make("output", { for: id, "aria-live": "off" });   // the status line speaks
  input.addEventListener("input", () => put(state, Number(input.value)));
  return {
    row: make("div", { class: "aliaslab-slider" }, make("label", { for: id }, label), output, input),
    node: input,
    show(value, now) {
      const text = format(value);
      input.max = limit(now);
      input.value = value;
      output.textContent = text;
      input.setAttribute("aria-valuetext", text);
    },
  };
}

const wordFor = (option) => (typeof option === "boolean" ? ["off", "on"][Number(option)] : option);

// A choice among words, or between false and true, for a control with `options`.
function choiceOf({ state, label, options, idle }, put) {
  const id = idFor(state);
  const words = options.map(wordFor);
  const items = words.map((word) => make("option", { value: word }, word[0].toUpperCase() + word.slice(1)));
  const select = make("select", { id, name: state, "data-lm-suppress-shortcuts": "" }, ...items);
  const name = make("label", { for: id }, label);
  select.addEventListener("input", () => put(state, options[select.selectedIndex]));
  return {
    row: make("div", { class: "aliaslab-choice" }, name, select),
    node: select,
    show(value, now) {
      const why = idle?.(now);
      name.textContent = why ? `${label}: ${why}` : label;
      select.value = wordFor(value);
    },
  };
}

export function button(text, press) {
  const node = make("button", { type: "button", "data-lm-suppress-shortcuts": "" }, text);
  node.addEventListener("click", press);
  return node;
}

function sized(canvas, width, height) {
  const scale = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.height = `${height}px`;
  }
  const ctx = canvas.getContext("2d");
  ctx.setTransform(w / width, 0, 0, h / height, 0, 0);
  ctx.clearRect(0, 0, width, height);
  return ctx;
}

// Builds a figure in `el` and keeps it in step with the model.
//   key       [role, shape, text] for each kind of mark
//   controls  one per state: a slider { state, label, min, max, step, format }, whose max may depend on the
//             state, or a choice { state, label, options }; idle(state) says when it has nothing to do,
//             for a choice in words
//   buttons   nodes from button()
//   height    of the drawing, in CSS pixels, for its width
//   draw      draw(pen, state)
//   describe  describe(state) -> { label, status }: what the drawing shows, what to notice
//   note      a sentence below the buttons
//   allowed   allowed(state): the state that is shown, where one control limits another
// Gives { schedule, put, state, destroy }.
export function mount({ model, el }, { key, controls, buttons = [], height, draw, describe, note = "", allowed = (wanted) => wanted }) {
  const names = controls.map((control) => control.state);
  const state = () => allowed(Object.fromEntries(names.map((name) => [name, model.get(name)])));
  const put = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  const inputs = controls.map((control) => (control.options ? choiceOf : sliderOf)(control, put));
  const canvas = make("canvas", { role: "img" });
  const status = make("p", { class: "aliaslab-status", role: "status" });
  el.classList.add("aliaslab-figure");
  el.replaceChildren(keyOf(key), canvas, status, make("div", { class: "aliaslab-sliders" }, ...inputs.map((input) => input.row)));
  if (buttons.length) el.append(make("div", { class: "aliaslab-buttons" }, ...buttons));
  if (note) el.append(make("p", { class: "aliaslab-note" }, note));

  let frame = 0;
  let width = 0;
  let theme = null;

  function redraw() {
    frame = 0;
    if (!width) return;   // not on the page yet
    const started = performance.now();
    theme ??= readTheme(el);
    const now = state();
    const tall = height(width);
    draw({ ctx: sized(canvas, width, tall), width, height: tall, ...theme }, now);
    const said = describe(now);
    // an unchanged line is left alone, so that an animation does not make a screen reader repeat it
    if (status.textContent !== said.status) status.textContent = said.status;
    canvas.setAttribute("aria-label", said.label);
    inputs.forEach((input, i) => {
      input.show(now[names[i]], now);
      input.node.disabled = Boolean(controls[i].idle?.(now));
    });
    el.dataset.ms = (performance.now() - started).toFixed(2);
  }
  const schedule = () => { frame ||= requestAnimationFrame(redraw); };
  const unwatch = watchTheme(() => {
    theme = null;
    schedule();
  });
  const sizes = new ResizeObserver(() => {
    if (canvas.clientWidth === width) return;
    width = canvas.clientWidth;
    theme = null;
    schedule();
  });
  sizes.observe(el);
  for (const name of names) model.on(`change:${name}`, schedule);

  function destroy() {
    cancelAnimationFrame(frame);
    sizes.disconnect();
    unwatch();
    for (const name of names) model.off(`change:${name}`, schedule);
  }
  return { schedule, put, state, destroy };
}

// The clock of an animation: `tick(seconds since the last tick)` while it plays and is in view.
// It starts by itself only for readers who have not asked for less motion.
export function clock(el, tick, changed) {
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  let playing = !reduced.matches;
  let visible = false;
  let frame = 0;
  let last = 0;

  function run(now) {
    // after a pause, or in a slow tab, go on from here instead of leaping ahead
    tick(last ? Math.min((now - last) / 1000, 0.1) : 0);
    last = now;
    frame = requestAnimationFrame(run);
  }
  function update() {
    const wanted = playing && visible;
    if (wanted && !frame) frame = requestAnimationFrame(run);
    if (!wanted && frame) {
      cancelAnimationFrame(frame);
      frame = last = 0;
    }
    changed(playing);
  }
  function play(on) {
    playing = on;
    update();
  }
  const calm = () => { if (reduced.matches) play(false); };
  const view = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
    update();
  });
  view.observe(el);
  reduced.addEventListener("change", calm);
  return {
    play,
    get playing() { return playing; },
    destroy() {
      cancelAnimationFrame(frame);
      view.disconnect();
      reduced.removeEventListener("change", calm);
    },
  };
}
