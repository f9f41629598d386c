// @vitest-environment happy-dom
// Draws the states of small recorded runs and looks at what is there. The runs are of the toy
// models: `cargo run -p decoding --example toy_trace` wrote them.
import { afterEach, expect, test, vi } from "vitest";
import { tokenName } from "../trace/words.ts";
import { batch } from "./batch.ts";
import { braid } from "./braid.ts";
import { fitsOf, fitWidths } from "./braid-fit.ts";
import { curve } from "./curve.ts";
import { dependencies, numbersOf } from "./dependencies.ts";
import { grid } from "./grid.ts";
import { lanes } from "./lanes.ts";
import { lattice } from "./lattice.ts";
import { layers } from "./layers.ts";
import { columnAt, history } from "./layout/table.ts";
import { tables } from "./tables.ts";
import { stage } from "./stage.test-data.ts";
import type { View } from "./view.ts";

/** Places of a run that are looked at, the first and the last among them. */
const places = (length: number): number[] =>
  [...Array(length + 1).keys()].filter((it) => it % 11 === 0 || it === length);

// A drawing by a simulated browser takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

afterEach(() => document.body.replaceChildren());

const CASES: [string, View, string][] = [
  ["lattice of beams", lattice, "beams"],
  ["lattice with merges", lattice, "lattice"],
  ["braid", braid, "drafts"],
  ["grid of iterations", grid, "iterations"],
  ["dependencies of iterations", dependencies, "iterations"],
  ["dependencies of drawn guesses", dependencies, "drawn"],
  ["dependencies with an unproved part", dependencies, "glimpse"],
  ["grid of drawn guesses", grid, "drawn"],
  ["grid with an unproved part", grid, "glimpse"],
  ["grid of a window", grid, "window"],
  ["layers", layers, "layers"],
  ["tables of a pool", tables, "window"],
  ["tables of beams", tables, "beams"],
  ["curves", curve, "numbers"],
  ["lanes that overlap", lanes, "lanes"],
  ["a batch as a list", batch, "list"],
  ["a batch as a rectangle", batch, "rectangle"],
];

test.each(CASES)("%s: any state draws, one tab stop a widget, the same height", (_, view, name) => {
  const { fold, box, at, length } = stage(view, name);
  expect(view.applies(fold.head())).toBe(true);
  const heights = new Set<number>();
  for (let index = 0; index <= length; index++) {
    heights.add(view.height(at(index)));
    expect(box.innerHTML).not.toMatch(/NaN|Infinity|undefined|\[object/);
    for (const widget of box.querySelectorAll("[role=listbox], table")) {
      const stops = widget.querySelectorAll("[data-stop]");
      if (stops.length > 0)
        expect(widget.querySelectorAll("[data-stop][tabindex='0']")).toHaveLength(1);
      for (const stop of stops)
        expect(stop.getAttribute("aria-label") ?? stop.textContent!.trim()).not.toBe("");
    }
  }
  expect(heights.size).toBe(1);
});

test.each(CASES.slice(0, 9))("%s: a mark never moves once it stands", (_, view, name) => {
  const { box, at, length } = stage(view, name);
  const stands = new Map<string, string>();
  for (const index of places(length)) {
    at(index);
    for (const mark of box.querySelectorAll("g[data-stop]")) {
      const stop = mark.getAttribute("data-stop")!;
      const place = mark.getAttribute("transform")!;
      expect(place, `mark ${stop} after event ${index}`).toBe(stands.get(stop) ?? place);
      stands.set(stop, place);
    }
  }
  expect(stands.size).toBeGreaterThan(3);
});

test.each(CASES)("%s: looking back shows what was there before", (_, view, name) => {
  const { box, at, length } = stage(view, name);
  const drawn = () => box.innerHTML.replace(/<!--.*?-->/g, "");
  const third = Math.floor(length / 3);
  at(third);
  const before = drawn();
  at(length);
  if (name !== "numbers") expect(drawn()).not.toBe(before);
  at(third);
  expect(drawn()).toBe(before);
});

test("merged nodes are not drawn, and every merge is one strand at most", () => {
  const { fold, box, at, length } = stage(lattice, "lattice");
  at(length);
  const { merges } = fold.head();
  expect(merges.length).toBeGreaterThan(0);
  for (const { event } of merges)
    expect(box.querySelector(`[data-stop="${event.from}"]`)).toBeNull();
  const paths = [...box.querySelectorAll(".join .merged")].map((it) => it.getAttribute("d"));
  expect(paths.length).toBeGreaterThan(0);
  expect(paths.length).toBeLessThanOrEqual(merges.length);
  expect(new Set(paths).size).toBe(paths.length);
});

test("a beam stands on the rank of its sum, and the finished text has its ranked score", () => {
  const { fold, box, at, length } = stage(lattice, "beams");
  const first = fold.head().rounds[1]!.last + 1;
  at(first);
  const rows = [...fold.at(first).tables.get("beams")!.rows.values()];
  const heightOf = (node: unknown) => {
    const place = box.querySelector(`[data-stop="${String(node)}"]`)!.getAttribute("transform")!;
    return Number(/ ([\d.]+)\)/.exec(place)![1]);
  };
  const places = rows.map((it) => heightOf(it.cells[1]));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  at(length);
  expect(box.querySelector(".fate-finished.best .small")!.textContent).toBe("−0.57");
});

