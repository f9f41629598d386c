/**
 * Where the nodes of a search stand: columns are positions in the text, rows are ranks by summed
 * log-probability. A node that has a place keeps it, whatever is added later.
 * Leaves out: pixels, and the reading of events.
 */

/** One node of the forest, as the lattice needs it. */
export interface LatticeNode {
  id: number;
  parent: number | null;
  /** Position in the text, from 0 at the first generated token. */
  column: number;
  /** Number of the step that brought the node. */
  batch: number;
  /** Sum of natural-log probabilities since the prompt. */
  score: number;
}

/** Two nodes that stand for one another from now on. */
export interface Merge {
  from: number;
  into: number;
  /** The tokens that both paths end in. */
  suffix: readonly number[];
}

/** An edge that a merge adds: `from` continues in `into`, drawn once however often it was found. */
export interface Join {
  from: number;
  into: number;
  suffix: readonly number[];
}

/**
 * Rows of the nodes, from 0 at the top. Nodes are taken batch by batch; within a batch and a
 * column the higher score comes first. Nothing depends on later nodes.
 *
 * `ranked`: a column belongs to one batch, and that order is the row (beams). Otherwise texts are
 * followed one after another: the best continuation of a node stays on its row, and every other
 * one begins a row with nothing at its right, so that a text runs straight to its end.
 */
export function rowsOf(nodes: readonly LatticeNode[], ranked: boolean): Map<number, number> {
  const rows = new Map<number, number>();
  const taken = ranked ? new Ranks() : new Runs();
  for (const group of groups(nodes)) {
    group.sort((a, b) => b.score - a.score || a.id - b.id);
    for (const { id, parent, column } of group)
      rows.set(id, taken.take(column, parent === null ? 0 : (rows.get(parent) ?? 0)));
  }
  return rows;
}

/** Nodes of one batch and one column together, in the order of their first node. */
function groups(nodes: readonly LatticeNode[]): LatticeNode[][] {
  const found = new Map<string, LatticeNode[]>();
  for (const node of nodes) {
    const key = `${node.batch}:${node.column}`;
    const group = found.get(key);
    if (group) group.push(node);
    else found.set(key, [node]);
  }
  return [...found.values()];
}

/** The next row of each column. */
class Ranks {
  #next = new Map<number, number>();

  take(column: number): number {
    const row = this.#next.get(column) ?? 0;
    this.#next.set(column, row + 1);
    return row;
  }
}

/** How far to the right each row is taken. */
class Runs {
  #end: number[] = [];

  take(column: number, wanted: number): number {
    let row = wanted;
    // A run goes on in its row; a new one leaves a gap to what stands at its left.
    if ((this.#end[row] ?? -1) >= column) {
      row++;
      while ((this.#end[row] ?? -2) >= column - 1) row++;
    }
    this.#end[row] = column;
    return row;
  }
}

/** Follows merges to the node that stands for each one now. */
export class Standing {
  private into = new Map<number, number>();

  constructor(merges: readonly Merge[]) {
    for (const { from, into } of merges) {
      const a = this.of(from);
      const b = this.of(into);
      if (a !== b) this.into.set(a, b);
    }
  }

  of(node: number): number {
    let at = node;
    while (this.into.has(at)) at = this.into.get(at)!;
    return at;
  }

  /** Whether another node stands for this one. */
  absorbed(node: number): boolean {
    return this.into.has(node);
  }
}

/**
 * The edges that merges add to the tree. Where the parents of the two nodes stand for one another
 * too, the edge is there already and nothing is added.
 */
export function joinsOf(
  merges: readonly Merge[],
  parentOf: (node: number) => number | null,
): Join[] {
  const standing = new Standing(merges);
  const joins = new Map<string, Join>();
  for (const { from, into, suffix } of merges) {
    const parent = parentOf(from);
    if (parent === null) continue;
    const source = standing.of(parent);
    const end = standing.of(into);
    const twin = parentOf(end);
    if (source === end || (twin !== null && standing.of(twin) === source)) continue;
    const key = `${source}:${end}`;
    if (!joins.has(key)) joins.set(key, { from: source, into: end, suffix });
  }
  return [...joins.values()];
}

/**
 * Number of ways to read a finished text off the lattice: paths from the roots to each of `ends`.
 * `edges`: every tree edge and every join, by standing nodes.
 */
export function pathCount(
  edges: readonly { from: number; into: number }[],
  roots: readonly number[],
  ends: readonly number[],
): number {
  const before = new Map<number, number[]>();
  for (const { from, into } of edges) {
    const list = before.get(into);
    if (list) list.push(from);
    else before.set(into, [from]);
  }
  const known = new Map<number, number>(roots.map((root) => [root, 1]));
  const open = new Set<number>();
  const count = (node: number): number => {
    const have = known.get(node);
    if (have !== undefined) return have;
    // A lattice has no cycles; were there one, its edges would count nothing.
    if (open.has(node)) return 0;
    open.add(node);
    let sum = 0;
    for (const parent of before.get(node) ?? []) sum += count(parent);
    open.delete(node);
    known.set(node, sum);
    return sum;
  };
  return ends.reduce((sum, end) => sum + count(end), 0);
}
