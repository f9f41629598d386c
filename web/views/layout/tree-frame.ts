/**
 * How wide the chips of a draft tree are and how much of the text stands before them, so that the
 * whole draft is in sight where it can be: from left to right, and downwards on a narrow stage.
 * Leaves out: what is drawn.
 */
import type { Place } from "./tree.ts";

/** A narrower stage, as phones have it, shows the draft below the text. */
const NARROW = 560;
export const CHIP_HEIGHT = 34;
/** Room for the caption above the trunk. */
export const TOP = 44;
/** Depths of a draft that grows downwards, seen at once. */
const MOST_DEPTHS = 9;

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
  /** Whether guesses stand below the text, not behind it. */
  readonly down: boolean;
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

/**
 * The roomiest frame that holds a draft of so many depths and so many guesses side by side in
 * `width` pixels, else the tightest, to be scrolled. On a narrow stage the draft grows downwards
 * where that shows it whole.
 */
export function frameFor(width: number, depths: number, abreast: number): Frame {
  const downwards = SIZES.map(({ width: chip, letters }): Frame => {
    const [gapX, left] = [9, 12];
    const right = left + abreast * (chip + gapX) - gapX + 6;
    return { width: chip, letters, down: true, gapX, trunk: 1, left, right };
  });
  const across = SIZES.flatMap((size) =>
    [TRUNK, 1].map((trunk): Frame => {
      const pitch = size.width + size.gapX;
      const left = trunk * pitch + LEFT;
      const right = left + depths * pitch - size.gapX + RIGHT;
      return { ...size, down: false, trunk, left, right };
    }),
  );
  const fits = (it: Frame) => it.right <= width;
  return (width < NARROW && downwards.find(fits)) || across.find(fits) || across.at(-1)!;
}

/** The upper left corner of a chip, in pixels. */
export const chipAt = (
  { column, row }: Omit<Place, "mass">,
  { down, left, width, gapX }: Frame,
): { x: number; y: number } => ({
  x: left + (down ? row : column - 1) * (width + gapX),
  y: TOP + (down ? column * (CHIP_HEIGHT + 24) : row * (CHIP_HEIGHT + 12)),
});

/** The height of the stage; a draft of more depths is scrolled in it. */
export function stageHeight(depths: number, abreast: number, frame: Frame): number {
  const rows = frame.down
    ? { column: Math.min(depths, MOST_DEPTHS) + 1, row: 0 }
    : { column: 0, row: abreast };
  return chipAt(rows, frame).y + 8;
}