test("the weights of every step of the drafts sum to one", () => {
  const { fold } = stage(braid, "drafts");
  const steps = history(fold.head().tables.get("drafts")!);
  expect(steps.length).toBeGreaterThan(1);
  for (const step of steps) {
    const weights = [...step.rows.values()].map((it) => Number(it.cells[columnAt(step, "weight")]));
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  }
});

test("a bar under each token splits its cost between the model and the n-grams", () => {
  expect(fitWidths({ model: -1, ngram: -2 }, 60)).toEqual([10, 20]);
  // Beyond the full bar the shares stay.
  expect(fitWidths({ model: -3, ngram: -9 }, 60)).toEqual([15, 45]);
  const { fold, box, at, length } = stage(braid, "drafts");
  at(length);
  const fits = fitsOf(fold.head());
  const bars = [...box.querySelectorAll(".word")].map((word) => {
    const node = Number(word.getAttribute("data-node"));
    const wide = (part: string) => Number(word.querySelector(`.${part}`)!.getAttribute("width"));
    return { fit: fits.get(node)!, widths: [wide("fit-model"), wide("fit-ngram")] };
  });
  expect(bars.length).toBeGreaterThan(3);
  for (const { fit, widths } of bars) {
    const wanted = fitWidths(fit, 66);
    expect(widths[0]).toBeCloseTo(wanted[0], 0);
    expect(widths[1]).toBeCloseTo(wanted[1], 0);
  }
});

test("a draft that the blend no longer stands for is hatched, and its name says why", () => {
  const { fold, trace, box, at, length } = stage(braid, "drafts");
  const heads = [...fitsOf(fold.head()).keys()].slice(-2);
  const names = ["draft", "node", "shared best", "own best", "verdict", "cosine"];
  const columns = names.map((name) => ({ name, kind: "text" as const }));
  const rows = heads.map((node, i) => ["AB"[i]!, node, 2, 3, i ? "exact" : "approximate", 0.87]);
  fold.append([{ kind: "table", name: "drift", change: "set", columns, rows }]);
  expect(length).toBe(trace.events.length);
  at(length);
  expect(box.querySelectorAll(".word .approximate")).toHaveLength(0);
  at(length + 1);
  const hatched = [...box.querySelectorAll(".word")].filter((it) =>
    it.querySelector(".approximate"),
  );
  expect(hatched.map((it) => Number(it.getAttribute("data-node")))).toEqual([heads[0]]);
  expect(hatched[0]!.getAttribute("aria-label")).toMatch(
    /cosine .* 0\.870; approximate: .*prefers/,
  );
  expect(hatched[0]!.textContent).toContain("0.87");
});

