/** What a figure shows, as an SVG or PNG file. The same run, place and view give the same bytes. */
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import { withFonts } from "./carry-fonts.ts";
import { Copy, STANDARD_WIDTH, type Options } from "./copy.ts";
import { svgOf, type Words } from "./document-to-svg.ts";
import { rasterised } from "./raster.ts";

/** The present place and look of a figure, and of `chosen` what else was asked for. */
export function optionsFor(figure: DecodescopeFigure, chosen: Partial<Options> = {}): Options {
  const theme = themeOf(figure);
  const { index: at, selection } = figure;
  return { part: "picture", theme, width: STANDARD_WIDTH, at, selection, ...chosen };
}

/** How a figure looks now. */
export function themeOf(figure: DecodescopeFigure): "light" | "dark" {
  const { colorScheme } = getComputedStyle(figure);
  // "light dark" follows the reader's system.
  if (colorScheme.includes("dark") && colorScheme.includes("light"))
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  return colorScheme.includes("dark") ? "dark" : "light";
}

/** The text of an SVG file. */
export async function svg(
  figure: DecodescopeFigure,
  chosen: Partial<Options> = {},
): Promise<string> {
  const options = optionsFor(figure, chosen);
  const copy = await Copy.of(figure, options);
  try {
    return await drawn(copy, options);
  } finally {
    copy.remove();
  }
}

/** What a copy shows now. */
export function drawn(copy: Copy, options: Options): Promise<string> {
  return withFonts(svgOf(copy.root, copy.paper, wordsFor(copy.figure, options)));
}

/** Whence the picture: enough to draw it again. */
function wordsFor(figure: DecodescopeFigure, { part }: Options): Words {
  const { trace, method, index, length } = figure;
  const name = method?.title ?? trace?.method ?? "A run";
  const what = part === "picture" ? (figure.openView?.title ?? part) : part;
  const models = Object.values(trace?.models ?? {}).map(
    (it) => `${it.name} ${it.hash.slice(0, 12)}`,
  );
  const made = [
    `Decodescope: ${trace?.method ?? "unknown method"}`,
    `${index} of ${length} events`,
    trace?.seed === undefined ? "" : `seed ${trace.seed}`,
    ...models,
  ];
  return { title: `${name}: ${what}`, description: made.filter(Boolean).join(", ") };
}

export async function png(
  figure: DecodescopeFigure,
  chosen: Partial<Options> = {},
  scale = 2,
): Promise<Blob> {
  const canvas = await rasterised(await svg(figure, chosen), scale);
  return new Promise((done, fail) =>
    canvas.toBlob(
      (blob) => (blob ? done(blob) : fail(new Error("The picture is too large for a PNG."))),
      "image/png",
    ),
  );
}
