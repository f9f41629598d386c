// Tokens against passes of the target, or against time: each commit is a step up, and the diagonal
// is plain decoding, one token a pass. Shows `score` and `commit`; the clocks stand above it.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { Recorded } from "../generated/Recorded.ts";
import type { State } from "../trace/state.ts";
import { isTargetPass, passTimes, stats } from "../trace/stats.ts";
import { clockStyles, renderClocks } from "./clocks.ts";
import { linear, ticksWithin } from "./layout/scale.ts";
import { ofRound, picture, rect, words } from "./part/picture.ts";
import { toggle } from "./part/switch.ts";
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

function plot({ state, end, recorded, width }: Scene, byTime: boolean): TemplateResult {
  const all = stairs(end, recorded);
  const last = all.at(-1)!;
  const plain = byTime ? (recorded?.plain_ms_per_token ?? null) : 1;
  const most = Math.max(1, last.tokens);
  const done = stairs(state, recorded);
  const reached = (step: StairStep) => (byTime ? step.ms : step.passes) ?? 0;
  const reach = Math.max(reached(last), (plain ?? 0) * most);
  const right = width - 20;
  const x = linear([0, reach], [44, right]);
  const y = linear([0, most], [PLOT - 34, 14]);
  const line = (steps: readonly StairStep[]) =>
    `M44 ${y(0)}${steps.map((it) => `H${x(reached(it)).toFixed(1)}V${y(it.tokens).toFixed(1)}`).join("")}`;
  const stair = (step: StairStep): SVGTemplateResult => {
    const at = x(reached(step));
    return ofRound(
      "stair",
      step.round,
      rect("reach", at - 5, 10, 10, PLOT - 44),
      svg`<circle cx=${at} cy=${y(step.tokens)} r="3"></circle>`,
      t`round ${step.round + 1}: ${step.tokens} tokens after ${step.passes} passes`,
    );
  };
  const unit = byTime ? "ms" : t`target passes`;
  return picture(
    width,
    PLOT,
    t`Tokens against ${unit}`,
    svg`${ticksWithin(0, most, 4).map(
      (it) =>
        svg`<path class="tick" d="M44 ${y(it)}H${right}"></path>${words(38, y(it) + 4, it, "end")}`,
    )}
    ${ticksWithin(0, reach, width < 520 ? 3 : 6).map((it) => words(x(it), PLOT - 18, it, "middle"))}
    ${words(right, PLOT - 4, unit, "end", "caption")} ${words(44, 10, t`tokens`, undefined, "caption")}
    ${
      plain === null
        ? nothing
        : svg`<path class="diagonal" d="M44 ${y(0)}L${x(plain * most)} ${y(most)}"></path>
          ${words(x(plain * most * 0.62) + 8, y(most * 0.62) + 14, t`plain decoding`)}`
    }
    <path class="ahead" d=${line(all)}></path>
    <path class="walked" d=${line(done)}></path>
    ${done.length <= 200 ? done.map(stair) : nothing}`,
  );
}

function render(scene: Scene): TemplateResult {
  const { state, end, recorded } = scene;
  const complete = state.index === end.index && end.finishes.length > 0;
  const plain = recorded?.plain_ms_per_token ?? null;
  const timed = (recorded?.pass_ms.length ?? 0) > 0;
  const byTime = timed && scene.options["time"] === true;
  return html`${renderClocks(state, stats(state, recorded, complete), plain)}
    <div class="switched stair-box">
      ${timed ? toggle(scene, "time", t`by wall time`) : nothing} ${plot(scene, byTime)}
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
        padding-top: 1.9rem;
      }
      .tick {
        stroke: var(--rule);
      }
      .stair-box .diagonal {
        stroke: var(--ink-2);
        stroke-dasharray: 5 4;
      }
      .stair-box .ahead,
      .stair-box .walked {
        fill: none;
        stroke: var(--rule-strong);
        stroke-width: 1;
      }
      .stair-box .walked {
        stroke: var(--accent);
        stroke-width: 2.25;
      }
      .stair circle {
        fill: var(--accent);
      }
    `,
  ],
};
