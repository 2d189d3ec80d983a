// Starts the figures of a book page: no kernel, no network, and also from a file on disk.
// Each placeholder names its figure and state; each figure's script has put its module into
// `aliaslabFigures`.  A module gets the part of the anywidget protocol that figures use.
(() => {
  class Model {
    #state;
    #handlers = new Map();
    constructor(state) { this.#state = { ...state }; }
    get(key) { return this.#state[key]; }
    set(key, value) {
      if (Object.is(this.#state[key], value)) return;
      this.#state[key] = value;
      this.#emit(`change:${key}`, value);
      this.#emit("change", value);
    }
    on(names, fn) {
      for (const name of names.split(" ")) {
        if (!this.#handlers.has(name)) this.#handlers.set(name, new Set());
        this.#handlers.get(name).add(fn);
      }
    }
    off(names, fn) { for (const name of names.split(" ")) this.#handlers.get(name)?.delete(fn); }
    save_changes() {}   // no kernel to tell
    #emit(name, value) { for (const fn of this.#handlers.get(name) ?? []) fn(this, value); }
  }

  function start(box) {
    const { figure, state } = box.dataset;
    const el = document.createElement("div");
    try {
      window.aliaslabFigures[figure].render({ model: new Model(JSON.parse(state)), el });
    } catch (error) {   // the static image stays
      box.dataset.error = String(error);
      console.error(error);
      return;
    }
    box.append(el);
    box.querySelector(".aliaslab-static").hidden = true;
    box.dataset.ready = "";
  }

  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { near.unobserve(entry.target); start(entry.target); }
  }, { rootMargin: "600px" });
  for (const box of document.querySelectorAll(".aliaslab-mount")) near.observe(box);
})();
