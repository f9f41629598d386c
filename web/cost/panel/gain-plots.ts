/**
 * What a draft of γ guesses gains when each is kept with probability α: the gain, and the price in
 * operations. Curves are the formula; what the run at hand gave stands beside them as a mark.
 */
import { html, nothing, svg, type TemplateResult } from "lit";
import { round } from "../../views/layout/curve.ts";
import { bestOf, expectedTokens, LONGEST, operations, speedUp, speedUpOf } from "../acceptance.ts";
import type { PassTimes } from "../acceptance.ts";
import { type Area, columns, line, plain, plotFrame, rows } from "./axes.ts";
import { times } from "./units.ts";

const HEIGHT = 210;

export interface Point {
  readonly alpha: number;
  readonly c: number;
  readonly gamma: number;
}

/** The run at hand: guesses a round, tokens a round, and its measured gain in time. */
export interface Run {
  readonly length: number;
  readonly tokens: number;
  readonly measured: number | null;
}

const areaOf = (width: number): Area => ({
  left: 34,
  right: width - 14,
  top: 18,
  bottom: HEIGHT - 32,
});

/** Lengths that the axis shows: the best one has room on both sides. */
export function longestShown({ alpha, c, gamma }: Point, run: Run | null): number {
  const best = bestOf((it) => speedUp(alpha, it, c)).gamma;
  const wanted = Math.max(8, gamma + 1, Math.ceil(best * 1.6), Math.ceil(run?.length ?? 0) + 2);
  return Math.min(LONGEST, Math.ceil(wanted / 4) * 4);
}

const lengths = (most: number): number[] => Array.from({ length: most + 1 }, (_, i) => i);

/** `passes`: times on the chosen machine, where a wider pass may take longer. */
export function gainPlot(
  point: Point,
  passes: PassTimes | null,
  run: Run | null,
  width: number,
): TemplateResult {
  const { alpha, c, gamma } = point;
  const area = areaOf(width);
  const most = longestShown(point, run);
  const flat = lengths(most).map((it) => [it, speedUp(alpha, it, c)] as const);
  const wide = passes
    ? lengths(most).map((it) => [it, it === 0 ? 1 : speedUpOf(alpha, it, passes)] as const)
    : [];
  const best = bestOf((it) => speedUp(alpha, it, c), most);
  const here = run === null ? null : run.tokens / (c * run.length + 1);
  const marks = [here, run?.measured].filter((it) => it != null);
  const high = Math.max(1.2, ...[...flat, ...wide].map(([, it]) => it), ...marks);
  const x = plain(0, most, [area.left, area.right], Math.min(8, most));
  const y = plain(0, high * 1.05, [area.bottom, area.top], 4);
  const at = (g: number, s: number) => [round(x.scale(g)), round(y.scale(s))] as const;
  const [bx, by] = at(best.gamma, best.speedUp);
  const side = best.gamma > most * 0.66 ? "end" : "start";
  const label = `Gain over the draft length: at best ${times(best.speedUp)} with ${best.gamma} guesses.`;
  return plotFrame(
    { width, height: HEIGHT, label },
    svg`
    ${rows(y, area)} ${columns({ ...x, marks: x.marks.filter(Number.isInteger) }, area)}
    <text class="axis" x="2" y="10">times faster</text>
    <text class="axis" x=${area.right} y=${HEIGHT - 3} text-anchor="end">guesses a round, γ</text>
    <path class="one" d="M${area.left} ${round(y.scale(1))}H${area.right}" />
    <path class="cursor" d="M${round(x.scale(gamma))} ${area.top}V${area.bottom}" />
    ${wide.length > 0 ? svg`<path class="curve wide" d=${line(wide, x.scale, y.scale)} />` : nothing}
    <path class="curve" d=${line(flat, x.scale, y.scale)} />
    <circle class="best" cx=${bx} cy=${by} r="4" />
    <text class="small" x=${bx + (side === "end" ? 2 : -2)} y=${by - 9} text-anchor=${side}>
      ${best.gamma === 0 ? "no gain" : `best: γ = ${best.gamma}, ${times(best.speedUp)}`}
    </text>
    ${
      run === null || here === null
        ? nothing
        : svg`<g class="run">
            <circle cx=${at(run.length, here)[0]} cy=${at(run.length, here)[1]} r="5" />
          </g>`
    }
    ${
      run?.measured == null
        ? nothing
        : svg`<path class="run-measured" d="M${at(run.length, run.measured)[0]} ${at(run.length, run.measured)[1] - 6}l6 6-6 6-6-6z" />`
    }
  `,
  );
}

/** Time of a token falls while its operations rise; both over plain decoding. */
export function operationsPlot(
  point: Point,
  cost: number,
  run: Run | null,
  width: number,
): TemplateResult {
  const { alpha, c, gamma } = point;
  const area = { ...areaOf(width), right: width - 74 };
  const most = longestShown(point, run);
  const time = lengths(most).map((it) => [it, 1 / speedUp(alpha, it, c)] as const);
  const work = lengths(most).map((it) => [it, operations(alpha, it, cost)] as const);
  const high = Math.max(...[...time, ...work].map(([, it]) => it));
  const x = plain(0, most, [area.left, area.right], Math.min(6, most));
  const y = plain(0, high, [area.bottom, area.top], 4);
  const end = (list: readonly (readonly [number, number])[]) => round(y.scale(list.at(-1)![1]));
  const low = Math.max(end(time), end(work) + 14);
  const label = `Over plain decoding, with ${gamma} guesses: ${(1 / speedUp(alpha, gamma, c)).toFixed(2)} of the time, ${operations(alpha, gamma, cost).toFixed(2)} of the operations.`;
  return plotFrame(
    { width, height: HEIGHT, label },
    svg`
    ${rows(y, area)} ${columns({ ...x, marks: x.marks.filter(Number.isInteger) }, area)}
    <text class="axis" x="2" y="10">per token, over plain decoding</text>
    <text class="axis" x=${area.right} y=${HEIGHT - 3} text-anchor="end">guesses a round, γ</text>
    <path class="one" d="M${area.left} ${round(y.scale(1))}H${area.right}" />
    <path class="cursor" d="M${round(x.scale(gamma))} ${area.top}V${area.bottom}" />
    <path class="curve wide" d=${line(work, x.scale, y.scale)} />
    <path class="curve" d=${line(time, x.scale, y.scale)} />
    <text class="small" x=${area.right + 6} y=${end(work) + 4}>operations</text>
    <text class="small" x=${area.right + 6} y=${Math.min(low + 4, area.bottom + 4)}>time</text>
  `,
  );
}

/** What the formula says at the reader's γ. */
export function gainSentence({ alpha, c, gamma }: Point, cost: number): TemplateResult {
  const factor = speedUp(alpha, gamma, c);
  const gained =
    factor >= 1
      ? html`<b>${times(factor)}</b> as fast as plain decoding`
      : html`slower than plain decoding: <b>${times(factor)}</b> its speed`;
  return html`With γ = ${gamma} a round gives
    <b>${expectedTokens(alpha, gamma).toFixed(2)}</b> tokens on average, and is ${gained}, with
    ${operations(alpha, gamma, cost).toFixed(2)} times its operations.
    ${alpha > c ? "" : "α is not above c: no draft length can gain."}`;
}
