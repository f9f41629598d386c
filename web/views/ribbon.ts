// The ribbon of rounds: one column a round, kept guesses solid, the target's own token outlined,
// lost guesses hatched below the line. Shows `judge`, `grow` and `commit` of the rounds so far.

import { css, html, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { NodeState, Round, State } from "../trace/state.ts";
import { hatch } from "./parts.ts";
import type { Scene } from "./view.ts";
import { inline } from "./part/inline.ts";
import { t } from "../language/t.ts";

export const RIBBON_HEIGHT = 76;
const SIZE = 7;
const STEP = SIZE + 2;
const BASE = 42;

/** What a round gave, from the next token on: the text it added, and the guesses it lost. */
export interface Harvest {
  readonly emitted: readonly NodeState[];
  /** Rejected ones first, then those that were never judged. */
  readonly lost: readonly NodeState[];
}

export function harvest(state: State, round: Round): Harvest {
  const nodes = round.nodes.map((id) => state.nodes[id]!);
  const emitted = nodes.filter((it) => it.committed).sort((a, b) => a.depth - b.depth);
  const rejected = nodes.filter((it) => it.status === "rejected");
  const pruned = nodes.filter((it) => it.status === "pruned");
  return { emitted, lost: [...rejected, ...pruned] };
}

const square = (status: string, x: number, y: number): SVGTemplateResult =>
  svg`<rect class="cell ${status}" x=${x} y=${y} width=${SIZE} height=${SIZE}
    style=${inline(status === "rejected" ? "fill:url(#ribbon-hatch)" : "")}></rect>`;

/** Squares that fit above and below the line. */
const ABOVE = Math.floor(BASE / STEP);
const BELOW = 3;

function column(state: State, round: Round, x: number, now: boolean): SVGTemplateResult {
  const { emitted, lost } = harvest(state, round);
  return svg`<g data-round=${round.index} class="ribbon-column ${now ? "now" : ""}">
    <title>${t`round ${round.index + 1}: ${emitted.length} tokens, ${lost.length} guesses lost`}</title>
    <rect class="reach" x=${x - 1} y="0" width=${STEP} height=${RIBBON_HEIGHT - 4}></rect>
    ${emitted.slice(0, ABOVE).map((it, i) => square(it.status, x, BASE - (i + 1) * STEP + 2))}
    ${lost.slice(0, BELOW).map((it, i) => square(it.status, x, BASE + 4 + i * STEP))}
  </g>`;
}

export function renderRibbon(scene: Scene): TemplateResult {
  const { state, width } = scene;
  const fit = Math.max(4, Math.floor((width - 40) / (STEP + 2)));
  const first = Math.max(0, state.rounds.length - fit);
  const shown = state.rounds.slice(first);
  return html`<svg
    class="ribbon"
    width=${width}
    height=${RIBBON_HEIGHT}
    role="img"
    aria-label=${t`${state.rounds.length} rounds so far`}
  >
    <defs>${hatch("ribbon-hatch")}</defs>
    <line class="base" x1="16" x2=${width - 16} y1=${BASE + 2} y2=${BASE + 2}></line>
    ${shown.map((round, i) =>
      column(state, round, 18 + i * (STEP + 2), round.index === state.rounds.length - 1),
    )}
  </svg>`;
}

export const ribbonStyles = css`
  .ribbon {
    display: block;
  }
  .ribbon .base {
    stroke: var(--rule);
  }
  .ribbon-column {
    cursor: pointer;
  }
  .ribbon-column .reach {
    fill: transparent;
  }
  .ribbon-column.now .reach {
    fill: var(--paper-3);
  }
  .ribbon-column[marked] .reach {
    fill: var(--mark);
  }
  .cell {
    stroke: var(--rule-strong);
    stroke-width: 1;
    fill: var(--paper);
  }
  .cell.accepted {
    fill: var(--state-accepted);
    stroke: var(--state-accepted-ink);
  }
  .cell.recovered {
    fill: color-mix(in srgb, var(--state-recovered) 45%, var(--paper));
    stroke: var(--ink);
  }
  .cell.bonus {
    fill: color-mix(in srgb, var(--state-bonus) 45%, var(--paper));
    stroke: var(--state-bonus-ink);
  }
  .cell.rejected {
    stroke: var(--state-rejected-ink);
  }
  .cell.chosen {
    fill: var(--ink-3);
  }
`;