test("a number key looks at one draft alone", () => {
  const { box, at, length } = stage(braid, "drafts");
  let asked: unknown;
  const end = Math.floor(length / 2);
  at(end, { setOption: (name, value) => (asked = [name, value]) });
  expect(box.querySelectorAll(".dim")).toHaveLength(0);
  const stop = box.querySelector("[data-stop]")!;
  stop.dispatchEvent(new KeyboardEvent("keydown", { key: "2", bubbles: true }));
  expect(asked).toEqual(["draft", "B"]);
  at(end, { options: { draft: "B" } });
  expect(box.querySelectorAll(".word.dim").length).toBeGreaterThan(0);
  expect(box.querySelectorAll(".word:not(.dim)").length).toBeGreaterThan(0);
});

test("fixed cells hold the final text", () => {
  const { trace, box, at, length } = stage(grid, "iterations");
  at(length);
  const fixed = [...box.querySelectorAll(".guess-cell.fixed[data-stop]")];
  expect(fixed.length).toBeGreaterThanOrEqual(trace.tokens.length);
  for (const cell of fixed) {
    const position = Number(cell.getAttribute("data-stop")!.split(":")[1]);
    const token = trace.tokens[position - trace.prompt_tokens.length]!;
    expect(cell.querySelector(".code")!.textContent).toBe(tokenName(trace.vocabulary, token));
  }
});

test("a place of the dependency graph is filled where its guess is the final token", () => {
  const { trace, fold, box, at, length } = stage(dependencies, "iterations");
  at(length);
  const text = [...trace.prompt_tokens, ...trace.tokens];
  const cells = [...fold.head().tables.get("grid")!.rows.values()].map((it) => it.cells);
  expect(cells.length).toBe(box.querySelectorAll(".place[data-stop]").length);
  for (const [, row, column, token, state] of cells) {
    const place = box.querySelector(`[data-stop="${String(row)}:${String(column)}"]`)!;
    const right = token === text[Number(column)];
    const kind = state === "fixed" ? "proved" : right ? "ahead" : "wrong";
    expect(place.classList.contains(kind), place.getAttribute("aria-label")!).toBe(true);
  }
});

test.each(["iterations", "drawn"])("%s: the dependency graph counts what happened", (name) => {
  const { trace, fold, at, texts, length } = stage(dependencies, name);
  at(length);
  const passes = trace.events.filter((it) => it.kind === "score");
  const fed = passes.reduce((sum, it) => sum + it.nodes.length - 1, 0);
  const kept = trace.events.filter((it) => it.kind === "judge" && it.accepted).length;
  expect(kept > 0).toBe(name === "drawn");
  const want = { iterations: passes.length, tokens: trace.tokens.length, fed, wasted: fed - kept };
  expect(numbersOf(fold.head())).toEqual(want);
  expect(texts(".graph-numbers dd")[0]).toBe(String(passes.length));
  expect(texts(".row-says")[0]).toMatch(/^Pass \d+ made \d+ tokens? final/);
});

test("nothing of the future shows in the dependency graph", () => {
  const { fold, box, at, length } = stage(dependencies, "iterations");
  for (const index of places(length)) {
    at(index);
    const known = fold.at(index).lanes[0]?.path.length ?? 0;
    for (const place of box.querySelectorAll(".place.ahead, .place.wrong")) {
      if (!place.hasAttribute("data-stop")) continue;
      const column = Number(place.getAttribute("data-stop")!.split(":")[1]);
      expect(column).toBeLessThan(known);
    }
  }
});

test("a guess is not right because it was taken without a proof", () => {
  const { fold, box, at, length } = stage(dependencies, "glimpse");
  const unproved = fold.head().nodes.filter((it) => it.by === "approximate");
  const cells = [...fold.head().tables.get("grid")!.rows.values()].map((it) => it.cells);
  const same = cells.filter(([, , column, token]) =>
    unproved.some((it) => it.depth === column && it.token === token),
  );
  // Earlier passes had guessed the same tokens already.
  expect(same.length).toBeGreaterThan(unproved.length);
  at(length);
  for (const { depth } of unproved) {
    expect(box.querySelectorAll(`.place.ahead[data-stop$=":${depth}"]`)).toHaveLength(0);
    expect(box.querySelectorAll(`.place.unproved[data-stop$=":${depth}"]`)).toHaveLength(1);
  }
});

