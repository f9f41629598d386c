// The ribbon of rounds: one column a round, kept guesses solid, the target's own token outlined,
// lost guesses hatched below the line. Shows `judge`, `grow` and `commit` of the rounds so far.

import { css, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { currentRound, nodesOf } from "../trace/state.ts";
import type { NodeState, Round, State, Status } from "../trace/state.ts";
import { hatch } from "./parts.ts";
import type { Scene } from "./view.ts";
import { ofRound, picture, rect } from "./part/picture.ts";
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
  const nodes = nodesOf(state, round.nodes);
  const emitted = nodes.filter((it) => it.committed).sort((a, b) => a.depth - b.depth);
  const that = (status: Status) => nodes.filter((it) => it.status === status);
  return { emitted, lost: [...that("rejected"), ...that("pruned")] };
}

/** Squares that fit above and below the line. */
const ABOVE = Math.floor(BASE / STEP);
const BELOW = 3;

function column(state: State, round: Round, x: number): SVGTemplateResult {
  const { emitted, lost } = harvest(state, round);
  const now = round === currentRound(state);
  const square = ({ status }: NodeState, y: number) => rect(`cell ${status}`, x, y, SIZE, SIZE);
  return ofRound(
    `column ${now ? "now" : ""}`,
    round.index,
    rect("reach", x - 1, 0, STEP, RIBBON_HEIGHT - 4),
    [
      ...emitted.slice(0, ABOVE).map((it, i) => square(it, BASE - (i + 1) * STEP + 2)),
      ...lost.slice(0, BELOW).map((it, i) => square(it, BASE + 4 + i * STEP)),
    ],
    t`round ${round.index + 1}: ${emitted.length} tokens, ${lost.length} guesses lost`,
  );
}

export function renderRibbon(scene: Scene): TemplateResult {
  const { state, width } = scene;
  const fit = Math.max(4, Math.floor((width - 40) / (STEP + 2)));
  const shown = state.rounds.slice(-fit);
  return picture(
    width,
    RIBBON_HEIGHT,
    t`${state.rounds.length} rounds so far`,
    svg`<defs>${hatch("ribbon-hatch")}</defs>
    <path class="base" d="M16 ${BASE + 2}H${width - 16}"></path>
    <g fill="url(#ribbon-hatch)">
      ${shown.map((round, i) => column(state, round, 18 + i * (STEP + 2)))}
    </g>`,
  );
}

/** Cells of rounds, here and in the picture of acceptance; a rejected one has the hatch around it. */
export const ribbonStyles = css`
  .base {
    stroke: var(--rule);
  }
  .now:not([marked]) > .reach {
    fill: var(--paper-3);
  }
  .cell {
    stroke: var(--rule-strong);
  }
  .cell:not(.rejected) {
    fill: var(--paper);
  }
  .cell.accepted {
    fill: var(--state-accepted);
    stroke: var(--state-accepted-ink);
  }
  .cell.recovered {
    fill: color-mix(in srgb, var(--state-recovered) 55%, var(--paper));
    stroke: var(--ink);
  }
  .cell.bonus {
    fill: color-mix(in srgb, var(--state-bonus) 50%, var(--paper));
    stroke: var(--state-bonus-ink);
  }
  .cell.rejected {
    stroke: var(--state-rejected-ink);
  }
  .cell.draft {
    stroke: var(--state-draft-ink);
    stroke-dasharray: 3 2;
  }
  .cell.chosen {
    fill: var(--ink-3);
  }
`;
