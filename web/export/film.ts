/** A range of a run as pictures one after another, and as a GIF or WebM file. */
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { State } from "../trace/state.ts";
import { Copy, type Options } from "./copy.ts";
import { drawn, optionsFor } from "./picture.ts";
import { rasterised } from "./raster.ts";

export interface Range {
  /** Places in events, both shown. */
  from: number;
  to: number;
  /** A picture after each event, or after each round. */
  unit: "event" | "round";
  /** How long each is seen. */
  ms: number;
  /** Pixels of the film for each pixel of the picture. */
  scale: number;
}

export interface Making {
  /** Told how much is done, 0…1. */
  progress?: (share: number) => void;
  signal?: AbortSignal;
}

/** Pixels of one picture, and how long it stays. */
export interface Frame {
  pixels: ImageData;
  ms: number;
}

/** More pictures than anyone watches: such a film would take minutes to make. */
export const MOST_FRAMES = 1000;

/** The places that a film stops at. */
export function places(end: State, { from, to, unit }: Range): number[] {
  const all =
    unit === "event"
      ? Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
      : [from, ...end.rounds.map((it) => it.last + 1), to];
  return [...new Set(all)].filter((it) => it >= from && it <= to).sort((a, b) => a - b);
}

/**
 * The pictures of a range, all of one size; steps that change nothing lengthen the one before.
 * Errors: too many steps; called off.
 */
export async function frames(
  figure: DecodescopeFigure,
  chosen: Partial<Options>,
  range: Range,
  { progress, signal }: Making = {},
): Promise<Frame[]> {
  // What is scrolled to is the same for every picture of one size.
  const options = { ...optionsFor(figure, chosen), whole: false, at: range.from };
  const copy = await Copy.of(figure, options);
  try {
    const stops = places(copy.end, range);
    if (stops.length > MOST_FRAMES)
      throw new Error(
        `This film would have ${stops.length} pictures; at most ${MOST_FRAMES} are drawn. Choose a shorter range, or rounds.`,
      );
    const pictures: { svg: string; ms: number }[] = [];
    for (const [i, at] of stops.entries()) {
      signal?.throwIfAborted();
      await copy.seek(at);
      const svg = await drawn(copy, options);
      const last = pictures.at(-1);
      // The words that say which event this is do not show.
      if (last && shown(last.svg) === shown(svg)) last.ms += range.ms;
      else pictures.push({ svg, ms: range.ms });
      progress?.((0.5 * (i + 1)) / stops.length);
    }
    return await drawnOneSize(pictures, range.scale, { signal, progress });
  } finally {
    copy.remove();
  }
}

const shown = (svg: string): string => svg.replace(/<desc>.*?<\/desc>/s, "");

async function drawnOneSize(
  pictures: { svg: string; ms: number }[],
  scale: number,
  { progress, signal }: { progress: Making["progress"]; signal: AbortSignal | undefined },
): Promise<Frame[]> {
  const sizes = pictures.map(({ svg }) => {
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
    return [Number(width), Number(height)] as const;
  });
  // Even sizes: video knows no others.
  const even = (pixels: number) => 2 * Math.ceil((pixels * scale) / 2);
  const width = even(Math.max(...sizes.map(([width]) => width)));
  const height = even(Math.max(...sizes.map(([, height]) => height)));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  const frames: Frame[] = [];
  for (const [i, { svg, ms }] of pictures.entries()) {
    signal?.throwIfAborted();
    const picture = await rasterised(svg, scale);
    // A smaller picture stands on its own paper.
    context.fillStyle = paperOf(svg);
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0);
    frames.push({ pixels: context.getImageData(0, 0, width, height), ms });
    progress?.(0.5 + (0.5 * (i + 1)) / pictures.length);
  }
  return frames;
}

const paperOf = (svg: string): string => /<rect[^>]*fill="(#\w+)"/.exec(svg)?.[1] ?? "#ffffff";

/** A GIF that plays for ever. */
export async function gif(frames: readonly Frame[]): Promise<Blob> {
  const { GIFEncoder, applyPalette, quantize } = await import("gifenc");
  const [first] = frames;
  if (!first) throw new Error("A film needs at least one picture.");
  const { width, height } = first.pixels;
  // One palette for all, so that what does not change keeps its colour; a place is kept for "as
  // before". Colours of a few pictures are those of all.
  const some = [0, 0.25, 0.5, 0.75, 1].map((it) => frames[Math.round(it * (frames.length - 1))]!);
  const samples = new Uint8ClampedArray(some.length * first.pixels.data.length);
  some.forEach((it, i) => samples.set(it.pixels.data, i * first.pixels.data.length));
  const palette = quantize(samples, 255, { format: "rgb565" });
  const same = palette.length;
  const colours = [...palette, [0, 0, 0]];
  const encoder = GIFEncoder();
  let last: Uint8Array | null = null;
  for (const { pixels, ms } of frames) {
    const next = applyPalette(pixels.data, palette, "rgb565");
    const before = last;
    const written = before ? next.map((it, i) => (it === before[i] ? same : it)) : next;
    encoder.writeFrame(written, width, height, {
      ...(before ? {} : { palette: colours, repeat: 0 }),
      delay: ms,
      transparent: before !== null,
      transparentIndex: same,
      dispose: 1,
    });
    last = next;
  }
  encoder.finish();
  return new Blob([encoder.bytes() as BlobPart], { type: "image/gif" });
}
