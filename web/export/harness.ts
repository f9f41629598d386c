/** The page that `decodescope-render` opens: a trace comes in, a picture goes out. */
import "../components/decodescope-figure.ts";
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import methods from "../generated/methods.json";
import { loadTrace } from "../trace/load.ts";
import { viewsFor } from "../views/index.ts";
import { card } from "./card.ts";
import type { Options } from "./copy.ts";
import { png, svg } from "./picture.ts";
import { tikz } from "./tikz.ts";

export interface Request {
  /** A place in events, or a share of the run such as `50%`; left out: its end. */
  step?: string;
  /** A node to select. */
  node?: number;
  format: "svg" | "png" | "tex";
  /** Pixels of a PNG for each pixel of the picture. */
  scale?: number;
  options: Partial<Options>;
}

async function figureOf(json: string): Promise<DecodescopeFigure> {
  const trace = loadTrace(json);
  const figure = document.createElement("decodescope-figure");
  figure.trace = trace;
  figure.method = methods.find((it) => it.id === trace.method) ?? null;
  document.body.replaceChildren(figure);
  await figure.updateComplete;
  return figure;
}

/** The text of an SVG or of a tree in TikZ, or a PNG in base64. Errors: a sentence for whoever asked. */
async function render(json: string, request: Request): Promise<string> {
  const figure = await figureOf(json);
  figure.seekFraction(1);
  const views = viewsFor(figure.state).map((it) => it.id);
  const { view } = request.options;
  if (view && !views.includes(view))
    throw new Error(`This run has no view "${view}". It has: ${views.join(", ")}.`);
  const { length } = figure;
  const at = placeOf(request.step ?? "100%", length);
  if (request.format === "tex") return tikz(figure.trace!, at);
  const selection = { node: request.node ?? null, token: null, round: null };
  const options = { ...request.options, at, selection };
  if (request.format === "svg") return svg(figure, options);
  const blob = await png(figure, options, request.scale);
  return base64(new Uint8Array(await blob.arrayBuffer()));
}

/** The card of a run; its pixels in base64. */
async function renderCard(json: string, title: string) {
  const { indices, ...rest } = await card(await figureOf(json), title);
  return { ...rest, indices: base64(indices) };
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** A place in events. Errors: one that the run does not have. */
export function placeOf(step: string, length: number): number {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(step)?.[1];
  const at = share === undefined ? Number(step) : Math.round((Number(share) / 100) * length);
  if (!Number.isInteger(at) || at < 0 || at > length)
    throw new Error(`"${step}" is no place in this run: give 0 to ${length}, or 0% to 100%.`);
  return at;
}

Object.assign(globalThis, { render, renderCard });
