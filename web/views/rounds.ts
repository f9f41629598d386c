// Acceptance over time: a column a round, a row a draft position; beside each row the share of
// rounds in which a guess was kept there. Shows `grow`, `judge` and `commit`.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { nodesOf, type Round, type State, type Status } from "../trace/state.ts";
import { stats } from "../trace/stats.ts";
import { legendHeight, renderLegend } from "./legend.ts";
import { hatch, percent } from "./parts.ts";
import type { Scene, View } from "./view.ts";
import { ofRound, picture, rect, words } from "./part/picture.ts";
import { t } from "../language/t.ts";

const ROW = 22;
const TOP = 30;
const FOOT = 34;
const STATES = ["accepted", "rejected", "pruned", "bonus"] as const;

/**
 * What became of the guesses at each position of a round, of one prompt; the best of several
 * siblings counts.
 */
export function cellsOf(state: State, round: Round, lane = 0): Map<number, Status> {
  const worth: readonly (Status | undefined)[] = [
    ...([undefined, "pruned", "draft", "chosen"] as const),
    ...(["recovered", "bonus", "rejected", "accepted"] as const),
  ];
  const cells = new Map<number, Status>();
  for (const { ahead, status, by, lane: own } of nodesOf(state, round.nodes))
    if (own === lane && by !== "padding")
      if (worth.indexOf(status) > worth.indexOf(cells.get(ahead))) cells.set(ahead, status);
  return cells;
}

const deepest = (end: State): number =>
  Math.min(
    24,
    end.nodes.reduce((most, it) => (it.status === "prompt" ? most : Math.max(most, it.ahead)), 1),
  );

function render({ state, end, width }: Scene): TemplateResult {
  const { positions, accepted, judged } = stats(state, null, false);
  const rows = deepest(end);
  const narrow = width < 520;
  const barWide = narrow ? 70 : 150;
  const left = 88 + barWide;
  const across = width - left - 16;
  const step = Math.min(26, across / Math.max(8, end.rounds.length));
  // The prompts of a batch share the width of a round.
  const slot = Math.max(1, step - Math.min(3, step * 0.2)) / end.lanes.length;
  const height = TOP + rows * ROW + FOOT;
  const y = (position: number) => TOP + (position - 1) * ROW;
  const column = (round: Round): SVGTemplateResult => {
    const x = left + round.index * step;
    return ofRound(
      "column",
      round.index,
      rect("reach", x, TOP - 4, step, rows * ROW + 4),
      state.lanes.flatMap(({ id }) =>
        [...cellsOf(state, round, id)]
          .filter(([position]) => position <= rows)
          .map(([position, status]) =>
            rect(`cell ${status}`, x + id * slot, y(position), slot, ROW - 5),
          ),
      ),
      t`round ${round.index + 1}: ${round.accepted} of ${round.drafted} guesses kept, ${round.emitted} tokens`,
    );
  };
  const row = (position: number): SVGTemplateResult => {
    const it = positions.find((it) => it.position === position);
    const bar = (kind: string, share: number) =>
      rect(kind, 28, y(position) + 3, share * barWide, 11);
    return svg`${words(20, y(position) + 13, position, "end")}${
      it
        ? svg`<g>
            ${bar("ground", 1)}${bar("alpha", it.accepted / it.tried)}
            ${words(34 + barWide, y(position) + 13, `${it.accepted} / ${it.tried}`)}
            <title>${t`position ${position}: kept in ${it.accepted} of ${it.tried} rounds that tested it`}</title>
          </g>`
        : nothing
    }`;
  };
  const share = judged > 0 ? percent(accepted / judged) : "";
  const caption = (x: number, y: number, said: string) => words(x, y, said, undefined, "caption");
  return html`${renderLegend(STATES)}
  ${picture(
    width,
    height,
    t`${accepted} guesses kept of ${judged} tested${share && t`, ${share} of all tested guesses`}`,
    svg`<defs>${hatch("rounds-hatch")}</defs>
    ${caption(28, 16, narrow ? t`α by position` : t`kept, by draft position`)}
    ${caption(left, 16, t`round by round`)} ${Array.from({ length: rows }, (_, i) => row(i + 1))}
    <g fill="url(#rounds-hatch)">${state.rounds.map(column)}</g>
    ${caption(28, height - 10, t`${accepted} of ${judged} tested guesses kept` + (share && ` (${share})`))}`,
  )}`;
}

export const rounds: View = {
  id: "rounds",
  title: "Acceptance",
  applies: (end) => end.nodes.some((it) => it.judges.length > 0),
  rank: () => 3,
  height: ({ end, width }) => legendHeight(width, STATES.length) + TOP + deepest(end) * ROW + FOOT,
  render,
  styles: css`
    .alpha {
      fill: var(--state-accepted);
    }
  `,
};
