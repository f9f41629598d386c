import { expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import several from "../../tests/golden/bass.json";
import recorded from "../../tests/golden/speculative-decoding.json";
import { bytesOf } from "../trace/words.ts";
import { latex, lines, markdown } from "./rounds.ts";

const trace = recorded as unknown as Trace;
const decoder = new TextDecoder();

test("the rounds together are the answer", () => {
  const told = lines(trace);
  expect(told.reduce((sum, it) => sum + it.passes, 0)).toBe(
    trace.events.filter((it) => it.kind === "score" && it.role === "target").length,
  );
  const judged = trace.events.flatMap((it) => (it.kind === "judge" ? [it.accepted] : []));
  expect(told.reduce((sum, it) => sum + it.accepted, 0)).toBe(judged.filter(Boolean).length);
  const guesses = trace.events.filter((it) => it.kind === "grow" && it.by === "draft");
  expect(told.reduce((sum, it) => sum + it.drafted, 0)).toBe(guesses.length);
});

test.each([
  ["one text", trace],
  ["the first of several texts", several as unknown as Trace],
])("the words of the rounds are the answer, white space made visible: %s", (_, trace) => {
  const text = trace.tokens.map((it) => decoder.decode(bytesOf(trace.vocabulary, it))).join("");
  const shown = lines(trace)
    .map((it) => it.text)
    .join("");
  expect(text).toMatch(/ /);
  expect(shown).not.toMatch(/\s/);
  expect(shown.replaceAll("␣", " ").replaceAll("↵", "\n")).toBe(text);
});

const TITLES = ["round", "target passes", "guessed", "kept", "text"];

/** A line as the tables must show it, below these titles; its text apart. */
const cellsOf = ({ round, passes, drafted, accepted }: ReturnType<typeof lines>[0]): string[] =>
  [round, passes, drafted, accepted].map(String);

test.each([
  ["Markdown", markdown, /^\| | \|$/g, " | ", 2],
  ["LaTeX", latex, / \\\\$/g, " & ", 2],
] as const)("in %s every line stands below its titles", (_, write, edges, between, after) => {
  const plain = write(saying("x"))
    .split("\n")
    .map((it) => it.replace(edges, "").split(between));
  const head = plain.findIndex((it) => it[0] === "round");
  expect(plain[head]).toEqual(TITLES);
  const told = lines(saying("x"));
  // Columns that were mixed up would show.
  expect(told.some((it) => new Set(cellsOf(it)).size === 4)).toBe(true);
  const rows = plain.slice(head + after, head + after + told.length);
  expect(rows.map((it) => it.slice(0, 4))).toEqual(told.map(cellsOf));
  expect(rows.map((it) => it[4])).toEqual(told.map((it) => it.text));
  expect(told.map((it) => it.round)).toEqual(told.map((_, i) => i + 1));
});

/** The run, with every word of its answer another one. */
function saying(word: string): Trace {
  const vocabulary = Object.fromEntries(Object.keys(trace.vocabulary).map((it) => [it, word]));
  return { ...trace, vocabulary };
}

test("in Markdown a token is text, whatever it holds", () => {
  const [, , row] = markdown(saying("a|b<i>*_[x](y)`\\")).split("\n");
  // Columns are cut at bars that no backslash stands before.
  expect(row!.split(/(?<!\\)\|/)).toHaveLength(7);
  expect(row).not.toMatch(/(?<!\\)[<*`_[]/);
});

test("in LaTeX a token is text, whatever it holds", () => {
  const table = latex(saying('50% & \\input{x} _^~#$ "q"'));
  const [row] = table.split("\n").filter((it) => /^1 &/.test(it));
  expect(row!.split(/(?<!\\)&/)).toHaveLength(5);
  expect(row).not.toMatch(/(?<!\\)[%#_^~]/);
  expect(row).not.toContain("\\input");
  // Braces pair.
  const depth = [...row!.replace(/\\[{}]/g, "")].reduce(
    (sum, it) => sum + (it === "{" ? 1 : it === "}" ? -1 : 0),
    0,
  );
  expect(depth).toBe(0);
});
