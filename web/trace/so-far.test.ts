import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import { csv, json } from "../export/events.ts";
import { growing, soFar } from "./so-far.ts";

const read = (name: string): Trace =>
  JSON.parse(readFileSync(new URL(`../../tests/golden/${name}.json`, import.meta.url), "utf8"));

/** A run as its engine begins it: the prompt, and nothing of what is to come. */
function begun(whole: Trace): { trace: Trace; rest: Trace["events"] } {
  const first = whole.events.findIndex((it) => it.kind === "step");
  const trace = { ...whole, events: whole.events.slice(0, first), tokens: [], outputs: [] };
  return { trace, rest: whole.events.slice(first) };
}

test.each(["speculative-decoding", "lookahead", "rsd-s", "token-recycling"])(
  "%s, broken off anywhere, lists the tokens that it has written",
  (name) => {
    const whole = read(name);
    const { trace, rest } = begun(whole);
    const grown = growing(trace);
    expect(grown.tokens).toEqual([]);
    for (const event of rest.slice(0, rest.length >> 1)) grown.events.push(event);
    const half = [...grown.tokens];
    expect(half.length).toBeGreaterThan(3);
    expect(half.length).toBeLessThan(whole.tokens.length);
    expect(whole.tokens.slice(0, half.length)).toEqual(half);
    expect(JSON.parse(JSON.stringify(grown)).tokens).toEqual(half);
    for (const event of rest.slice(rest.length >> 1)) grown.events.push(event);
    expect(grown.tokens).toEqual(whole.tokens);
    expect(trace.events).toHaveLength(whole.events.length - rest.length);
    // As a file, and as tables: every token has its text.
    expect(soFar({ ...grown, tokens: [] }).tokens).toEqual(whole.tokens);
    expect(soFar(whole)).toBe(whole);
    const rows = JSON.parse(json(grown)) as { kind: string; text?: string }[];
    expect(rows.filter((it) => it.kind === "grow" && it.text === undefined)).toEqual([]);
    expect(csv(grown).split("\r\n")).toHaveLength(whole.events.length + 2);
  },
);
