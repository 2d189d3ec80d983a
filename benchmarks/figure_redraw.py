"""How long the interactive figures take to redraw in Chromium.

``python benchmarks/figure_redraw.py`` for all of them, or with the names of some.

Prints the median and the 90th percentile of the figures' own measure (``el.dataset.ms``: script
time from the start of a redraw to its last drawing call) over a sweep of each slider,
once for each value of a figure's last choice where it has choices.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from conftest import CHROMIUM_ARGS
from figures.figure_page import NAMES, write_page

STEPS = 40

# moves each slider through its range; a redraw follows each move in the next frame
SWEEP = """async ([name, steps]) => {
  const figure = document.querySelector(`#${name} .aliaslab-figure`);
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const times = [];
  const set = async (control, value) => {
    control.value = value;
    control.dispatchEvent(new Event("input"));
    await frame();
    times.push(Number(figure.dataset.ms));
  };
  const choices = [...figure.querySelectorAll("select")];
  for (const choice of choices) {
    const first = choice.value;
    for (const { value } of choice.options) await set(choice, value);
    await set(choice, first);   // one choice may make another idle
  }
  const last = choices.at(-1);
  for (const value of last ? Array.from(last.options, (option) => option.value) : [null]) {
    if (last) await set(last, value);
    for (const slider of figure.querySelectorAll("input:enabled")) {
      const [first, low, high] = [slider.value, Number(slider.min), Number(slider.max)];
      for (let i = 0; i <= steps; i++) await set(slider, low + (high - low) * i / steps);
      await set(slider, first);
    }
  }
  return times;
}"""


def main() -> None:
    names = sys.argv[1:] or NAMES
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    print(f"{'figure':<14}{'width':>6}{'redraws':>9}{'median ms':>11}{'90 % ms':>9}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = write_page(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        for width in (1280, 390):
            context = browser.new_context(
                viewport={"width": width, "height": 900}, device_scale_factor=2, reduced_motion="reduce"
            )
            tab = context.new_page()
            tab.goto(page.as_uri())
            for name in names:
                tab.locator(f"#{name}").scroll_into_view_if_needed()
                tab.wait_for_selector(f"#{name} .aliaslab-figure[data-ms]")
                times = tab.evaluate(SWEEP, [name, STEPS])
                ninetieth = statistics.quantiles(times, n=10)[-1]
                print(
                    f"{name:<14}{width:>6}{len(times):>9}{statistics.median(times):>11.2f}{ninetieth:>9.2f}"
                )
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
