import { expect, test } from "vitest";
import type { Cell } from "../../generated/Cell.ts";
import type { Event } from "../../generated/Event.ts";
import type { TableChange } from "../../generated/TableChange.ts";
import { fold, Fold } from "../../trace/fold.ts";
import { groupedBy, history, seenRows, versions } from "./table.ts";

const step = (index: number): Event => ({ kind: "step", index });
const table = (change: TableChange, rows: Cell[][], name = "pool"): Event => ({
  kind: "table",
  name,
  change,
  columns: [
    { name: "key", kind: "token" },
    { name: "ngram", kind: "tokens" },
  ],
  rows,
});

const events = [
  step(0),
  table("put", [[1, [2, 3]], [2, [3, 1]], [9, [4]]]),
  step(1),
  table("put", [[2, [3, 3]], [3, [1, 2]]]),
  table("drop", [[1]]),
  step(2),
  table("put", [[2, [3, 3]]]),
]; // prettier-ignore

const contents = (state: ReturnType<typeof fold>) =>
  [...(state.tables.get("pool")?.rows.values() ?? [])].map((row) => row.cells);

test("the contents at a step are what its events left there, from wherever one comes", () => {
  const expected: Record<number, Cell[][]> = {
    1: [],
    2: [[1, [2, 3]], [2, [3, 1]], [9, [4]]],
    7: [[2, [3, 3]], [9, [4]], [3, [1, 2]]],
  }; // prettier-ignore
  const player = new Fold(events);
  for (const end of [7, 1, 2, 7, 2]) expect(contents(player.at(end))).toEqual(expected[end]);
});

test("rows say what the newest step did to them", () => {
  const fresh = (end: number) => {
    const state = fold(events, end);
    const rows = seenRows(state.tables.get("pool")!, state);
    return Object.fromEntries(rows.map(({ row, freshness }) => [row.key, freshness]));
  };
  expect(fresh(2)).toEqual({ 1: "inserted", 2: "inserted", 9: "inserted" });
  expect(fresh(3)).toEqual({ 1: "old", 2: "old", 9: "old" });
  expect(fresh(5)).toEqual({ 1: "evicted", 2: "changed", 3: "inserted", 9: "old" });
  // The evicted row is shown until the next step, and a row put back unchanged is old.
  expect(fresh(6)).toEqual({ 2: "old", 3: "old", 9: "old" });
  expect(fresh(7)).toEqual({ 2: "old", 3: "old", 9: "old" });
});

test("a table set anew keeps rows that repeat their first cell apart", () => {
  const set = [step(0), table("set", [[1, [2]], [1, [3]]]), step(1), table("set", [[1, [2]]])]; // prettier-ignore
  const rows = (end: number) => {
    const state = fold(set, end);
    return seenRows(state.tables.get("pool")!, state).map((it) => [it.row.key, it.freshness]);
  };
  expect(rows(2)).toEqual([["1", "inserted"], ["1#1", "inserted"]]); // prettier-ignore
  expect(rows(4)).toEqual([["1", "old"], ["1#1", "evicted"]]); // prettier-ignore
});

test("a table replaced as a whole marks no row", () => {
  const set = [step(0), table("set", [[1, [2]], [2, [3]]]), step(1), table("set", [[1, [5]], [4, [3]]])]; // prettier-ignore
  const state = fold(set);
  const rows = seenRows(state.tables.get("pool")!, state);
  expect(rows.map((it) => [it.row.key, it.freshness])).toEqual([["1", "old"], ["4", "old"]]); // prettier-ignore
});

test("the history of a table set anew has its last contents of each round", () => {
  const set = (rows: Cell[][]) => table("set", rows);
  const state = fold([step(0), set([[1, [2]]]), step(1), set([[1, [3]]]), set([[2, [3]]]), step(2), set([[1, [9]]])]); // prettier-ignore
  const seen = history(state.tables.get("pool")!);
  expect(seen.map((it) => [it.round, [...it.rows.values()].map((row) => row.cells[0])])).toEqual([
    [0, [1]],
    [1, [2]],
    [2, [1]],
  ]);
});

test("rows are grouped in order of arrival, the latest of a group first", () => {
  const state = fold([step(0), table("put", [[1, [7]], [2, [8]], [3, [7]]])]); // prettier-ignore
  const groups = groupedBy(seenRows(state.tables.get("pool")!, state), 1);
  expect(groups.map((it) => [it.cell, it.rows.map((row) => row.row.key)])).toEqual([
    [[7], ["3", "1"]],
    [[8], ["2"]],
  ]);
});

test("a table keeps its columns when rows leave that are named by their first cell alone", () => {
  const drop = { ...table("drop", [[1]]), columns: [{ name: "key", kind: "token" as const }] };
  const state = fold([step(0), table("put", [[1, [7]], [2, [8]]]), drop as Event]); // prettier-ignore
  expect(state.tables.get("pool")!.columns).toHaveLength(2);
});

test("a row remembers what stood in its place", () => {
  const state = fold(events);
  const row = state.tables.get("pool")!.rows.get("2")!;
  expect(versions(row).map((it) => [it.round, it.cells[1]])).toEqual([[0, [3, 1]], [1, [3, 3]]]); // prettier-ignore
});
