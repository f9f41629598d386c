// The track under the scrubber: one column a round, its height the tokens it gave. Shows `step`,
// `judge` and `commit`, of the whole trace: the reader chooses where to go from it.

import { css, svg, type SVGTemplateResult } from "lit";
import type { Round, State } from "../trace/state.ts";

/** Height of the track in CSS pixels. */
export const TRACK_HEIGHT = 26;

export function renderTrack(end: State, index: number, width: number): SVGTemplateResult {
  const events = Math.max(1, end.index);
  // A search commits its text at the end only; until then a round is as high as what it grew.
  const search = end.rounds.filter((it) => it.emitted > 0).length * 4 < end.rounds.length;
  const gain = (round: Round) => (search ? round.nodes.length : round.emitted);
  const most = Math.max(1, ...end.rounds.map(gain));
  const x = (event: number) => (event / events) * width;
  const columns = end.rounds.map((round) => {
    const left = x(round.first);
    const wide = Math.max(1, x(round.last + 1) - left - (end.rounds.length < width / 4 ? 1 : 0));
    const all = (gain(round) / most) * (TRACK_HEIGHT - 4);
    const kept = (Math.min(round.accepted, gain(round)) / most) * (TRACK_HEIGHT - 4);
    const past = round.first < index;
    return svg`<g class="column ${past ? "past" : ""}" data-round=${round.index}>
      <rect class="reach" x=${left} y="0" width=${wide} height=${TRACK_HEIGHT}></rect>
      <rect class="emitted" x=${left} y=${TRACK_HEIGHT - all} width=${wide} height=${all}></rect>
      <rect class="kept" x=${left} y=${TRACK_HEIGHT - kept} width=${wide} height=${kept}></rect>
    </g>`;
  });
  return svg`${columns}<line class="needle" x1=${x(index)} x2=${x(index)} y1="0" y2=${TRACK_HEIGHT}></line>`;
}

export const timelineStyles = css`
  .track {
    display: block;
    width: 100%;
    height: 26px;
    overflow: visible;
  }
  .column .reach {
    fill: transparent;
  }
  .column .emitted {
    fill: var(--rule);
  }
  .column .kept {
    fill: color-mix(in srgb, var(--state-accepted) 40%, var(--paper));
  }
  .column.past .emitted {
    fill: var(--rule-strong);
  }
  .column.past .kept {
    fill: var(--state-accepted);
  }
  .column[marked] .reach {
    fill: var(--mark);
  }
  .needle {
    stroke: var(--ink);
    stroke-width: 1.5;
  }
`;
