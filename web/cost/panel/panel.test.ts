// @vitest-environment happy-dom
// Draws the panel for every recorded run, and chooses machines as a reader does.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Fold } from "../../trace/fold.ts";
import { loadTrace } from "../../trace/load.ts";
import { stats } from "../../trace/stats.ts";
import type { Scene } from "../../views/view.ts";
import { bestGamma } from "../acceptance.ts";
import { place } from "./best-map.ts";
import { choose, current, move } from "./chosen.ts";
import { CostPanel } from "./panel.ts";
import { times, unit } from "./units.ts";

const files = import.meta.glob<string>("../../../tests/golden/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});
const PARTS = ["machine", "acceptance", "latency"] as const;

/** A panel for a recorded run, at a share of it. */
async function open(name: string, share = 1, change: Partial<Scene> = {}): Promise<CostPanel> {
  const trace = loadTrace(files[`../../../tests/golden/${name}.json`]!);
  const fold = new Fold(trace.events);
  const panel = new CostPanel();
  panel.scene = {
    state: fold.at(Math.round(share * trace.events.length)),
    end: fold.head(),
    vocabulary: trace.vocabulary,
    recorded: trace.recorded,
    models: trace.models,
    params: {},
    width: 560,
    selection: { node: null, token: null, round: null },
    options: {},
    setOption: () => {},
    motion: false,
    ...change,
  };
  document.body.append(panel);
  await panel.updateComplete;
  return panel;
}

const find = (panel: CostPanel, id: string): HTMLElement =>
  panel.shadowRoot!.querySelector<HTMLElement>(`[data-testid="${id}"]`)!;
const text = (panel: CostPanel, id: string): string =>
  find(panel, id).textContent!.replace(/\s+/g, " ");

async function show(panel: CostPanel, part: (typeof PARTS)[number]): Promise<string> {
  find(panel, `part-${part}`).click();
  await panel.updateComplete;
  return panel.shadowRoot!.innerHTML;
}

beforeEach(() => choose("eight cores"));
afterEach(() => document.body.replaceChildren());

describe.each(Object.keys(files).map((it) => it.match(/([^/]+)\.json$/)![1]!))("%s", (name) => {
  test("draws in every part", async () => {
    const panel = await open(name);
    for (const part of PARTS) await looksRight(panel, part);
  });
});

test.each(["pearl", "beam-search", "bass"])("%s draws before it began and within", async (name) => {
  for (const share of [0, 0.5]) {
    const panel = await open(name, share);
    for (const part of PARTS) await looksRight(panel, part);
    panel.remove();
  }
});

async function looksRight(panel: CostPanel, part: (typeof PARTS)[number]): Promise<void> {
  const drawn = await show(panel, part);
  expect(drawn).not.toMatch(/NaN|Infinity|undefined|\[object/);
  expect(drawn).toMatch(/modelled/i);
}

test("the price follows the machine, on every panel of the page", async () => {
  const [one, two] = [await open("speculative-decoding"), await open("opt-tree")];
  const before = [text(one, "modelled"), text(two, "modelled")];
  const measured = text(one, "measured");
  const select = find(one, "machine") as HTMLSelectElement;
  select.value = "one slow core";
  select.dispatchEvent(new Event("change"));
  await Promise.all([one.updateComplete, two.updateComplete]);
  for (const [i, panel] of [one, two].entries()) {
    expect(text(panel, "modelled")).not.toBe(before[i]);
    expect(text(panel, "modelled")).toContain("one slow core");
  }
  expect(text(one, "modelled")).toContain("slower than plain decoding");
  // What was measured knows nothing of the machine.
  expect(text(one, "measured")).toBe(measured);
});

test("moving a constant makes a machine of one's own, and the table prices it too", async () => {
  const panel = await open("speculative-decoding");
  const rows = () => panel.shadowRoot!.querySelectorAll("[data-testid=prices] tbody tr").length;
  expect(rows()).toBe(5);
  const slider = find(panel, "constant-launch") as HTMLInputElement;
  slider.value = "5e-5";
  slider.dispatchEvent(new Event("input"));
  await panel.updateComplete;
  expect(rows()).toBe(6);
  expect(current().machine).toMatchObject({ name: "my own", launch: 5e-5, bandwidth: 30e9 });
  expect(text(panel, "modelled")).toContain("my own");
  move({ launch: 0 });
  await panel.updateComplete;
  expect(rows()).toBe(6);
});

test("the reader's own α, c and γ go into the sentence", async () => {
  const panel = await open("speculative-decoding");
  await show(panel, "acceptance");
  for (const [knob, value] of [
    ["alpha", "0.8"],
    ["c", "0.05"],
    ["gamma", "5"],
  ] as const) {
    const slider = find(panel, `knob-${knob}`) as HTMLInputElement;
    slider.value = value;
    slider.dispatchEvent(new Event("input"));
  }
  await panel.updateComplete;
  // Worked by hand on the card: 3.68928 tokens, 2.95142 times as fast.
  expect(text(panel, "gain")).toMatch(/3\.69 tokens on average, and is 2\.95× as fast/);
});

test("a run of unknown models is measured all the same", async () => {
  const panel = await open("speculative-decoding", 1, { models: {} });
  expect(panel.shadowRoot!.textContent).toContain("does not say how large the models");
  const { state, recorded } = panel.scene!;
  const ms = stats(state, recorded, true).times!.total;
  expect(text(panel, "measured")).toContain(`this run ${Number(ms.toPrecision(3))} ms`);
  for (const part of PARTS) expect(await show(panel, part)).not.toMatch(/NaN|undefined/);
});

test("a value between two steps of the map lies between them", () => {
  expect(place([0.3, 0.5, 0.9], 0.4)).toBeCloseTo(0.5, 12);
  expect(place([1, 0.5, 0.1], 0.3)).toBeCloseTo(1.5, 12);
  expect([place([0.3, 0.5], 0.1), place([0.3, 0.5], 0.9)]).toEqual([0, 1]);
  expect([place([1, 0.5, 0.1], 0), place([1, 0.5, 0.1], 2)]).toEqual([2, 0]);
});

test("the map holds the table of the card", async () => {
  const panel = await open("basic-sampling");
  await show(panel, "acceptance");
  const cells = [...panel.shadowRoot!.querySelectorAll(".cell-text")].map((it) =>
    Number(it.textContent),
  );
  // Rows from c = 1 down to .02, columns from α = .3 to .95.
  expect(cells).toHaveLength(140);
  expect(cells[9 * 14 + 10]).toBe(bestGamma(0.8, 0.02).gamma);
  expect(cells[5 * 14 + 4]).toBe(1);
});

test("numbers keep three digits and a fitting prefix", () => {
  expect(unit(30e9, "B/s")).toBe("30 GB/s");
  expect(unit(0.00146, "s")).toBe("1.46 ms");
  expect(unit(0.9999e-3, "s")).toBe("1 ms");
  expect(unit(0, "s")).toBe("0 s");
  expect(unit(100e-12, "J")).toBe("100 pJ");
  expect([times(1.6612), times(12.34), times(0.5)]).toEqual(["1.66×", "12.3×", "0.50×"]);
});
