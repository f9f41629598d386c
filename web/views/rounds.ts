// Acceptance over time: a column a round, a row a draft position; beside each row the share of
// rounds in which a guess was kept there. Shows `grow`, `judge` and `commit`.

import { css, html, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { Round, State, Status } from "../trace/state.ts";
import { stats } from "../trace/stats.ts";
import { legendHeight, renderLegend } from "./legend.ts";
import { hatch, percent } from "./parts.ts";
import type { Scene, View } from "./view.ts";
import { inline } from "./part/inline.ts";
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
  const worth: readonly Status[] = [
    ...(["pruned", "draft", "chosen", "recovered"] as const),
    ...(["bonus", "rejected", "accepted"] as const),
  ];
  const cells = new Map<number, Status>();
  for (const id of round.nodes) {
    const { ahead, status, by, lane: own } = state.nodes[id]!;
    if (own !== lane || by === "padding") continue;
    const old = cells.get(ahead);
    if (!old || worth.indexOf(status) > worth.indexOf(old)) cells.set(ahead, status);
  }
  return cells;
}

const deepest = (end: State): number =>
  Math.min(
    24,
    end.nodes.reduce((most, it) => (it.status === "prompt" ? most : Math.max(most, it.ahead)), 1),
  );

function render(scene: Scene): TemplateResult {
  const { state, end, width } = scene;
  const { positions, accepted, judged } = stats(state, null, false);
  const rows = deepest(end);
  const narrow = width < 520;
  const barWide = narrow ? 70 : 150;
  const left = 28 + barWide + 60;
  const across = width - left - 16;
  const step = Math.min(26, across / Math.max(8, end.rounds.length));
  const size = { w: Math.max(1, step - Math.min(3, step * 0.2)), h: ROW - 5 };
  const height = TOP + rows * ROW + FOOT;
  const y = (position: number) => TOP + (position - 1) * ROW;
  // The prompts of a batch share the width of a round.
  const slot = size.w / end.lanes.length;
  const column = (round: Round): SVGTemplateResult => {
    const x = left + round.index * step;
    const cells = state.lanes.flatMap(({ id }) =>
      [...cellsOf(state, round, id)].map(([position, status]) => ({ id, position, status })),
    );
    return svg`<g class="round-column" data-round=${round.index}>
      <rect class="reach" x=${x} y=${TOP - 4} width=${step} height=${rows * ROW + 4}></rect>
      ${cells
        .filter(({ position }) => position <= rows)
        .map(
          ({
            id,
            position,
            status,
          }) => svg`<rect class="round-cell ${status}" x=${x + id * slot} y=${y(position)}
            width=${slot} height=${size.h}
            style=${inline(status === "rejected" ? "fill:url(#rounds-hatch)" : "")}></rect>`,
        )}
      <title>${t`round ${round.index + 1}: ${round.accepted} of ${round.drafted} guesses kept, ${round.emitted} tokens`}</title>
    </g>`;
  };
  const known = new Map(positions.map((it) => [it.position, it]));
  const share = (position: number): SVGTemplateResult => {
    const it = known.get(position);
    if (!it) return svg``;
    const alpha = it.accepted / it.tried;
    return svg`<g>
      <rect class="ground" x="28" y=${y(position) + 3} width=${barWide} height="11"></rect>
      <rect class="alpha" x="28" y=${y(position) + 3} width=${alpha * barWide} height="11"></rect>
      <text class="fine" x=${34 + barWide} y=${y(position) + 13}>${it.accepted} / ${it.tried}</text>
      <title>${t`position ${position}: kept in ${it.accepted} of ${it.tried} rounds that tested it`}</title>
    </g>`;
  };
  const range = Array.from({ length: rows }, (_, i) => i + 1);
  const overall = judged > 0 ? t`, ${percent(accepted / judged)} of all tested guesses` : "";
  return html`${renderLegend(STATES)}<svg
      width=${width}
      height=${height}
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label=${t`${accepted} guesses kept of ${judged} tested${overall}`}
    >
      <defs>${hatch("rounds-hatch")}</defs>
      <text class="caption" x="28" y="16">
        ${narrow ? t`α by position` : t`kept, by draft position`}
      </text>
      <text class="caption" x=${left} y="16">${t`round by round`}</text>
      ${range.map(
        (position) =>
          svg`<text class="fine" x="20" y=${y(position) + 13} text-anchor="end">${position}</text>${share(position)}`,
      )}
      ${state.rounds.map(column)}
      <text class="caption" x="28" y=${height - 10}>
        ${t`${accepted} of ${judged} tested guesses kept`}${judged > 0 ? ` (${percent(accepted / judged)})` : ""}
      </text>
    </svg>`;
}

export const rounds: View = {
  id: "rounds",
  title: "Acceptance",
  applies: (end) => end.nodes.some((it) => it.judges.length > 0),
  rank: () => 3,
  height: ({ end, width }) => legendHeight(width, STATES.length) + TOP + deepest(end) * ROW + FOOT,
  render,
  styles: css`
    .round-column {
      cursor: pointer;
    }
    .round-column .reach {
      fill: transparent;
    }
    .round-column[marked] .reach {
      fill: var(--mark);
    }
    .round-cell {
      fill: none;
      stroke: var(--rule-strong);
    }
    .round-cell.accepted {
      fill: var(--state-accepted);
      stroke: var(--state-accepted-ink);
    }
    .round-cell.recovered {
      fill: color-mix(in srgb, var(--state-recovered) 55%, var(--paper));
      stroke: var(--ink);
    }
    .round-cell.bonus {
      fill: color-mix(in srgb, var(--state-bonus) 50%, var(--paper));
      stroke: var(--state-bonus-ink);
    }
    .round-cell.rejected {
      stroke: var(--state-rejected-ink);
    }
    .round-cell.draft {
      stroke: var(--state-draft-ink);
      stroke-dasharray: 3 2;
    }
    .round-cell.chosen {
      fill: var(--ink-3);
    }
    .ground {
      fill: var(--paper-3);
    }
    .alpha {
      fill: var(--state-accepted);
    }
  `,
};
