// @vitest-environment happy-dom
// Prompts that share passes: `fixtures/list.json` and `fixtures/rectangle.json` are the same run of
// three prompts of two toys, without and with padding.
import { afterEach, expect, test } from "vitest";
import { stats } from "../trace/stats.ts";
import { batch, fedIn } from "./batch.ts";
import { shapeOf } from "./layout/batch.ts";
import { stage } from "./stage.test-data.ts";

afterEach(() => document.body.replaceChildren());

/** Places just after a pass of the target. */
const passes = (events: readonly { kind: string; role?: string }[]): number[] =>
  events.flatMap((it, i) => (it.kind === "score" && it.role === "target" ? [i + 1] : []));

test("the list has a cell for every row, the rectangle as many for every prompt", () => {
  const { box, at, trace } = stage(batch, "list");
  let wasted = 0;
  for (const place of passes(trace.events)) {
    const { state } = at(place);
    const pass = state.passes.at(-1)!;
    const shape = shapeOf(fedIn(state, pass));
    expect(shape.list).toBe(pass.nodes.length + pass.ancestors.length);
    expect(box.querySelectorAll(".flat .seat")).toHaveLength(shape.list);
    expect(box.querySelectorAll(".line .seat")).toHaveLength(shape.rectangle);
    const padding = box.querySelectorAll(".line .seat.padding").length;
    expect(padding).toBe(shape.rectangle - shape.list);
    wasted += padding;
  }
  expect(wasted).toBeGreaterThan(5);
});

test("each shape says whether it was computed", () => {
  for (const [name, computed] of [
    ["list", /^A list/],
    ["rectangle", /^A rectangle/],
  ] as const) {
    const { texts, at, length } = stage(batch, name);
    at(length);
    const headings = texts(".shape h3");
    expect(headings).toHaveLength(2);
    expect(headings[0]).toMatch(computed);
    expect(headings[0]).toContain("computed here");
    expect(headings[1]).toContain("not computed");
  }
});

test("padding that was computed fills the rectangle, and changes no text", () => {
  const [list, rectangle] = [stage(batch, "list"), stage(batch, "rectangle")];
  expect(rectangle.trace.tokens).toEqual(list.trace.tokens);
  expect(rectangle.trace.outputs.map((it) => it.tokens)).toEqual(
    list.trace.outputs.map((it) => it.tokens),
  );
  for (const place of passes(rectangle.trace.events)) {
    const { state } = rectangle.at(place);
    const shape = shapeOf(fedIn(state, state.passes.at(-1)!));
    expect(shape.list + shape.padding).toBe(shape.rectangle);
  }
});

test("padding is no guess, and tokens of all prompts count", () => {
  const [list, rectangle] = [stage(batch, "list"), stage(batch, "rectangle")];
  const [one, other] = [list, rectangle].map((it) => stats(it.fold.head(), null, false));
  expect(other!.drafted).toBe(one!.drafted);
  expect(other!.judged).toBe(one!.judged);
  expect(one!.tokens).toBe(
    list.trace.tokens.length + list.trace.outputs.reduce((sum, it) => sum + it.tokens.length, 0),
  );
});

test("every prompt has its text and its length", () => {
  const { texts, at, length, trace } = stage(batch, "list");
  at(length);
  expect(texts(".letter")).toEqual(["A", "B", "C"]);
  expect(texts(".member-size").every((it) => /^\d+ tokens, done$/.test(it))).toBe(true);
  expect(texts(".member-size")[0]).toBe(`${trace.tokens.length} tokens, done`);
});
