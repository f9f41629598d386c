// One draw, from the network's row to the chosen token: the sampling pipeline in engine order and
// the ruler with its needle. Shows one `sample`: that of the selected node, else the latest.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { Stage } from "../generated/Stage.ts";
import type { At, EventOf, State } from "../trace/state.ts";
import { chosenBy, LOGGED, selectedSample } from "./draw.ts";
import { fitted } from "./part/fitted.ts";
import { continuation, picture, rect, words } from "./part/picture.ts";
import { remembered } from "./part/remembered.ts";
import { isOn, toggle } from "./part/switch.ts";
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

const rowHeight = (stages: number): number =>
  Math.round(Math.min(MOST_ROW, Math.max(LEAST_ROW, STAGES / stages)));

/** Where everything stands, in pixels. */
interface Frame {
  /** A narrow stage: names stand in two rows, in turns, and numbers of a stage above its bars. */
  readonly narrow: boolean;
  /** Top of the first stage, height of each, and of its bars. */
  readonly top: number;
  readonly row: number;
  readonly bars: number;
  /** Left edge of the bars, and the room of each. */
  readonly left: number;
  readonly step: number;
  readonly height: number;
}

function frameOf({ width, end }: Scene, tokens: number): Frame {
  const stages = mostStages(end);
  const row = rowHeight(stages);
  const narrow = width < 520;
  const [left, right] = narrow ? [12, 12] : [132, 24];
  const top = narrow ? 32 : 18;
  return {
    ...{ narrow, top, row, bars: row - BETWEEN, left },
    step: Math.min(110, (width - left - right) / (tokens + 1)),
    height: top + stages * row + LABELS + RULER + (narrow ? TURN : 0),
  };
}

/** The stages of a draw, one below the other, with the tokens' names at the foot. */
function renderStages(scene: Scene, draw: EventOf<"sample">, frame: Frame): SVGTemplateResult {
  const { narrow, top, row, bars, left, step } = frame;
  const { stages, tokens, node } = draw;
  const log = isOn(scene, "log");
  const tallest = Math.max(FLOOR, ...stages.flatMap((it) => [...it.probs, it.rest]));
  const tall = (p: number) => (barShare(p, log) / barShare(tallest, log)) * (bars - 6);
  const wide = Math.max(2, step * 0.62);
  const right = left + step * (tokens.length + 1);
  const name = (token: number) => tokenName(scene.vocabulary, token);
  /** All tokens, and what is left for others. */
  const each = <T>(stage: Stage, draw: (token: number | null, p: number, i: number) => T): T[] => [
    ...tokens.map((token, i) => draw(token, stage.probs[i] ?? 0, i)),
    draw(null, stage.rest, tokens.length),
  ];

  /** The figure that a filter's cut-off stands for, drawn where it can be drawn. */
  const cut = ({ cutoff, name, probs }: Stage): SVGTemplateResult | typeof nothing => {
    const line = (d: string) => svg`<path class="cut" d=${d}></path>`;
    if (cutoff === null) return nothing;
    if (name === "top_k")
      return cutoff < probs.length ? line(`M${left + cutoff * step - 2} 4V${bars + 2}`) : nothing;
    return cutoff > 0 && cutoff <= tallest && /^(min_p|epsilon|eta|top_p|typical)$/.test(name)
      ? line(`M${left} ${bars - tall(cutoff)}H${left + step * probs.length}`)
      : nothing;
  };

  const stageRow = (stage: Stage, index: number): SVGTemplateResult => {
    const before = stages[index - 1];
    const bar = (token: number | null, p: number, i: number) => {
      const was = (token === null ? before?.rest : before?.probs[i]) ?? 0;
      const chosen = token === draw.token && index === stages.length - 1 ? "chosen" : "";
      const kind = p <= 0 && was > 0 ? "gone" : token === null ? "other" : chosen;
      const solid = (kind: string, p: number, least = 0) =>
        p > 0
          ? rect(
              kind,
              left + (i + 0.5) * step - wide / 2,
              bars - tall(p),
              wide,
              Math.max(least, tall(p)),
            )
          : nothing;
      return continuation(
        `bar ${kind}`,
        node,
        token,
        svg`
        ${rect("reach", left + i * step, 0, step, bars + 2)}${solid("ghost", was)}${solid("solid", p, 0.75)}
        <title>${token === null ? t`all other tokens` : name(token)}: ${percent(p)}</title>`,
      );
    };
    const said = `${stage.name}${stage.value === null ? "" : ` ${number(+stage.value.toFixed(4))}`}`;
    // A log lists the likely tokens, and does not say how many others there were.
    const kept = stage.name === LOGGED ? t`${stage.kept} listed` : t`${stage.kept} left`;
    return svg`<g transform="translate(0 ${top + index * row})">
      ${
        narrow
          ? words(12, -3, `${said} · ${kept}`, undefined, "stage-name")
          : svg`${words(16, 22, said, undefined, "stage-name")}${words(16, 37, kept + cutSaid(stage))}`
      }
      <path class="rule" d="M${left} ${bars}H${right}"></path>
      ${each(stage, bar)} ${cut(stage)}
    </g>`;
  };

  const label = (token: number | null, p: number, i: number): SVGTemplateResult => {
    const x = left + (i + 0.5) * step;
    const y = top + stages.length * row - BETWEEN;
    // Narrow columns take turns, so that each name has the room of two.
    const low = narrow && i % 2 === 1 ? TURN : 0;
    const room = narrow ? 2 * step - 12 : step - 3;
    const said = fitted(token === null ? t`other` : name(token), room / LABEL_SIZE);
    return svg`${low > 0 ? svg`<path class="rule" d="M${x} ${y + 2}v${low}"></path>` : nothing}
      ${words(x, y + 14 + low, said, "middle", `token-name ${token === draw.token ? "chosen" : ""}`)}
      ${words(x, y + 28 + low, p > 0 ? probability(p) : "–", "middle")}`;
  };

  return svg`${stages.map(stageRow)}${each(stages.at(-1)!, label)}`;
}

