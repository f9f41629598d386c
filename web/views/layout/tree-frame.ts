/**
 * How wide the chips of a draft tree are and how much of the text stands before them, so that the
 * whole draft is in sight where it can be. Leaves out: rows, and what is drawn.
 */

/** Sizes of chips and the room between them, in pixels, the roomiest first. */
const SIZES = [
  { width: 92, gapX: 30, letters: 10 },
  { width: 82, gapX: 20, letters: 9 },
  { width: 70, gapX: 18, letters: 7 },
] as const;
/** Committed tokens that are shown before the first guess, as far as there is room. */
const TRUNK = 2;
const LEFT = 16;
/** Room after the last column: the sign of a text's end, and the edge of the sweep. */
const RIGHT = 16;

/** How the stage is measured out. */
export interface Frame {
  /** Left edge of the first column of guesses. */
  readonly left: number;
  /** Right edge of all there is. */
  readonly right: number;
  readonly width: number;
  readonly gapX: number;
  /** Letters that fit in a chip. */
  readonly letters: number;
  /** Words of the text before the first guess. */
  readonly trunk: number;
}

/** The roomiest frame that holds `columns` in `width` pixels, else the tightest, to be scrolled. */
export function frameFor(width: number, columns: number): Frame {
  const frames = SIZES.flatMap((size) =>
    [TRUNK, 1].map((trunk): Frame => {
      const pitch = size.width + size.gapX;
      const left = trunk * pitch + LEFT;
      return { ...size, trunk, left, right: left + columns * pitch - size.gapX + RIGHT };
    }),
  );
  return frames.find((it) => it.right <= width) ?? frames.at(-1)!;
}
