// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from "vitest";
import { checkTrace } from "../trace/load.ts";
import { toyText, toyTrace } from "../trace/toy.test-data.ts";
import { VIEWS } from "../views/index.ts";
import { DecodescopeFigure } from "./decodescope-figure.ts";

async function shown(trace: DecodescopeFigure["trace"]): Promise<DecodescopeFigure> {
  const figure = new DecodescopeFigure();
  figure.trace = trace;
  document.body.replaceChildren(figure);
  await figure.updateComplete;
  return figure;
}
const all = (figure: DecodescopeFigure, selector: string): HTMLElement[] => [
  ...figure.shadowRoot!.querySelectorAll<HTMLElement>(selector),
];

describe("a figure", () => {
  let figure: DecodescopeFigure;
  beforeEach(async () => {
    figure = await shown(toyTrace);
  });

  test("shows the text of the place it is at", async () => {
    expect(all(figure, ".token")).toHaveLength(0);
    figure.seek(figure.length);
    await figure.updateComplete;
    expect(all(figure, ".token")).toHaveLength(26);
    const text = all(figure, ".text .unseen")[0]!.textContent;
    expect(text).toBe(
      [...toyTrace.prompt_tokens, ...toyTrace.tokens].map((it) => ` ${it}`).join(""),
    );
  });

  test("steps by the keyboard", async () => {
    const stage = all(figure, ".figure")[0]!;
    const press = (key: string, shiftKey = false) =>
      stage.dispatchEvent(
        new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, composed: true }),
      );
    press("ArrowRight");
    expect(figure.index).toBe(1);
    press("ArrowRight", true);
    expect(figure.index).toBe(2);
    press("End");
    expect(figure.index).toBe(figure.length);
    press("ArrowLeft");
    expect(figure.index).toBe(figure.length - 1);
    press("5");
    expect(figure.index).toBe(Math.round(figure.length / 2));
  });

  test("tells where it is and what is selected", async () => {
    const places: number[] = [];
    figure.addEventListener("place", (it) => places.push((it as CustomEvent).detail.index));
    figure.seek(9);
    expect(places).toEqual([9]);
    const picked: unknown[] = [];
    figure.addEventListener("select", (it) => picked.push((it as CustomEvent).detail));
    figure.select({ node: 3, token: null, round: null });
    expect(picked).toEqual([{ node: 3, token: null, round: null }]);
  });

  test("marks one token in every band at once", async () => {
    figure.seek(26);
    await figure.updateComplete;
    figure.select({ node: 2, token: null, round: null });
    await figure.updateComplete;
    const marked = all(figure, "[marked]");
    expect(marked.some((it) => it.matches(".token"))).toBe(true);
    expect(marked.some((it) => it.matches(".chip"))).toBe(true);
    expect(marked.some((it) => it.matches(".column"))).toBe(true);
    expect(marked.every((it) => ["2", undefined].includes(it.dataset["node"]))).toBe(true);
  });

  test("has one tab stop in each widget", async () => {
    figure.seek(26);
    await figure.updateComplete;
    for (const widget of all(figure, "[role=listbox],[role=toolbar],[role=tablist],[role=tree]"))
      expect(widget.querySelectorAll("[tabindex='0']")).toHaveLength(1);
  });

  test("no guess moves while its round grows", async () => {
    const moved: string[] = [];
    let round = 0;
    let before = new Map<string, string>();
    let seen = 0;
    for (let index = 0; index <= figure.length; index++) {
      figure.seek(index);
      await figure.updateComplete;
      if (figure.state.rounds.length !== round) before = new Map();
      round = figure.state.rounds.length;
      for (const chip of all(figure, ".chip")) {
        const [id, place] = [chip.dataset["node"]!, chip.getAttribute("transform")!];
        if ((before.get(id) ?? place) !== place) moved.push(id);
        before.set(id, place);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(300);
    expect(moved).toEqual([]);
  });

  test("the pictures draw every place of the run", async () => {
    for (const view of VIEWS.filter((it) => it.applies(figure.state))) {
      figure.view = view.id;
      for (let index = 0; index <= figure.length; index += 7) {
        figure.seek(index);
        await figure.updateComplete;
      }
    }
  });
});

test("a live run grows, and the reader may look back", async () => {
  const figure = await shown({ events: [], vocabulary: {} });
  figure.live = true;
  await figure.updateComplete;
  figure.appendEvents(toyTrace.events.slice(0, 30), toyTrace.vocabulary);
  await figure.updateComplete;
  expect(figure.index).toBe(30);
  figure.seek(5);
  figure.appendEvents(toyTrace.events.slice(30, 60));
  expect([figure.index, figure.length]).toEqual([5, 60]);
  figure.finish(toyTrace);
  expect([figure.index, figure.length]).toEqual([5, toyTrace.events.length]);
});

test("hostile text is shown as text", async () => {
  const bad = '<img src=x onerror="globalThis.hacked = true">';
  const trace = JSON.parse(toyText);
  for (const id of Object.keys(trace.vocabulary)) trace.vocabulary[id] = bad;
  for (const event of trace.events) {
    if (event.kind === "note") event.text = bad;
    if (event.kind === "grow" && event.by === "draft") event.by = bad;
    if (event.kind === "prune") event.reason = bad;
    if (event.kind === "sample") for (const stage of event.stages) stage.name = bad;
  }
  const figure = await shown(checkTrace(trace));
  for (const view of VIEWS) {
    figure.view = view.id;
    for (const index of [20, 24, figure.length]) {
      figure.seek(index);
      await figure.updateComplete;
      expect(all(figure, "img")).toHaveLength(0);
    }
  }
  expect(all(figure, ".text .unseen")[0]!.textContent).toContain("<img");
  expect("hacked" in globalThis).toBe(false);
});
