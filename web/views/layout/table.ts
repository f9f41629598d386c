/**
 * Contents of the named tables after any number of events, with what the last step did to each
 * row. Leaves out: how columns read.
 */
import type { Cell } from "../../generated/Cell.ts";
import type { Column } from "../../generated/Column.ts";
import type { Event } from "../../generated/Event.ts";

/** What the newest step did to a row. */
export type Freshness = "old" | "inserted" | "changed" | "evicted";

export interface Row {
  /** Stays the same while the row stays in the table. */
  key: string;
  cells: readonly Cell[];
  freshness: Freshness;
}

export interface Table {
  name: string;
  columns: readonly Column[];
  /** In the table's own order; rows evicted in the newest step keep their old place. */
  rows: readonly Row[];
}

interface Kept {
  cells: readonly Cell[];
  inserted: number;
  changed: number;
  /** Step in which it left; it stays listed until the next one begins. */
  evicted: number | null;
}

/** All tables after the first `end` events, in the order of their first change. */
export function tablesAt(events: readonly Event[], end = events.length): Table[] {
  const tables = new Map<string, { columns: readonly Column[]; rows: Map<string, Kept> }>();
  let step = -1;
  for (let index = 0; index < Math.min(end, events.length); index++) {
    const event = events[index]!;
    if (event.kind === "step") step = event.index;
    if (event.kind !== "table") continue;
    const table = tables.get(event.name) ?? { columns: event.columns, rows: new Map() };
    tables.set(event.name, table);
    if (event.columns.length > 0) table.columns = event.columns;
    change(table.rows, event, step);
  }
  return [...tables].map(([name, { columns, rows }]) => ({
    name,
    columns,
    rows: [...rows]
      .filter(([, row]) => row.evicted === null || row.evicted === step)
      .map(([key, row]) => ({ key, cells: row.cells, freshness: freshnessOf(row, step) })),
  }));
}

/** The rows without those that just left. */
export function present(table: Table): Row[] {
  return table.rows.filter((row) => row.freshness !== "evicted");
}

type Change = Extract<Event, { kind: "table" }>;

function change(rows: Map<string, Kept>, event: Change, step: number): void {
  for (const [key, row] of rows) {
    if (row.evicted !== null && row.evicted !== step) rows.delete(key);
  }
  const keyed = withKeys(event.rows);
  if (event.change === "set") {
    const before = new Map(rows);
    rows.clear();
    for (const [key, cells] of keyed) rows.set(key, updated(before.get(key), cells, step));
    for (const [key, row] of before) {
      if (!rows.has(key)) rows.set(key, { ...row, evicted: row.evicted ?? step });
    }
  } else if (event.change === "put") {
    for (const [key, cells] of keyed) rows.set(key, updated(rows.get(key), cells, step));
  } else {
    for (const [key] of keyed) {
      const row = rows.get(key);
      if (row) rows.set(key, { ...row, evicted: step });
    }
  }
}

/** The first cell names a row; where a whole table repeats it, the repetitions are numbered. */
function withKeys(rows: readonly (readonly Cell[])[]): [string, readonly Cell[]][] {
  const seen = new Map<string, number>();
  return rows.map((cells) => {
    const name = JSON.stringify(cells[0] ?? null);
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return [count === 0 ? name : `${name}#${count}`, cells];
  });
}

function updated(before: Kept | undefined, cells: readonly Cell[], step: number): Kept {
  if (!before || before.evicted !== null) {
    return { cells, inserted: step, changed: step, evicted: null };
  }
  const same = JSON.stringify(before.cells) === JSON.stringify(cells);
  return { ...before, cells, changed: same ? before.changed : step };
}

function freshnessOf(row: Kept, step: number): Freshness {
  if (row.evicted !== null) return "evicted";
  if (row.inserted === step) return "inserted";
  return row.changed === step ? "changed" : "old";
}
