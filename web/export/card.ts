/**
 * The picture that other sites show beside a link to a recorded run: 1200 × 630, the title of the
 * method above a place of the run. In few colours, so that the file is small.
 */
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import { svg } from "./picture.ts";
import { rasterised } from "./raster.ts";

export const WIDTH = 1200;
export const HEIGHT = 630;
const MARGIN = 40;
/** The figure is laid out narrower than it is shown: previews are small, their letters must not be. */
const LAID_OUT = 880;
/** Far enough into a run to see what its method does; then to the end of that round. */
const SHARE = 0.55;
const COLOURS = 64;

export interface Card {
  width: number;
  height: number;
  /** Red, green and blue of each colour. */
  palette: number[][];
  /** One number a pixel, line by line. */
  indices: Uint8Array;
}

/** Draws a figure that shows a run; moves it. */
export async function card(figure: DecodescopeFigure, title: string): Promise<Card> {
  figure.seekFraction(SHARE);
  figure.step(1, "round");
  await figure.updateComplete;
  const picture = await svg(figure, { theme: "light", width: LAID_OUT, part: "figure" });
  const canvas = await rasterised(framed(picture, title), 1);
  const { data } = canvas.getContext("2d")!.getImageData(0, 0, WIDTH, HEIGHT);
  const { applyPalette, quantize } = await import("gifenc");
  const palette = quantize(data, COLOURS, { format: "rgb565" });
  return { width: WIDTH, height: HEIGHT, palette, indices: applyPalette(data, palette, "rgb565") };
}

/** `picture` below a title; what does not fit is cut off at the bottom. */
function framed(picture: string, title: string): string {
  const top = 104;
  const across = WIDTH - 2 * MARGIN;
  const inner = picture.slice(picture.indexOf("<svg"));
  const [width, height] = ["width", "height"].map((it) =>
    Number(new RegExp(`${it}="([\\d.]+)"`).exec(inner)?.[1]),
  );
  const placed = inner
    .replace(/ width="[\d.]+"/, ` x="${MARGIN}" y="${top}" width="${across}"`)
    .replace(/ height="[\d.]+"/, ` height="${(across * height!) / width!}"`);
  const size = titleSize(title, across - 240);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
<rect width="100%" height="100%" fill="#fffdf9"/>
<text x="${MARGIN}" y="78" font-family="${SERIF}" font-weight="600" font-size="${size}" fill="#1d1b18">${escaped(title)}</text>
<text x="${WIDTH - MARGIN}" y="78" text-anchor="end" font-family="sans-serif" font-size="26" fill="#57534c">Decodescope</text>
<path d="M${MARGIN} ${top - 4}H${WIDTH - MARGIN}" stroke="#ddd6c9" stroke-width="2"/>
${placed}</svg>`;
}

const SERIF = "Charter, Bitstream Charter, Georgia, serif";

/** The largest size in which a title takes no more than `most` pixels. */
function titleSize(title: string, most: number): number {
  const LARGEST = 46;
  const context = document.createElement("canvas").getContext("2d")!;
  context.font = `600 ${LARGEST}px ${SERIF}`;
  return Math.min(LARGEST, Math.floor((LARGEST * most) / context.measureText(title).width));
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
