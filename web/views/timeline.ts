// The track under the scrubber: one column a round, its height the tokens it gave. Shows `step`,
// `judge` and `commit`, of the whole trace: the reader chooses where to go from it.

import { css, svg, type SVGTemplateResult } from "lit";
import { rect } from "./part/picture.ts";
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
    const [all, kept] = [gain(round), Math.min(round.accepted, gain(round))].map(
      (it) => (it / most) * (TRACK_HEIGHT - 4),
    ) as [number, number];
    const past = round.first < index;
    const bar = (kind: string, tall: number) => rect(kind, left, TRACK_HEIGHT - tall, wide, tall);
    return svg`<g class="column ${past ? "past" : ""}" data-round=${round.index}>
      ${bar("reach", TRACK_HEIGHT)}${bar("emitted", all)}${bar("kept", kept)}
    </g>`;
  });
  return svg`${columns}<line class="needle" x1=${x(index)} x2=${x(index)} y1="0" y2=${TRACK_HEIGHT}></line>`;
}

export const timelineStyles = css`
  .track {
    display: block;
    width: 100%;
    height: ${TRACK_HEIGHT}px;
    overflow: visible;
  }
  /* What belongs to a round, here and in other pictures. */
  .column {
    cursor: pointer;
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
  .needle {
    stroke: var(--ink);
    stroke-width: 2;
  }
`;
