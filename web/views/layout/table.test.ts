import { expect, test } from "vitest";
import type { Cell } from "../../generated/Cell.ts";
import type { Event } from "../../generated/Event.ts";
import type { TableChange } from "../../generated/TableChange.ts";
import { present, tablesAt } from "./table.ts";

const step = (index: number): Event => ({ kind: "step", index });
const table = (change: TableChange, rows: Cell[][], name = "pool"): Event => ({
  kind: "table",
  name,
  change,
  columns: [{ name: "key", kind: "token" }, { name: "ngram", kind: "tokens" }],
  rows,
}); // prettier-ignore

const events = [
  step(0),
  table("put", [[1, [2, 3]], [2, [3, 1]]]),
  step(1),
  table("put", [[2, [3, 3]], [3, [1, 2]]]),
  table("drop", [[1]]),
  step(2),
  table("put", [[2, [3, 3]]]),
]; // prettier-ignore

test("the contents at a step are what its events left there", () => {
  const at = (end: number) =>
    tablesAt(events, end).flatMap((it) => present(it).map((row) => row.cells));
  expect(at(1)).toEqual([]);
  expect(at(2)).toEqual([[1, [2, 3]], [2, [3, 1]]]); // prettier-ignore
  expect(at(7)).toEqual([[2, [3, 3]], [3, [1, 2]]]); // prettier-ignore
  // Going back and forth gives the same again: nothing is remembered outside the events.
  expect(at(2)).toEqual(at(2));
});

test("rows say what the newest step did to them", () => {
  const fresh = (end: number) =>
    Object.fromEntries(tablesAt(events, end)[0]!.rows.map((row) => [row.key, row.freshness]));
  expect(fresh(2)).toEqual({ 1: "inserted", 2: "inserted" });
  expect(fresh(3)).toEqual({ 1: "old", 2: "old" });
  expect(fresh(5)).toEqual({ 1: "evicted", 2: "changed", 3: "inserted" });
  // The evicted row is shown until the next step, and a row put back unchanged is old.
  expect(fresh(7)).toEqual({ 2: "old", 3: "old" });
});

test("a table set anew replaces all rows and keeps those that are the same", () => {
  const rows = (end: number) =>
    tablesAt(
      [step(0), table("set", [[1, [2]], [1, [3]]]), step(1), table("set", [[1, [2]]])], end,
    )[0]!.rows; // prettier-ignore
  expect(rows(2).map((it) => it.key)).toEqual(["1", "1#1"]);
  expect(rows(4).map((it) => [it.key, it.freshness])).toEqual([["1", "old"], ["1#1", "evicted"]]); // prettier-ignore
});

test("tables of different names do not touch", () => {
  const two = [step(0), table("put", [[1, [2]]]), table("put", [[1, [9]]], "counts")];
  expect(tablesAt(two).map((it) => [it.name, it.rows.length])).toEqual([["pool", 1], ["counts", 1]]); // prettier-ignore
});
