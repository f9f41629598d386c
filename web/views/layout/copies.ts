/**
 * The end of the text under the earlier place that says how it goes on, column by column. For a
 * table that pairs nodes with their source. Leaves out: drawing.
 */
import {
  ancestors,
  nodesOf,
  type NodeState,
  type State,
  type TableState,
} from "../../trace/state.ts";
import { columnAt, hasColumns } from "./table.ts";

export interface CopyColumn {
  part: "before" | "match" | "copy" | "after";
  /** What stands at the earlier place. */
  source: NodeState | null;
  /** What stands at the end of the text: text, or a guess. */
  node: NodeState | null;
  /** The token that took the place of a wrong guess, or that came on top of all. */
  instead: NodeState | null;
}

export interface Copies {
  columns: readonly CopyColumn[];
  /** Tokens from the earlier place to the end of the text. */
  back: number;
}

/** Whether a table pairs nodes with the places they were copied from. */
export const isCopies = (table: TableState): boolean =>
  hasColumns(table, "part", "source", "node") &&
  ["source", "node"].every((it) => table.columns[columnAt(table, it)]!.kind === "node");

/** `around`: tokens before the match and after the copy. `null` when nothing matches now. */
export function copiesOf(table: TableState, state: State, around = 3): Copies | null {
  const at = (name: string) => columnAt(table, name);
  const node = (cell: unknown) => (typeof cell === "number" ? (state.nodes[cell] ?? null) : null);
  const pairs = [...table.rows.values()].map(({ cells }): CopyColumn => ({
    part: cells[at("part")] === "match" ? "match" : "copy",
    source: node(cells[at("source")]),
    node: node(cells[at("node")]),
    instead: null,
  }));
  const first = pairs[0];
  if (!first?.source || !first.node) return null;
  const columns = [...lead(state, first.source, first.node, around), ...pairs];
  const last = columns.at(-1)!;
  // The target's own token stands in the column of the guess it replaces, or after all of them.
  const guesses = columns.filter((it) => it.part === "copy" && it.node);
  for (const guess of guesses) {
    const others = siblings(state, guess.node!);
    guess.instead = others.find((it) => it.status === "recovered") ?? null;
  }
  const onTop = nodesOf(state, last.node?.children ?? []).find(
    (it) => it.status === "bonus" || it.status === "recovered",
  );
  columns.push(...rest(state, last, onTop ?? null, around));
  return { columns, back: first.node.depth - first.source.depth };
}

/** What stands before the match, at both places. */
function lead(state: State, source: NodeState, node: NodeState, around: number): CopyColumn[] {
  const [above, below] = [source, node].map((it) => ancestors(state, it.id).slice(1, around + 1));
  return below!
    .map((it, i): CopyColumn => ({
      part: "before",
      source: above![i] ?? null,
      node: it,
      instead: null,
    }))
    .reverse();
}

/** What followed the copied tokens at the earlier place, as far as it was text then. */
function rest(
  state: State,
  last: CopyColumn,
  onTop: NodeState | null,
  around: number,
): CopyColumn[] {
  const columns: CopyColumn[] = [];
  let source = last.source;
  for (let i = 0; i < around; i++) {
    source = nodesOf(state, source?.children ?? []).find((it) => it.committed) ?? null;
    // The copy has come to the end of the text: what follows is its own.
    if (source && source.round === state.rounds.length - 1) source = null;
    const instead = i === 0 ? onTop : null;
    if (source || instead) columns.push({ part: "after", source, node: null, instead });
  }
  return columns;
}

function siblings(state: State, node: NodeState): NodeState[] {
  const above = node.parent === null ? undefined : state.nodes[node.parent];
  return nodesOf(state, above?.children ?? []).filter((it) => it.id !== node.id);
}
