/** The fonts that pictures are set in and carry. The files are made by `web/tools/fonts.mjs`. */

export interface Face {
  /** Of the file, `fonts/ID.woff`. */
  id: string;
  family: string;
  /** Weights that the file stands for, as CSS says it. */
  weight: string;
  style: "normal" | "italic";
}

const face = (
  id: string,
  family: string,
  weight: string,
  style: Face["style"] = "normal",
): Face => ({ id, family: `Decodescope ${family}`, weight, style });

export const SIGNS = "Decodescope Signs";

export const FACES: readonly Face[] = [
  face("text-400", "Text", "100 500"),
  face("text-400-italic", "Text", "100 500", "italic"),
  face("text-600", "Text", "501 900"),
  face("label-400", "Label", "100 500"),
  face("label-600", "Label", "501 900"),
  face("code-400", "Code", "100 500"),
  face("code-600", "Code", "501 900"),
  face("signs", "Signs", "100 900"),
];

/**
 * Fonts by their part in `styles/tokens.css`. Programs that read no fonts from a picture take the
 * font that ours was cut from, if they have it; what neither holds is left to the reader's own.
 */
export const STACKS = {
  text: `"Decodescope Text", "${SIGNS}", "Source Serif 4", serif`,
  label: `"Decodescope Label", "${SIGNS}", "Source Sans 3", sans-serif`,
  code: `"Decodescope Code", "${SIGNS}", "Source Code Pro", monospace`,
} as const;
