// One draw, from the network's row to the chosen token: the sampling pipeline in engine order and
// the ruler with its needle. Shows one `sample`: that of the selected node, else the latest.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { Stage } from "../generated/Stage.ts";
import type { At, EventOf, State } from "../trace/state.ts";
import { chosenBy, LOGGED, selectedSample } from "./draw.ts";
import { fitted } from "./part/fitted.ts";
import { number, percent, probability } from "./parts.ts";
import { shortened, tokenName } from "../trace/words.ts";
import type { Scene, View } from "./view.ts";
import { inline } from "./part/inline.ts";
import { digits, t } from "../language/t.ts";

/** Room that the stages share, as long as each has its least. */
const STAGES = 330;
const LEAST_ROW = 58;
const MOST_ROW = 120;
const BETWEEN = 22;
const LABELS = 34;
/** How much lower every second name stands where columns are narrow. */
const TURN = 32;
/** Size of the tokens' names below the bars. */
const LABEL_SIZE = 14;
const RULER = 74;

/** Smallest probability on the logarithmic scale. */
const FLOOR = 1e-4;

/** Share of the full height for a probability. */
export const barShare = (p: number, logarithmic: boolean): number =>
  logarithmic ? Math.max(0, 1 - Math.log(Math.max(p, FLOOR)) / Math.log(FLOOR)) : p;

interface Frame {
  /** Height of a stage, and of its bars. */
  readonly row: number;
  readonly bars: number;
  readonly left: number;
  readonly right: number;
  readonly step: number;
  /** Whether names stand in two rows, in turns. */
  readonly turns: boolean;
}

const rowHeight = (stages: number): number =>
  Math.round(Math.min(MOST_ROW, Math.max(LEAST_ROW, STAGES / stages)));

function frameOf(width: number, tokens: number, stages: number): Frame {
  const row = rowHeight(stages);
  const left = width < 520 ? 12 : 132;
  const right = width < 520 ? 12 : 24;
  return {
    row,
    bars: row - BETWEEN,
    left,
    right,
    step: Math.min(110, (width - left - right) / (tokens + 1)),
    turns: width < 520,
  };
}

/** The figure that a filter's cut-off stands for, drawn where it can be drawn. */
function cutLine(stage: Stage, frame: Frame, tallest: number, log: boolean): SVGTemplateResult {
  const { cutoff } = stage;
  if (cutoff === null) return svg``;
  const end = frame.left + frame.step * stage.probs.length;
  if (stage.name === "top_k") {
    if (cutoff >= stage.probs.length) return svg``;
    const x = frame.left + cutoff * frame.step - 2;
    return svg`<line class="cut" x1=${x} x2=${x} y1="4" y2=${frame.bars + 2}></line>`;
  }
  if (cutoff <= 0 || cutoff > tallest || !/^(min_p|epsilon|eta|top_p|typical)$/.test(stage.name))
    return svg``;
  const y = frame.bars - (barShare(cutoff, log) / barShare(tallest, log)) * (frame.bars - 6);
  return svg`<line class="cut" x1=${frame.left} x2=${end} y1=${y} y2=${y}></line>`;
}

