import { expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
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
  const text = trace.tokens.map((it) => decoder.decode(bytesOf(trace.vocabulary, it))).join("");
  const shown = told.map((it) => it.text).join("");
  expect(shown.replaceAll("␣", " ").replaceAll("↵", "\n")).toBe(text);
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
