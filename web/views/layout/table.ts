/**
 * The rows of a named table as a reader sees them after a step: what is there, what the step did
 * to each row, and what it took away. Leaves out: how columns read.
 */
import type { Cell } from "../../generated/Cell.ts";
import type { State, TableRow, TableState } from "../../trace/state.ts";

/** What the newest step did to a row. */
export type Freshness = "old" | "inserted" | "changed" | "evicted";

export interface SeenRow {
  row: TableRow;
  freshness: Freshness;
}

/**
 * The rows in the table's own order; those that just left come last. When the step replaced all
 * rows, none is marked.
 */
export function seenRows(table: TableState, state: State): SeenRow[] {
  const now = state.rounds.length - 1;
  const rows: SeenRow[] = rowsOf(table).map((row) => ({
    row,
    freshness: row.round < now ? "old" : bornIn(row, now) ? "inserted" : "changed",
  }));
  if (table.round !== now) return rows;
  const gone = table.evicted.filter((row) => !table.rows.has(row.key));
  const fresh = rows.every((it) => it.freshness !== "old");
  const followed = gone.length > 0 || rows.some((it) => it.freshness === "changed");
  // A table that is written anew as a whole says nothing about single rows.
  if (fresh && followed) return rows.map(({ row }) => ({ row, freshness: "old" }));
  return [...rows, ...gone.map((row): SeenRow => ({ row, freshness: "evicted" }))];
}

/** Whether the row was not there before round `round`. */
function bornIn(row: TableRow, round: number): boolean {
  return row.before === null || (row.before.round === round && bornIn(row.before, round));
}

/** The rows of a table, if it is there. */
export const rowsOf = (table: TableState | undefined): TableRow[] => [
  ...(table?.rows.values() ?? []),
];

/** All versions of a row, oldest first. */
export function versions(row: TableRow): TableRow[] {
  const all: TableRow[] = [];
  for (let at: TableRow | null = row; at; at = at.before) all.push(at);
  return all.reverse();
}

/** What a table that is set anew in every round held in each of them, oldest first. */
export function history(table: TableState | undefined): TableState[] {
  const all: TableState[] = [];
  for (let at: TableState | null | undefined = table; at; at = at.replaced)
    if (all.at(-1)?.round !== at.round) all.push(at);
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

/** The first table with a column of each name. */
export const tableWith = (state: State, ...names: string[]): TableState | undefined =>
  [...state.tables.values()].find((it) => hasColumns(it, ...names));

/** The rows of a table, each as what gives its cell in the column so named. */
export const cellsOf = (table: TableState | undefined): ((name: string) => Cell | undefined)[] =>
  rowsOf(table).map(
    ({ cells }) =>
      (name) =>
        cells[columnAt(table!, name)],
  );

/** Rows under what they have in common. */
export interface Group {
  /** The shared cell as JSON. */
  key: string;
  /** The shared cell. */
  cell: SeenRow["row"]["cells"][number];
  rows: SeenRow[];
}

/**
 * Rows by the cell in `column`; groups in order of first arrival, so that none ever moves, and the
 * row that was written last comes first in its group.
 */
export function groupedBy(rows: readonly SeenRow[], column: number): Group[] {
  const groups = new Map<string, Group>();
  for (const seen of rows) {
    const cell = seen.row.cells[column] ?? null;
    const key = JSON.stringify(cell);
    const group = groups.get(key);
    if (group) group.rows.push(seen);
    else groups.set(key, { key, cell, rows: [seen] });
  }
  for (const { rows } of groups.values()) rows.reverse();
  return [...groups.values()];
}