function stageRow(
  scene: Scene,
  draw: EventOf<"sample">,
  index: number,
  frame: Frame,
  log: boolean,
): SVGTemplateResult {
  const stage = draw.stages[index]!;
  const before = draw.stages[index - 1];
  const all = draw.stages.flatMap((it) => [...it.probs, it.rest]);
  const tallest = Math.max(FLOOR, ...all);
  const tall = (p: number) => (barShare(p, log) / barShare(tallest, log)) * (frame.bars - 6);
  const wide = Math.max(2, frame.step * 0.62);
  const bar = (p: number, was: number | undefined, i: number, token: number | null) => {
    const x = frame.left + i * frame.step + (frame.step - wide) / 2;
    const gone = p <= 0 && (was ?? 0) > 0;
    const chosen = token === draw.token && index === draw.stages.length - 1;
    return svg`<g
        class="bar ${gone ? "gone" : ""} ${chosen ? "chosen" : ""} ${token === null ? "other" : ""}"
        data-after=${token === null ? nothing : draw.node}
        data-token=${token ?? nothing}
      >
      <rect class="reach" x=${frame.left + i * frame.step} y="0" width=${frame.step} height=${frame.bars + 2}></rect>
      ${was !== undefined && was > 0 ? svg`<rect class="ghost" x=${x} y=${frame.bars - tall(was)} width=${wide} height=${tall(was)}></rect>` : nothing}
      ${p > 0 ? svg`<rect class="solid" x=${x} y=${frame.bars - tall(p)} width=${wide} height=${Math.max(0.75, tall(p))}></rect>` : nothing}
      <title>${token === null ? t`all other tokens` : tokenName(scene.vocabulary, token)}: ${percent(p)}</title>
    </g>`;
  };
  const narrow = scene.width < 520;
  const setting = stage.value === null ? "" : ` ${number(+stage.value.toFixed(4))}`;
  // A log lists the likely tokens, and does not say how many others there were.
  const left = stage.name === LOGGED ? t`${stage.kept} listed` : t`${stage.kept} left`;
  return svg`<g class="stage-row" transform="translate(0 ${18 + index * frame.row + (narrow ? 14 : 0)})">
    ${
      narrow
        ? svg`<text class="stage-name" x="12" y="-3">${stage.name}${setting} · ${left}</text>`
        : svg`<text class="stage-name" x="16" y="22">${stage.name}${setting}</text>
            <text class="fine" x="16" y="37">${left}${cutSaid(stage)}</text>`
    }
    <line class="ground" x1=${frame.left} x2=${frame.left + frame.step * (draw.tokens.length + 1)} y1=${frame.bars} y2=${frame.bars}></line>
    ${draw.tokens.map((token, i) => bar(stage.probs[i] ?? 0, before?.probs[i], i, token))}
    ${bar(stage.rest, before?.rest, draw.tokens.length, null)}
    ${cutLine(stage, frame, tallest, log)}
  </g>`;
}

const cutSaid = (stage: Stage): string =>
  stage.cutoff === null ? "" : t` · cut at ${number(+stage.cutoff.toPrecision(3))}`;

function labels(scene: Scene, draw: EventOf<"sample">, frame: Frame, y: number): SVGTemplateResult {
  const last = draw.stages.at(-1)!;
  const word = (name: string, p: number, i: number, chosen: boolean) => {
    const x = frame.left + (i + 0.5) * frame.step;
    // Narrow columns take turns, so that each name has the room of two.
    const low = frame.turns && i % 2 === 1 ? TURN : 0;
    const room = frame.turns ? 2 * frame.step - 12 : frame.step - 3;
    return svg`${low > 0 ? svg`<path class="leader" d="M${x} ${y + 2}v${low}"></path>` : nothing}
      <text class="token-name ${chosen ? "chosen" : ""}" x=${x} y=${y + 14 + low} text-anchor="middle">${fitted(name, room / LABEL_SIZE)}</text>
      <text class="fine" x=${x} y=${y + 28 + low} text-anchor="middle">${p > 0 ? probability(p) : "–"}</text>`;
  };
  return svg`${draw.tokens.map((token, i) =>
    word(tokenName(scene.vocabulary, token), last.probs[i] ?? 0, i, token === draw.token),
  )}${word(t`other`, last.rest, draw.tokens.length, false)}`;
}

/** A stretch of the ruler. */
export interface Stretch {
  readonly token: number | null;
  readonly from: number;
  readonly to: number;
}

/**
 * The ruler from 0 to 1, tokens in order of their ids. Where tokens are left that the trace does
 * not list, only the chosen one's stretch is known.
 */
export function ruler(draw: EventOf<"sample">): Stretch[] {
  const last = draw.stages.at(-1);
  const [from, to] = draw.span;
  if (!last || last.rest > 1e-6)
    return [
      { token: null, from: 0, to: from },
      { token: draw.token, from, to },
      { token: null, from: to, to: 1 },
    ];
  let at = 0;
  return draw.tokens
    .map((token, i) => ({ token, p: last.probs[i] ?? 0 }))
    .filter((it) => it.p > 0)
    .sort((a, b) => a.token - b.token)
    .map(({ token, p }) => {
      const stretch = { token, from: at, to: at + p };
      at += p;
      return stretch;
    });
}

/** The token on which `u` falls; `null` among those that the trace does not list. */
export function tokenAt(draw: EventOf<"sample">, u: number): number | null {
  return ruler(draw).find(({ from, to }) => u >= from && u < to)?.token ?? null;
}

/** Where the reader has put the needle of this draw, if anywhere. */
function triedAt(scene: Scene, draw: EventOf<"sample">): number | null {
  const tried = scene.options[`u after ${draw.node}`];
  return typeof tried === "number" && draw.u !== null ? tried : null;
}

/** Left edge and width of the ruler. */
const RULER_LEFT = 16;
const rulerWidth = (scene: Scene): number => scene.width - 2 * RULER_LEFT;

