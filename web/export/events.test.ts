import { expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import recorded from "../../tests/golden/rsd-s.json";
import { csv, json } from "./events.ts";

const trace = recorded as unknown as Trace;

/** Cells of a CSV file, as RFC 4180 reads them. */
function parsed(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === "\r\n") rows.push([]);
    if (cell.lastIndex >= text.length) break;
  }
  return rows.filter((it) => it.length > 1);
}

test("every event is a line, and its columns say what it says", () => {
  const [names, ...rows] = parsed(csv(trace));
  expect(rows).toHaveLength(trace.events.length);
  // What is compared below is there.
  for (const kind of ["grow", "score", "sample", "judge"])
    expect(rows.some((it) => it.includes(kind))).toBe(true);
  let round = -1;
  for (const [i, row] of rows.entries()) {
    expect(row).toHaveLength(names!.length);
    if (trace.events[i]!.kind === "step") round++;
    const of = (name: string) => row[names!.indexOf(name)]!;
    const event = JSON.parse(of("event"));
    expect(event).toEqual(trace.events[i]);
    expect(of("kind")).toBe(event.kind);
    expect([of("index"), of("round")]).toEqual([String(i), String(round)]);
    const said = (value: unknown) => (value === null ? "" : String(value));
    const columns = (...names: string[]) => names.map(of);
    if (event.kind === "grow")
      expect(columns("node", "parent", "by", "log_prob")).toEqual(
        [event.node, event.parent, event.by, event.log_prob].map(said),
      );
    if (event.kind === "score") expect(of("by")).toBe(event.role);
    if (event.kind === "sample")
      expect(columns("token", "p", "u")).toEqual([event.token, event.prob, event.u].map(said));
    if (event.kind !== "judge") continue;
    expect(columns("accepted", "p", "q", "u")).toEqual(
      [event.accepted, event.p, event.q, event.u].map(said),
    );
    const grown = trace.events.find((it) => it.kind === "grow" && it.node === event.node);
    const token = grown?.kind === "grow" && "token" in grown.input ? grown.input.token : -1;
    expect(JSON.parse(of("text"))).toBe(trace.vocabulary[token]);
  }
});

test("the list of events holds each as it was, with its round", () => {
  const all = JSON.parse(json(trace)) as { index: number; round: number; kind: string }[];
  expect(all.map((it) => it.kind)).toEqual(trace.events.map((it) => it.kind));
  const steps = all.filter((it) => it.kind === "step");
  expect(steps.map((it) => it.round)).toEqual(steps.map((_, i) => i));
  expect(all[0]!.round).toBe(-1);
});

test("a token that looks like a formula is a text, and line breaks stay in their cell", () => {
  const makers = ["=2+2", "+3", "-4", "@sum", "\t=5", "a, b"];
  const grow = (token: number, by = "draft") =>
    ({ ...trace.events[0]!, by, input: { token } }) as Trace["events"][0];
  const vocabulary = { 1: "=1+1", 2: 'a,"b"\r\nc', 3: "@sum" };
  const events = [...[1, 2, 3].map((it) => grow(it)), ...makers.map((it) => grow(1, it))];
  const [names, ...rows] = parsed(csv({ vocabulary, events }));
  expect(rows).toHaveLength(events.length);
  const texts = rows.slice(0, 3).map((it) => it[names!.indexOf("text")]!);
  expect(texts.map((it) => JSON.parse(it))).toEqual(Object.values(vocabulary));
  const by = rows.slice(3).map((it) => it[names!.indexOf("by")]!);
  expect(by.map((it) => (it.startsWith('"') ? (JSON.parse(it) as string) : it))).toEqual(makers);
  expect(by.at(-1)).toBe("a, b");
  for (const row of rows) expect(row).toHaveLength(names!.length);
  for (const cell of [...texts, ...by]) expect(cell).not.toMatch(/^[=+\-@\t]/);
});