test("places of drawn guesses may be coloured by age or by odds, in bars as well", () => {
  const { fold, box, at, length } = stage(grid, "drawn");
  let asked: unknown;
  at(length, { setOption: (name, value) => (asked = [name, value]) });
  expect(box.querySelectorAll(".share")).toHaveLength(0);
  box.querySelectorAll<HTMLElement>(".colours button")[1]!.click();
  expect(asked).toEqual(["colour", "odds"]);
  at(length, { options: { colour: "odds" } });
  const cells = [...fold.head().tables.get("grid")!.rows.values()].map((it) => it.cells);
  const told = cells.filter((it) => typeof it[6] === "number");
  expect(told.length).toBeGreaterThan(10);
  expect(box.querySelectorAll(".share")).toHaveLength(told.length);
  for (const [, row, column, , , , odds] of told) {
    const place = box.querySelector(`[data-stop="${String(row)}:${String(column)}"]`)!;
    const width = Number(place.querySelector(".share")!.getAttribute("width"));
    const whole = Number(place.querySelector(".body")!.getAttribute("width"));
    expect(width / whole).toBeCloseTo(Number(odds), 4);
    expect(place.getAttribute("aria-label")).toMatch(/to be kept$/);
  }
  at(length, { options: { colour: "age" } });
  expect(box.querySelectorAll(".share")).toHaveLength(cells.length);
});

test("a diagonal of the window and the phrase it left carry the same node", () => {
  const { box, at, fold, length } = stage(grid, "window");
  let seen = 0;
  for (let index = 0; index <= length; index++) {
    if (fold.events[index - 1]?.kind !== "table") continue;
    at(index);
    for (const phrase of box.querySelectorAll(".phrase.new[data-node]")) {
      const node = phrase.getAttribute("data-node")!;
      const cells = [...box.querySelectorAll(`.guess-cell[data-node="${node}"] .code`)];
      if (cells.length === 0) continue;
      seen++;
      const words = [...phrase.querySelectorAll("span")].map((it) => it.textContent);
      // The first cell of a diagonal is the key; the phrase is what follows.
      expect(cells.map((it) => it.textContent).slice(1)).toEqual(words);
    }
  }
  expect(seen).toBeGreaterThan(3);
});

test("arrows move focus through a picture", () => {
  const { box, at, length } = stage(lattice, "beams");
  at(length);
  const press = (key: string) =>
    document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const at_ = () => document.activeElement!.getAttribute("data-stop");
  box.querySelector<HTMLElement>("[tabindex='0']")!.focus();
  const start = at_();
  press("ArrowLeft");
  const parent = at_();
  expect(parent).not.toBe(start);
  press("ArrowRight");
  expect(at_()).toBe(start);
  press("ArrowLeft");
  press("ArrowDown");
  expect(at_()).not.toBe(parent);
  press("ArrowUp");
  expect(at_()).toBe(parent);
});

test.each([324, 536, 800])(
  "the names at the ends of curves stay inside a stage of %i px",
  (width) => {
    const { at, box, length } = stage(curve, "numbers");
    at(length, { width });
    const plots = [...box.querySelectorAll(".curves svg")];
    expect(plots.length).toBeGreaterThan(0);
    for (const plot of plots) {
      const wide = Number(plot.getAttribute("width"));
      expect(wide).toBeLessThanOrEqual(width - 32);
      for (const name of plot.querySelectorAll(".curve text")) {
        const end = Number(name.getAttribute("x")) + 6 * name.textContent!.length;
        expect([name.textContent, end]).toEqual([name.textContent, Math.min(end, wide)]);
      }
    }
  },
);

test.each(["beams", "numbers"])(
  "no cell of the tables of %s borrows the text band's type",
  (name) => {
    const { at, box, length } = stage(tables, name);
    at(length);
    const cells = [...box.querySelectorAll(".plain th, .plain td:not(.fresh)")].filter(
      (it) => it.className,
    );
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) expect(cell.className).toMatch(/^of-/);
  },
);