function renderRuler(scene: Scene, draw: EventOf<"sample">, y: number): SVGTemplateResult {
  const left = RULER_LEFT;
  const across = rulerWidth(scene);
  const x = (at: number) => left + Math.min(1, Math.max(0, at)) * across;
  const { u } = draw;
  const tried = triedAt(scene, draw);
  const needle = tried ?? u;
  // Tokens that were not listed have no place on a ruler.
  if (chosenBy(draw) === "unknown")
    return svg`<text class="caption" x=${left} y=${y + 16}>${saidOf(scene, draw)}</text>`;
  return svg`<g class="ruler" transform="translate(0 ${y})">
    ${ruler(draw).map(({ token, from, to }) => {
      const name = token === null ? "" : tokenName(scene.vocabulary, token);
      const wide = x(to) - x(from);
      return svg`<g class="stretch ${token === draw.token ? "chosen" : ""} ${token === null ? "rest" : ""}"
        data-after=${token === null ? nothing : draw.node} data-token=${token ?? nothing}>
        <rect x=${x(from)} y="24" width=${Math.max(0.5, wide)} height="22"></rect>
        ${wide > 26 ? svg`<text x=${(x(from) + x(to)) / 2} y="40" text-anchor="middle">${shortened(name, Math.floor(wide / 9))}</text>` : nothing}
      </g>`;
    })}
    ${u === null ? nothing : svg`<path class="needle" d="M${x(u)} 50V18"></path>`}
    ${tried === null ? nothing : svg`<path class="needle tried" d="M${x(tried)} 50V18"></path>`}
    <text class="caption" x=${needle !== null && needle > 0.6 ? x(needle) - 12 : needle === null ? left : x(needle) + 12} y="16"
      text-anchor=${needle !== null && needle > 0.6 ? "end" : "start"}>${saidOf(scene, draw)}</text>
    <text class="fine" x=${left} y="62">0</text>
    <text class="fine" x=${left + across} y="62" text-anchor="end">1</text>
    <text class="fine" x=${left + across / 2} y="62" text-anchor="middle">${t`running sum, by token number`}</text>
  </g>`;
}

/** What the needle says: of the draw as it was, or as the reader tries it. */
function saidOf(scene: Scene, draw: EventOf<"sample">): string {
  const tried = triedAt(scene, draw);
  const chosen = tokenName(scene.vocabulary, draw.token);
  if (draw.u === null)
    return {
      draw: t`${chosen} was drawn; the number it was drawn with is not recorded`,
      rank: t`no draw: the most probable token is taken`,
      unknown: t`${chosen} was written; how it was chosen is not recorded`,
    }[chosenBy(draw)];
  if (tried === null) return t`u = ${digits(draw.u.toFixed(4))} falls on ${chosen}`;
  const token = tokenAt(draw, tried);
  const name =
    token === null ? t`one of the tokens not listed` : tokenName(scene.vocabulary, token);
  return t`u = ${digits(tried.toFixed(3))} would give ${name}`;
}

/** The needle's handle: a slider over the ruler, so that keys and screen readers move it too. */
function renderHandle(scene: Scene, draw: EventOf<"sample">, y: number) {
  if (draw.u === null) return nothing;
  const name = `u after ${draw.node}`;
  return html`<input
    class="try-u"
    type="range"
    data-own-keys
    min="0"
    max="0.999"
    step="0.001"
    .value=${String(triedAt(scene, draw) ?? draw.u)}
    style=${inline(`left: ${RULER_LEFT - HANDLE / 2}px; width: ${rulerWidth(scene) + HANDLE}px; top: ${y + 16 - HANDLE / 2}px`)}
    aria-label=${t`Try another u: which token would it have been?`}
    aria-valuetext=${saidOf(scene, draw)}
    @input=${(event: Event) => scene.setOption(name, (event.target as HTMLInputElement).valueAsNumber)}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === "Escape") scene.setOption(name, "");
    }}
    @dblclick=${() => scene.setOption(name, "")}
  />`;
}

/** Size of the needle's handle. */
const HANDLE = 16;

const most = new WeakMap<State, number>();
function mostStages(end: State): number {
  let stages = most.get(end) ?? 1;
  if (!most.has(end))
    for (const node of end.nodes)
      for (const { event } of node.samples) stages = Math.max(stages, event.stages.length);
  most.set(end, stages);
  return stages;
}

const heightOf = (stages: number, narrow: boolean): number =>
  18 + stages * rowHeight(stages) + LABELS + RULER + (narrow ? 14 + TURN : 0);

