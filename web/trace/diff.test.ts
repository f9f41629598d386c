import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import { diff } from "./diff.ts";

const read = (id: string) =>
  JSON.parse(
    readFileSync(new URL(`../../tests/golden/${id}.json`, import.meta.url), "utf8"),
  ) as Trace;
const drawn = read("basic-sampling");
const guessed = read("speculative-decoding");

test("a run and itself are the same", () => {
  expect(diff(drawn, drawn)).toMatchObject({ settings: [], parting: null, event: null });
});

test("the first token that differs is found, with what each run chose from", () => {
  // Another word in the fifth place of the answer, of a node that is text.
  const other = structuredClone(drawn);
  const place = 4;
  const committed = other.events.flatMap((it) => (it.kind === "commit" ? it.nodes : []));
  const node = committed[place]!;
  const grow = other.events.find((it) => it.kind === "grow" && it.node === node);
  if (grow?.kind !== "grow" || !("token" in grow.input)) throw new Error("no such node");
  const old = grow.input.token;
  const [first] = Object.entries(other.vocabulary).find(
    ([id, text]) => Number(id) !== old && text !== other.vocabulary[old] && text === " the",
  ) ?? [String(drawn.prompt_tokens.at(-1))];
  grow.input.token = Number(first);
  other.seed = drawn.seed + 1;
  const { settings, shared, parting, event } = diff(drawn, other);
  expect(settings).toEqual([
    { name: "Seed", values: [String(drawn.seed), String(drawn.seed + 1)] },
  ]);
  expect(event).toBeNull();
  const [mine, theirs] = parting!;
  expect([mine.place, theirs.place]).toEqual([place, place]);
  expect(mine.token).not.toBe(theirs.token);
  expect(shared.length).toBeGreaterThan(0);
  expect(mine.choices.find((it) => it.chosen)?.token).toBe(mine.token);
  expect(mine.choices.map((it) => it.p)).toEqual(
    mine.choices.map((it) => it.p).sort((a, b) => b - a),
  );
  // After that step the token is text, and before it is not.
  const written = drawn.events.findIndex((it) => it.kind === "commit" && it.nodes.includes(node));
  expect(mine.step).toBe(written + 1);
});

test("a text that goes on after the other has ended parts there", () => {
  const cut = structuredClone(drawn);
  const last = cut.events.findLastIndex((it) => it.kind === "commit");
  cut.events = cut.events.slice(0, last);
  const [whole, shorter] = diff(drawn, cut).parting!;
  expect(shorter.token).toBeNull();
  expect(shorter.place).toBe(whole.place);
  expect(whole.token).not.toBeNull();
});

test("runs of other methods differ in their method and parameters", () => {
  const names = diff(drawn, guessed).settings.map((it) => it.name);
  // Their first words begin with the same space, and differ as a whole.
  expect(diff(drawn, guessed).shared).toBe("");
  expect(names).toContain("Method");
  expect(names.some((it) => it.startsWith("Model: draft"))).toBe(true);
});
