// Tokens against passes of the target, or against time: each commit is a step up, and the diagonal
// is plain decoding, one token a pass. Shows `score` and `commit`; the clocks stand above it.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { Recorded } from "../generated/Recorded.ts";
import type { State } from "../trace/state.ts";
import { isTargetPass, passTimes, stats } from "../trace/stats.ts";
import { clockStyles, renderClocks } from "./clocks.ts";
import { linear, ticks } from "./layout/scale.ts";
import type { Scene, View } from "./view.ts";
import { t } from "../language/t.ts";

/** The run after one round. */
export interface StairStep {
  readonly round: number;
  readonly tokens: number;
  /** Target passes so far. */
  readonly passes: number;
  /** Milliseconds so far, guesses included; `null` when no times were recorded. */
  readonly ms: number | null;
}

export function stairs(state: State, recorded: Recorded | null): StairStep[] {
  const times = passTimes(state.passes, recorded);
  let tokens = 0;
  let passes = 0;
  let ms = 0;
  return state.rounds.map((round) => {
    for (const ordinal of round.passes) {
      if (isTargetPass(state.passes[ordinal]!)) passes += 1;
      ms += times?.[ordinal] ?? 0;
    }
    tokens += round.emitted;
    return { round: round.index, tokens, passes, ms: times ? ms : null };
  });
}

const CLOCKS = 214;
const PLOT = 250;

function plot(scene: Scene, byTime: boolean): TemplateResult {
  const { state, end, recorded, width } = scene;
  const all = stairs(end, recorded);
  const last = all.at(-1);
  const plain = byTime ? (recorded?.plain_ms_per_token ?? null) : 1;
  const most = Math.max(1, last?.tokens ?? 1);
  const reach = Math.max(
    (byTime ? last?.ms : last?.passes) ?? 1,
    plain === null ? 0 : plain * most,
  );
  const x = linear([0, reach], [44, width - 20]);
  const y = linear([0, most], [PLOT - 34, 14]);
  const done = stairs(state, recorded);
  const at = (step: StairStep) => x((byTime ? step.ms : step.passes) ?? 0);
  const line = (steps: readonly StairStep[]) =>
    `M${x(0)} ${y(0)}${steps.map((it) => `H${at(it).toFixed(1)}V${y(it.tokens).toFixed(1)}`).join("")}`;
  const mark = (step: StairStep): SVGTemplateResult =>
    svg`<g data-round=${step.round} class="stair">
      <rect class="reach" x=${at(step) - 5} y="10" width="10" height=${PLOT - 44}></rect>
      <circle cx=${at(step)} cy=${y(step.tokens)} r="3"></circle>
      <title>${t`round ${step.round + 1}: ${step.tokens} tokens after ${step.passes} passes`}</title>
    </g>`;
  const unit = byTime ? "ms" : t`target passes`;
  return html`<svg
    class="staircase"
    width=${width}
    height=${PLOT}
    viewBox="0 0 ${width} ${PLOT}"
    role="img"
    aria-label=${t`Tokens against ${unit}`}
  >
    ${ticks(0, most, 4)
      .filter((it) => it <= most)
      .map(
        (it) =>
          svg`<line class="grid" x1=${x(0)} x2=${width - 20} y1=${y(it)} y2=${y(it)}></line>
            <text class="fine" x="38" y=${y(it) + 4} text-anchor="end">${it}</text>`,
      )}
    ${ticks(0, reach, width < 520 ? 3 : 6)
      .filter((it) => it <= reach)
      .map(
        (it) => svg`<text class="fine" x=${x(it)} y=${PLOT - 18} text-anchor="middle">${it}</text>`,
      )}
    <text class="caption" x=${width - 20} y=${PLOT - 4} text-anchor="end">${unit}</text>
    <text class="caption" x="44" y="10">${t`tokens`}</text>
    ${
      plain === null
        ? nothing
        : svg`<line class="diagonal" x1=${x(0)} y1=${y(0)} x2=${x(plain * most)} y2=${y(most)}></line>
          <text class="fine" x=${x(plain * most * 0.62) + 8} y=${y(most * 0.62) + 14}>${t`plain decoding`}</text>`
    }
    <path class="ahead" d=${line(all)}></path>
    <path class="walked" d=${line(done)}></path>
    ${done.length <= 200 ? done.map(mark) : nothing}
  </svg>`;
}

function render(scene: Scene): TemplateResult {
  const { state, end, recorded } = scene;
  const complete = state.index === end.index && end.finishes.length > 0;
  const plain = recorded?.plain_ms_per_token ?? null;
  const timed = (recorded?.pass_ms.length ?? 0) > 0;
  const byTime = timed && scene.options["time"] === true;
  return html`${renderClocks(state, stats(state, recorded, complete), plain)}
    <div class="stair-box">
      ${
        timed
          ? html`<button
              class="switch"
              aria-pressed=${byTime}
              @click=${() => scene.setOption("time", !byTime)}
            >
              ${t`by wall time`}
            </button>`
          : nothing
      }
      ${plot(scene, byTime)}
    </div>`;
}

export const staircase: View = {
  id: "passes",
  title: "Passes and time",
  applies: (end) => end.passes.length > 0 && end.rounds.some((it) => it.emitted > 0),
  rank: () => 1,
  height: ({ width }) => PLOT + (width < 560 ? CLOCKS + 80 : CLOCKS),
  render,
  styles: [
    clockStyles,
    css`
      .stair-box {
        position: relative;
        padding-top: 1.9rem;
      }
      .stair-box .switch {
        position: absolute;
        top: 0;
        right: var(--space-4);
      }
      .staircase {
        display: block;
      }
      .staircase .grid {
        stroke: var(--rule);
      }
      .staircase .diagonal {
        stroke: var(--ink-2);
        stroke-dasharray: 5 4;
      }
      .staircase .ahead,
      .staircase .walked {
        fill: none;
        stroke: var(--rule-strong);
        stroke-width: 1;
      }
      .staircase .walked {
        stroke: var(--accent);
        stroke-width: 2.25;
      }
      .stair circle {
        fill: var(--accent);
      }
      .stair {
        cursor: pointer;
      }
      .stair .reach {
        fill: transparent;
      }
      .stair[marked] .reach {
        fill: var(--mark);
      }
    `,
  ],
};
