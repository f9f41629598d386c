// Under each token of a braid: what the model and the n-grams each said of it, and whether the
// model, reading that draft alone, would go on otherwise. Shows the columns `model score` and
// `ngram score` of the table of drafts, and any table with the columns node, cosine and verdict.

import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { State } from "../trace/state.ts";
import { tokenName } from "../trace/words.ts";
import { cellsOf, history, tableWith } from "./layout/table.ts";
import { rect } from "./part/picture.ts";
import { fixed } from "./part/number.ts";
import { hatch } from "./parts.ts";
import type { Scene } from "./view.ts";

/** Both are natural logs, at most 0 apart from rounding; their sum ranks the drafts. */
export interface Fit {
  readonly model: number;
  readonly ngram: number;
}

/** A draft read as it stands, beside the blend. */
export interface Drift {
  /** Of the two states after the last layer. */
  readonly cosine: number;
  readonly approximate: boolean;
  /** What the model alone would say next. */
  readonly own: number;
}

/** A cost of so many nats fills the bar. */
const FULL = 6;
const HEIGHT = 4;
const HATCH = "braid-hatch";

/** Rows of all rounds of the table with these columns, by the node they are about. */
function byNode<T>(
  state: State,
  columns: string[],
  read: (cell: (name: string) => unknown) => T,
): Map<number, T> {
  const rows = history(tableWith(state, "node", ...columns)).flatMap(cellsOf);
  return new Map(rows.map((cell) => [Number(cell("node")), read(cell)]));
}

export const fitsOf = (state: State): Map<number, Fit> =>
  byNode(state, ["model score", "ngram score"], (cell) => ({
    model: Number(cell("model score")),
    ngram: Number(cell("ngram score")),
  }));

export const driftsOf = (state: State): Map<number, Drift> =>
  byNode(state, ["cosine", "verdict", "own best"], (cell) => ({
    cosine: Number(cell("cosine")),
    approximate: cell("verdict") === "approximate",
    own: Number(cell("own best")),
  }));

/** Widths of the two parts of a bar that is `width` wide when full. */
export function fitWidths({ model, ngram }: Fit, width: number): [number, number] {
  const [a, b] = [Math.max(0, -model), Math.max(0, -ngram)];
  // A token that no table knows costs without end: the bar stays full, the shares as they are.
  const scale = width / Math.max(FULL, a + b);
  return [a * scale, b * scale];
}

/** The bar below a chip whose bottom is at `y`. */
export function renderFit(fit: Fit | undefined, width: number, y: number) {
  if (!fit) return nothing;
  const [model, ngram] = fitWidths(fit, width);
  const part = (kind: string, x: number, wide: number) => rect(kind, x, y, wide, HEIGHT);
  return svg`<g class="fit">
    ${part("ground", 0, width)}${part("fit-model", 0, model)}${part("fit-ngram", model, ngram)}
  </g>`;
}

/** The hatched underline of a draft that the blend no longer stands for. */
export function renderDrift(drift: Drift | undefined, width: number, bottom: number) {
  if (!drift?.approximate) return nothing;
  return svg`<rect class="approximate" x="3" y=${bottom - 4.5} width=${width - 6} height="3"
    fill="url(#${HATCH})" />`;
}

/** For the name of a chip. */
export function saidOf(scene: Scene, fit: Fit | undefined, drift: Drift | undefined): string {
  const parts: string[] = [];
  if (fit) parts.push(`model ${fixed(fit.model)}, n-grams ${fixed(fit.ngram)}`);
  if (drift) parts.push(`cosine with the blend ${drift.cosine.toFixed(3)}`);
  if (drift?.approximate)
    parts.push(
      `approximate: reading this draft alone, the model prefers ${tokenName(scene.vocabulary, drift.own)} next`,
    );
  return parts.map((it) => `; ${it}`).join("");
}

/** What bars and hatching mean; `compared`: drafts were also read as they stand. */
export function fitLegend(fits: boolean, compared: boolean): TemplateResult {
  return html`<p class="fit-legend" aria-hidden="true">
    ${
      fits
        ? html`<span><i class="fit-model"></i>cost to the model</span
            ><span><i class="fit-ngram"></i>to the n-grams</span>`
        : nothing
    }
    ${
      compared
        ? html`<span><b>A · 0.82</b>cosine of blend and draft</span
            ><span
              ><svg width="18" height="6">
                <defs>${hatch(HATCH)}</defs>
                <rect class="approximate" width="18" height="6" fill="url(#${HATCH})" />
              </svg>
              approximate: alone, the model would go on otherwise</span
            >`
        : nothing
    }
  </p>`;
}

export const LEGEND_HEIGHT = 26;

export const fitStyles = css`
  .fit-model {
    fill: var(--of-target);
    background: var(--of-target);
  }
  .fit-ngram {
    fill: var(--state-pool);
    background: var(--state-pool);
  }
  .fit-legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-3);
    min-height: 18px;
    margin: var(--space-1) var(--space-4);
    font: var(--size-1) / 1.4 var(--font-label);
    color: var(--ink-2);
  }
  .fit-legend span {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
  }
  .fit-legend i {
    inline-size: 14px;
    block-size: 6px;
  }
  @media (forced-colors: active) {
    .fit-legend i,
    .fit {
      forced-color-adjust: none;
    }
  }
`;
