import { expect, test } from "vitest";
import type { Event } from "../../generated/Event.ts";
import { fold } from "../../trace/fold.ts";
import { copiesOf, isCopies } from "./copies.ts";
import { rowsInUse } from "./in-use.ts";

const grow = (node: number, parent: number | null, token: number, by: string): Event => ({
  ...({ kind: "grow", node, parent, lane: 0, input: { token }, by } as const),
  ...{ log_prob: null, row: null },
});
const judge = (node: number, accepted: boolean): Event => ({
  ...({ kind: "judge", node, accepted, rule: "greedy", p: 1 } as const),
  ...{ q: null, u: null, residual: null },
});

// 1 2 3 4 1 2 stands there; 3 and 4 are copied, 4 is wrong, the target says 9.
const prompt = [1, 2, 3, 4, 1, 2].map((token, i) =>
  grow(i, i - 1 < 0 ? null : i - 1, token, "prompt"),
);
const copies: Event = {
  ...({ kind: "table", name: "copies", change: "set" } as const),
  columns: [
    { name: "number", kind: "number" },
    { name: "part", kind: "text" },
    { name: "source", kind: "node" },
    { name: "node", kind: "node" },
  ],
  rows: [
    [0, "match", 0, 4],
    [1, "match", 1, 5],
    [2, "copy", 2, 6],
    [3, "copy", 3, 7],
  ],
};
const trigrams: Event = {
  ...({ kind: "table", name: "trigrams", change: "put" } as const),
  columns: [
    { name: "key", kind: "text" },
    { name: "context", kind: "tokens" },
    { name: "next", kind: "token" },
  ],
  rows: [
    ["a", [4, 1], 2],
    ["b", [1, 2], 3],
    ["c", [1, 2], 5],
    ["d", [2, 3], 4],
    ["e", [2, 3], 8],
  ],
};
const events: Event[] = [
  ...prompt,
  { kind: "step", index: 0 },
  trigrams,
  grow(6, 5, 3, "copy"),
  grow(7, 6, 4, "copy"),
  copies,
  judge(6, true),
  judge(7, false),
  grow(8, 6, 9, "recovered"),
];

test("the end of the text stands under the place it was copied from", () => {
  const state = fold(events);
  const table = state.tables.get("copies")!;
  expect(isCopies(table)).toBe(true);
  const { columns, back } = copiesOf(table, state)!;
  expect(back).toBe(4);
  const token = (it: { token: number | null } | null) => it?.token ?? null;
  expect(
    columns.map((it) => [it.part, token(it.source), token(it.node), token(it.instead)]),
  ).toEqual([
    ["before", null, 2, null],
    ["before", null, 3, null],
    ["before", null, 4, null],
    ["match", 1, 1, null],
    ["match", 2, 2, null],
    ["copy", 3, 3, null],
    ["copy", 4, 4, 9],
    ["after", 1, null, null],
    ["after", 2, null, null],
  ]);
});

test("nothing is drawn while nothing matches", () => {
  const state = fold([...events, { ...copies, rows: [] } as Event]);
  expect(copiesOf(state.tables.get("copies")!, state)).toBeNull();
});

test("rows that match the end of the text or became a guess are in use", () => {
  const state = fold(events);
  const used = rowsInUse(state.tables.get("trigrams")!, state);
  const key = (name: string) => JSON.stringify(name);
  expect([...used]).toEqual([
    [key("b"), { guess: 6, ahead: 0 }],
    [key("c"), { guess: null, ahead: 0 }],
    [key("d"), { guess: 7, ahead: 1 }],
  ]);
});