function render(scene: Scene): TemplateResult {
  const draw = selectedSample(scene)?.event;
  if (!draw) return html`<p class="empty">${t`Nothing has been drawn yet.`}</p>`;
  const log = scene.options["log"] === true;
  const narrow = scene.width < 520;
  const frame = frameOf(scene.width, draw.tokens.length, mostStages(scene.end));
  const height = heightOf(mostStages(scene.end), narrow);
  const foot = 18 + draw.stages.length * frame.row - BETWEEN + (narrow ? 14 : 0);
  const rulerTop = foot + LABELS + 4 + (frame.turns ? TURN : 0);
  return html`<div class="distribution">
    <button class="switch" aria-pressed=${log} @click=${() => scene.setOption("log", !log)}>
      ${t`log scale`}
    </button>
    <svg
      width=${scene.width}
      height=${height}
      viewBox="0 0 ${scene.width} ${height}"
      role="img"
      aria-label=${t`How ${tokenName(scene.vocabulary, draw.token)} was chosen, stage by stage`}
    >
      ${draw.stages.map((_, i) => stageRow(scene, draw, i, frame, log))}
      ${labels(scene, draw, frame, foot)} ${renderRuler(scene, draw, rulerTop)}
    </svg>
    ${renderHandle(scene, draw, rulerTop)}
  </div>`;
}

export type Draw = At<"sample">;

export const distribution: View = {
  id: "distribution",
  title: "Distribution",
  applies: (end) => end.sample !== null,
  rank: (end) => (end.rounds.some((it) => it.drafted > 0) ? 1 : 8),
  height: (scene) => heightOf(mostStages(scene.end), scene.width < 520),
  render,
  styles: css`
    .distribution {
      position: relative;
    }
    .distribution .switch {
      position: absolute;
      top: var(--space-1);
      right: var(--space-4);
    }
    .distribution svg {
      display: block;
    }
    .leader {
      stroke: var(--rule-strong);
    }
    .stage-name {
      font: 13px var(--font-label);
    }
    .bar .reach {
      fill: transparent;
    }
    .bar .solid {
      fill: var(--of-draft);
    }
    .bar.other .solid {
      fill: var(--rule-strong);
      opacity: 0.6;
    }
    .bar.chosen .solid {
      fill: var(--of-target);
    }
    .bar .ghost {
      fill: none;
      stroke: var(--rule-strong);
      stroke-width: 1;
    }
    .bar.gone .ghost {
      stroke-dasharray: 2 2;
      stroke: var(--state-rejected-ink);
    }
    .bar[marked] .reach {
      fill: var(--mark);
    }
    .stage-row .ground {
      stroke: var(--rule-strong);
    }
    .cut {
      stroke: var(--state-rejected-ink);
      stroke-width: 1.5;
      stroke-dasharray: 4 2;
    }
    .token-name {
      font: 14px var(--font-text);
    }
    .token-name.chosen {
      font-weight: 600;
    }
    .stretch rect {
      fill: var(--paper-3);
      stroke: var(--rule-strong);
      stroke-width: 0.75;
    }
    .stretch.rest rect {
      fill: var(--paper-2);
    }
    .stretch.chosen rect {
      fill: var(--of-target);
    }
    .stretch text {
      font: 13px var(--font-text);
    }
    .stretch.chosen text {
      fill: var(--paper);
    }
    .stretch[marked] rect {
      fill: var(--mark);
      stroke: var(--ink);
    }
    .stretch[marked] text {
      fill: var(--ink);
    }
    .ruler .needle {
      stroke: var(--ink);
      stroke-width: 2;
    }
    .ruler .needle.tried {
      stroke: var(--accent);
      stroke-dasharray: 4 2;
    }
    .try-u {
      position: absolute;
      height: 16px;
      margin: 0;
      appearance: none;
      background: none;
      cursor: ew-resize;
      /* Only the handle takes the pointer: the tokens of the ruler can be pointed at too. */
      pointer-events: none;
    }
    .try-u::-webkit-slider-thumb {
      appearance: none;
      pointer-events: auto;
      width: 16px;
      height: 16px;
      border: 2px solid var(--ink);
      border-radius: 50%;
      background: var(--paper);
    }
    .try-u::-moz-range-thumb {
      pointer-events: auto;
      box-sizing: border-box;
      width: 16px;
      height: 16px;
      border: 2px solid var(--ink);
      border-radius: 50%;
      background: var(--paper);
    }
  `,
};