const cutSaid = (stage: Stage): string =>
  stage.cutoff === null ? "" : t` · cut at ${number(+stage.cutoff.toPrecision(3))}`;

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
  const tried = triedAt(scene, draw);
  const at = tried ?? draw.u;
  const said = saidOf(scene, draw);
  // Tokens that were not listed have no place on a ruler.
  if (chosenBy(draw) === "unknown") return words(left, y + 16, said, undefined, "caption");
  const needle = (kind: string, u: number | null) =>
    u === null ? nothing : svg`<path class="needle ${kind}" d="M${x(u)} 50V18"></path>`;
  const stretch = ({ token, from, to }: Stretch) => {
    const wide = x(to) - x(from);
    const kind = token === null ? "rest" : token === draw.token ? "chosen" : "";
    const name = token === null ? "" : tokenName(scene.vocabulary, token);
    return continuation(
      `stretch ${kind}`,
      draw.node,
      token,
      svg`
      ${rect("", x(from), 24, Math.max(0.5, wide), 22)}
      ${wide > 26 ? words((x(from) + x(to)) / 2, 40, shortened(name, Math.floor(wide / 9)), "middle", "") : nothing}`,
    );
  };
  return svg`<g transform="translate(0 ${y})">
    ${ruler(draw).map(stretch)} ${needle("", draw.u)} ${needle("tried", tried)}
    ${
      at !== null && at > 0.6
        ? words(x(at) - 12, 16, said, "end", "caption")
        : words(at === null ? left : x(at) + 12, 16, said, undefined, "caption")
    }
    ${words(left, 62, 0)} ${words(left + across, 62, 1, "end")}
    ${words(left + across / 2, 62, t`running sum, by token number`, "middle")}
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

const mostStages = remembered((end: State): number =>
  Math.max(1, ...end.nodes.flatMap((it) => it.samples.map(({ event }) => event.stages.length))),
);

function render(scene: Scene): TemplateResult {
  const draw = selectedSample(scene)?.event;
  if (!draw) return html`<p class="empty">${t`Nothing has been drawn yet.`}</p>`;
  const frame = frameOf(scene, draw.tokens.length);
  const rulerTop =
    frame.top + draw.stages.length * frame.row - BETWEEN + LABELS + 4 + (frame.narrow ? TURN : 0);
  return html`<div class="switched">
    ${toggle(scene, "log", t`log scale`)}
    ${picture(
      scene.width,
      frame.height,
      t`How ${tokenName(scene.vocabulary, draw.token)} was chosen, stage by stage`,
      [renderStages(scene, draw, frame), renderRuler(scene, draw, rulerTop)],
    )}
    ${renderHandle(scene, draw, rulerTop)}
  </div>`;
}

export type Draw = At<"sample">;

export const distribution: View = {
  id: "distribution",
  title: "Distribution",
  applies: (end) => end.sample !== null,
  rank: (end) => (end.rounds.some((it) => it.drafted > 0) ? 1 : 8),
  height: (scene) => frameOf(scene, 0).height,
  render,
  styles: css`
    .rule {
      stroke: var(--rule-strong);
    }
    .stage-name {
      font: 13px var(--font-label);
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
    }
    .bar.gone .ghost {
      stroke-dasharray: 2 2;
      stroke: var(--state-rejected-ink);
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
    .tried {
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
