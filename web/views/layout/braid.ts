/**
 * Drafts that are decoded together, as strands: where they share a token they run as one.
 * Leaves out: pixels beyond a unit height per column, and the reading of events.
 */

/** One draft after one step. */
export interface DraftHead {
  /** Its place among the drafts, for example `"A"`. */
  letter: string;
  node: number;
  /** The node this one continues; `null` or unknown at the prompt. */
  parent: number | null;
  token: number;
  /** Its part of the blended input, from 0 to 1. */
  weight: number;
}

/** The drafts after one step, best first. */
export interface BraidStep {
  step: number;
  drafts: readonly DraftHead[];
}

/** Drafts with the same token: one strand of summed width. */
export interface Bundle {
  token: number;
  weight: number;
  drafts: readonly DraftHead[];
  /** Rank in its column, from 0 at the top. */
  row: number;
  /** Weight of all bundles above it, for the stacked bar. */
  before: number;
}

export interface BraidColumn {
  step: number;
  bundles: readonly Bundle[];
  /** Sum of the weights; 1 up to rounding wherever the column fed a blend. */
  total: number;
}

/** One draft between two columns. Offsets are within the bundle, from 0 at its top edge. */
export interface Strand {
  /** Column that the strand runs to; it comes from the one before. */
  column: number;
  draft: DraftHead;
  fromRow: number | null;
  toRow: number;
  fromOffset: number;
  toOffset: number;
  fromWeight: number;
  toWeight: number;
}

export interface Braid {
  columns: readonly BraidColumn[];
  strands: readonly Strand[];
  /** The most bundles that a column has. */
  rows: number;
}

/** Bundles and strands of the steps so far; a column depends on its own step alone. */
export function braidOf(steps: readonly BraidStep[]): Braid {
  const columns = steps.map(columnOf);
  const strands: Strand[] = [];
  columns.forEach((column, index) => {
    const before = index > 0 ? columns[index - 1]! : null;
    for (const bundle of column.bundles) {
      let toOffset = 0;
      for (const draft of bundle.drafts) {
        const source = before && placeOf(before, draft.parent);
        const twins = steps[index]!.drafts.filter((other) => other.parent === draft.parent);
        // Continuations of one draft share its width at their common start.
        const all = twins.reduce((sum, twin) => sum + twin.weight, 0) || 1;
        const earlier = twins
          .slice(0, twins.indexOf(draft))
          .reduce((sum, twin) => sum + twin.weight, 0);
        const share = source ? source.weight : draft.weight;
        strands.push({
          column: index,
          draft,
          fromRow: source ? source.row : null,
          toRow: bundle.row,
          fromOffset: source ? source.offset + (earlier / all) * share : 0,
          toOffset,
          fromWeight: (draft.weight / all) * share,
          toWeight: draft.weight,
        });
        toOffset += draft.weight;
      }
    }
  });
  const rows = columns.reduce((most, column) => Math.max(most, column.bundles.length), 0);
  return { columns, strands, rows };
}

function columnOf(step: BraidStep): BraidColumn {
  const byToken = new Map<number, DraftHead[]>();
  for (const draft of step.drafts) {
    const twins = byToken.get(draft.token);
    if (twins) twins.push(draft);
    else byToken.set(draft.token, [draft]);
  }
  const sums = [...byToken].map(([token, drafts]) => ({
    token,
    drafts,
    weight: drafts.reduce((sum, draft) => sum + draft.weight, 0),
  }));
  sums.sort((a, b) => b.weight - a.weight || a.token - b.token);
  let before = 0;
  const bundles = sums.map((sum, row) => {
    const bundle = { ...sum, row, before };
    before += sum.weight;
    return bundle;
  });
  return { step: step.step, bundles, total: before };
}

function placeOf(column: BraidColumn, node: number | null) {
  for (const bundle of column.bundles) {
    let offset = 0;
    for (const draft of bundle.drafts) {
      if (draft.node === node) return { row: bundle.row, offset, weight: draft.weight };
      offset += draft.weight;
    }
  }
  return null;
}
