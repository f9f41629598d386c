import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import { diff } from "./diff.ts";
import { promptOf } from "./text-of.ts";
import { tokenName } from "./words.ts";

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
  // Whichever of them is this run.
  expect(diff(cut, drawn).parting).toEqual([shorter, whole]);
});

/** The run with a node of another token, one whose text no other token has. */
function withOther(trace: Trace, node: number): Trace {
  const other = structuredClone(trace);
  const grow = other.events.find((it) => it.kind === "grow" && it.node === node);
  if (grow?.kind !== "grow" || !("token" in grow.input)) throw new Error("no such node");
  grow.input.token = 99_999;
  other.vocabulary[99_999] = " otherwise";
  return other;
}

test("a drawn token is told with its uniform and the odds of the model", () => {
  const at = drawn.events.findIndex((it) => it.kind === "sample" && it.purpose === "target");
  const [draw, grow] = [drawn.events[at]!, drawn.events.slice(at).find((it) => it.kind === "grow")];
  const scored = drawn.events.find((it) => it.kind === "score" && it.role === "target");
  if (draw.kind !== "sample" || grow?.kind !== "grow" || scored?.kind !== "score")
    throw new Error("not a drawn run");
  const [mine, theirs] = diff(drawn, withOther(drawn, grow.node)).parting!;
  expect(mine).toMatchObject({ u: draw.u, status: "chosen" });
  expect(mine.token).toBe(tokenName(drawn.vocabulary, draw.token));
  expect(theirs.token).toBe(tokenName({ 1: " otherwise" }, 1));
  const row = scored.rows.at(-1)!.top.slice(0, 5);
  expect(mine.choices.map((it) => [it.token, it.p])).toEqual(
    row.map(([token, logProb]) => [tokenName(drawn.vocabulary, token), Math.exp(logProb)]),
  );
});

test("a guess that was tested is told with the uniform of its test", () => {
  const judged = guessed.events.find((it) => it.kind === "judge" && it.accepted);
  if (judged?.kind !== "judge") throw new Error("nothing was kept");
  const [mine] = diff(guessed, withOther(guessed, judged.node)).parting!;
  expect(mine).toMatchObject({ u: judged.u, status: "accepted" });
  expect(judged.u).not.toBeNull();
});

test("words that begin alike differ as a whole, also where one run has cut them in two", () => {
  const [node, after] = drawn.events.flatMap((it) => (it.kind === "commit" ? it.nodes : []));
  const [whole, cut] = [withOther(drawn, node!), withOther(drawn, node!)];
  cut.vocabulary[99_999] = " other";
  const next = cut.events.find((it) => it.kind === "grow" && it.node === after);
  if (next?.kind !== "grow") throw new Error("no such node");
  next.input = { token: 99_998 };
  cut.vocabulary[99_998] = "s";
  for (const both of [
    [whole, cut],
    [cut, whole],
  ] as const)
    expect(diff(...both).shared).toBe("");
});

test("of runs with one text the first event that differs is named, also one too many", () => {
  const other = structuredClone(drawn);
  const at = other.events.findLastIndex((it) => it.kind === "sample");
  const draw = other.events[at]!;
  if (draw.kind !== "sample") throw new Error("not a drawn run");
  draw.u = (draw.u ?? 0) / 2;
  expect(diff(drawn, other)).toMatchObject({ parting: null, event: at });
  const longer = structuredClone(drawn);
  longer.events.push({ kind: "line", line: 1 });
  const { length } = drawn.events;
  expect(diff(drawn, longer)).toMatchObject({ parting: null, event: length });
  expect(diff(longer, drawn)).toMatchObject({ parting: null, event: length });
});

test("every setting that differs is named with both values", () => {
  const other = structuredClone(drawn);
  const target = other.models["target"]!;
  const before = target.hash;
  target.hash = "f".repeat(64);
  other.max_new_tokens++;
  other.vocabulary[other.prompt_tokens.at(-1)!] = " dragon";
  (other.params as Record<string, unknown>)["temperature"] = 0.123;
  const told = Object.fromEntries(diff(drawn, other).settings.map((it) => [it.name, it.values]));
  expect(told).toEqual({
    Prompt: [promptOf(drawn), promptOf(other)],
    "Most new tokens": [drawn.max_new_tokens, drawn.max_new_tokens + 1].map(String),
    "Model: target": [before.slice(0, 12), "f".repeat(12)].map((it) => `${target.name} ${it}`),
    temperature: [drawn.params, other.params].map((it) =>
      JSON.stringify((it as Record<string, unknown>)["temperature"]),
    ),
  });
});

test("runs of other methods differ in their method and parameters", () => {
  const names = diff(drawn, guessed).settings.map((it) => it.name);
  // Their first words begin with the same space, and differ as a whole.
  expect(diff(drawn, guessed).shared).toBe("");
  expect(names).toContain("Method");
  expect(names.some((it) => it.startsWith("Model: draft"))).toBe(true);
});
