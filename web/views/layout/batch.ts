/**
 * The rows of one pass by prompt: as a list without gaps, and as the rectangle that would hold
 * them. Leaves out: pixels, and whether the padding was computed.
 */

/** The rows that a prompt fed in a pass. */
export interface Fed<T> {
  lane: number;
  rows: readonly T[];
  /** Padding that was computed with them. */
  padding: number;
}

export interface Shape {
  /** `[lanes + 1]`: first row of each prompt in the list, then its length. */
  starts: number[];
  /** Rows of the list: Σ m. */
  list: number;
  /** Cells of the rectangle: prompts that fed anything × the most rows of one. */
  rectangle: number;
  /** Most rows that a prompt fed. */
  most: number;
  /** Rows of padding that were computed. */
  padding: number;
}

export function shapeOf(fed: readonly Fed<unknown>[]): Shape {
  const counts = fed.map((it) => it.rows.length);
  const starts = [0];
  for (const count of counts) starts.push(starts.at(-1)! + count);
  const most = Math.max(0, ...counts);
  const taking = fed.filter((it) => it.rows.length + it.padding > 0).length;
  const padding = fed.reduce((sum, it) => sum + it.padding, 0);
  return { starts, list: starts.at(-1)!, rectangle: taking * most, most, padding };
}

/** What several passes have cost in both ways. */
export function totals(shapes: readonly Shape[]): Pick<Shape, "list" | "rectangle" | "padding"> {
  const sum = (of: (it: Shape) => number) => shapes.reduce((all, it) => all + of(it), 0);
  return {
    list: sum((it) => it.list),
    rectangle: sum((it) => it.rectangle),
    padding: sum((it) => it.padding),
  };
}

/** Prompts by letter, as drafts are: A, B, C, … */
export const letter = (lane: number): string => String.fromCharCode(65 + (lane % 26));
