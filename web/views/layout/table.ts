/**
 * The rows of a named table as a reader sees them after a step: what is there, what the step did
 * to each row, and what it took away. Leaves out: how columns read.
 */
import type { State, TableRow, TableState } from "../../trace/state.ts";

/** What the newest step did to a row. */
export type Freshness = "old" | "inserted" | "changed" | "evicted";

export interface SeenRow {
  row: TableRow;
  freshness: Freshness;
}

/** The rows in the table's own order; those that just left come last. */
export function seenRows(table: TableState, state: State): SeenRow[] {
  const now = state.rounds.length - 1;
  const rows: SeenRow[] = [...table.rows.values()].map((row) => ({
    row,
    freshness: row.round < now ? "old" : bornIn(row, now) ? "inserted" : "changed",
  }));
  if (table.round !== now) return rows;
  const back = (row: TableRow) => table.rows.has(row.key);
  const gone = table.evicted.filter((row) => !back(row));
  return [...rows, ...gone.map((row): SeenRow => ({ row, freshness: "evicted" }))];
}

/** Whether the row was not there before round `round`. */
function bornIn(row: TableRow, round: number): boolean {
  return row.before === null || (row.before.round === round && bornIn(row.before, round));
}

/** All versions of a row, oldest first. */
export function versions(row: TableRow): TableRow[] {
  const all: TableRow[] = [];
  for (let at: TableRow | null = row; at; at = at.before) all.push(at);
  return all.reverse();
}

/** Index of the column so named, or −1. */
export function columnAt(table: TableState, name: string): number {
  return table.columns.findIndex((column) => column.name === name);
}

/** Whether the table has a column of each name. */
export function hasColumns(table: TableState, ...names: string[]): boolean {
  return names.every((name) => columnAt(table, name) >= 0);
}
