// The draft tree: the guesses of the current round below the end of the text. Shows `grow`, the
// target's `score` (one sweep over all guesses), `judge`, `prune` and `commit`; past rounds are one
// column each in the ribbon underneath.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { currentRound, mainPath, type NodeState, type Round, type State } from "../trace/state.ts";
import { isTargetPass } from "../trace/stats.ts";
import { shortened } from "../trace/words.ts";
import { layoutTree, MOST_ROWS, type Place, type TreeLayout } from "./layout/tree.ts";
import { CHIP_HEIGHT, chipAt, frameFor, stageHeight, type Frame } from "./layout/tree-frame.ts";
import { legendHeight, renderLegend } from "./legend.ts";
import { follow, type Spot } from "./part/follow.ts";
import { hatch, nodeName, percent, probability, proposed, targeted } from "./parts.ts";
import { renderRibbon, RIBBON_HEIGHT } from "./ribbon.ts";
import { STATUS } from "./text.ts";
import { boxStyles } from "./part/styles.ts";
import { renderTreeList } from "./tree-list.ts";
import type { Scene, View } from "./view.ts";
import { inline } from "./part/inline.ts";
import { t } from "../language/t.ts";

/** The current round, its guesses and where they stand. */
export interface Growth {
  readonly round: Round;
  readonly head: number;
  readonly nodes: readonly NodeState[];
  readonly layout: TreeLayout;
}

/** Guesses of a window run beside the text and are never put to the test. */
const isGuess = (node: NodeState): boolean => node.by !== "window" && node.by !== "padding";

/** The guesses of one round, as far as they are known at `state`. */
export function growthOf(state: State, round: Round): Growth | null {
  if (round.head === null) return null;
  const alive = state.nodes.filter(
    (it) =>
      it.lane === 0 &&
      isGuess(it) &&
      it.born < state.index &&
      (it.round === round.index || (it.round < round.index && standsAt(it, round, state))),
  );
  const drawn = new Set<number>([round.head]);
  const nodes = alive.filter((it) => {
    if (it.parent === null || !drawn.has(it.parent)) return false;
    drawn.add(it.id);
    return true;
  });
  const layout = layoutTree(
    round.head,
    nodes.map((it) => ({
      id: it.id,
      parent: it.parent,
      logProb: it.logProb,
      keep: it.committed || it.status === "recovered" || it.status === "bonus",
    })),
  );
  return { round, head: round.head, nodes, layout };
}

/** A node of an earlier round that was still open when this one began. */
const standsAt = (node: NodeState, round: Round, state: State): boolean =>
  node.status !== "prompt" &&
  node.pruned === null &&
  (!node.committed || state.nodes[round.head!]!.depth < node.depth);

/** The most rows and columns any round needs, so that the stage has room from the start. */
function room(end: State): { rows: number; columns: number } {
  let rows = 1;
  let columns = 1;
  for (const round of end.rounds) {
    const born = new Map<number, number>();
    let widest = 0;
    for (const id of round.nodes) {
      const node = end.nodes[id]!;
      if (!isGuess(node) || node.lane !== 0) continue;
      const { ahead } = node;
      const count = (born.get(ahead) ?? 0) + 1;
      born.set(ahead, count);
      widest = Math.max(widest, count);
      columns = Math.max(columns, ahead);
    }
    rows = Math.max(rows, widest);
  }
  return { rows: Math.min(rows, MOST_ROWS + 1), columns: Math.min(columns, 40) };
}

const rooms = new WeakMap<State, { rows: number; columns: number }>();
function roomFor(end: State): { rows: number; columns: number } {
  const known = rooms.get(end) ?? room(end);
  rooms.set(end, known);
  return known;
}

const frameOf = ({ width, end }: Pick<Scene, "width" | "end">): Frame =>
  frameFor(width, roomFor(end).columns, roomFor(end).rows);
const heightOf = (scene: Pick<Scene, "width" | "end">): number =>
  stageHeight(roomFor(scene.end).columns, roomFor(scene.end).rows, frameOf(scene));

/** The states that the legend explains. */
const STATES = ["draft", "accepted", "rejected", "pruned", "recovered", "bonus"] as const;

function bars(q: number | null, p: number | null, y: number, frame: Frame): SVGTemplateResult {
  const width = frame.width - 12;
  const bar = (value: number | null, kind: string, at: number) =>
    value === null
      ? nothing
      : svg`<rect class=${kind} x="6" y=${at} width=${Math.max(1, value * width)} height="3"></rect>`;
  return svg`<rect class="bar-ground" x="6" y=${y} width=${width} height="3"></rect>
    <rect class="bar-ground" x="6" y=${y + 4} width=${width} height="3"></rect>
    ${bar(q, "bar-q", y)}${bar(p, "bar-p", y + 4)}`;
}

/** The outline carries the state as well: dashed, double, cut at a corner, or plain. */
function outline(node: NodeState, frame: Frame): SVGTemplateResult {
  const [w, h] = [frame.width, CHIP_HEIGHT];
  if (node.status === "recovered")
    return svg`<path class="shape" d="M4 0H${w - 9}L${w} 9V${h - 4}a4 4 0 0 1 -4 4H4a4 4 0 0 1 -4 -4V4a4 4 0 0 1 4 -4z"></path>`;
  const radius = node.status === "bonus" ? h / 2 : 4;
  const inner = ["ngram", "pool", "copy"].includes(node.by)
    ? svg`<rect class="inner" x="2.5" y="2.5" width=${w - 5} height=${h - 5} rx="2"></rect>`
    : nothing;
  const texture =
    node.status === "rejected"
      ? svg`<rect class="texture" width=${w} height=${h} rx="4" fill="url(#tree-hatch)"></rect>`
      : nothing;
  return svg`<rect class="shape" width=${w} height=${h} rx=${radius}></rect>${texture}${inner}`;
}

function chip(scene: Scene, node: NodeState, place: Place, frame: Frame): SVGTemplateResult {
  const name = nodeName(scene, node);
  const { sign } = STATUS[node.status];
  const q = proposed(node);
  const p = targeted(scene.state, node);
  const label = [
    `${name}: ${t(STATUS[node.status].name)}`,
    q === null ? "" : `q ${probability(q)}`,
    p === null ? "" : `p ${probability(p)}`,
  ];
  const { x, y } = chipAt(place, frame);
  return svg`<g
    class="chip ${node.status} ${scene.motion && node.born > scene.state.index - 4 ? "moving" : ""}"
    data-node=${node.id}
    transform="translate(${x} ${y})"
  >
    <title>${label.filter(Boolean).join(", ")}</title>
    ${outline(node, frame)}
    <text class="name" x="8" y="17">${shortened(name, frame.letters)}</text>
    ${sign ? svg`<text class="sign" x=${frame.width - 8} y="16" text-anchor="end">${sign}</text>` : nothing}
    ${node.finish ? svg`<rect class="cap" x=${frame.width + 4} y="6" width="5" height=${CHIP_HEIGHT - 12}></rect>` : nothing}
    ${bars(q, p, 23, frame)}
  </g>`;
}

function edge(node: NodeState, from: Place, to: Place, frame: Frame): SVGTemplateResult {
  const { width: w, down } = frame;
  const [a, b] = [chipAt(from, frame), chipAt(to, frame)];
  const [x1, y1] = down ? [a.x + w / 2, a.y + CHIP_HEIGHT] : [a.x + w, a.y + CHIP_HEIGHT / 2];
  const [x2, y2] = down ? [b.x + w / 2, b.y] : [b.x, b.y + CHIP_HEIGHT / 2];
  const bend = down
    ? `${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2}`
    : `${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2}`;
  const width = node.logProb === null ? 1.5 : 1 + 4 * Math.sqrt(to.mass);
  return svg`<path
    class="edge ${node.status}"
    d="M${x1} ${y1}C${bend} ${x2} ${y2}"
    stroke-width=${width.toFixed(2)}
  ></path>`;
}

/** The last words of the text, on the trunk. */
function trunk(scene: Scene, head: number, frame: Frame): SVGTemplateResult {
  const shown: NodeState[] = [];
  let at: NodeState | undefined = scene.state.nodes[head];
  while (at && shown.length < frame.trunk) {
    shown.unshift(at);
    at = at.parent === null ? undefined : scene.state.nodes[at.parent];
  }
  const top = chipAt({ column: 0, row: 0 }, frame);
  const y = top.y + CHIP_HEIGHT / 2;
  const right = top.x + frame.width;
  const words = shown.map((node, i) => {
    const x = right - (shown.length - 1 - i) * (frame.width + frame.gapX);
    return svg`<g data-node=${node.id} class="trunk-word">
      <rect class="reach" x=${x - frame.width} y=${y - 16} width=${frame.width} height="32" rx="4"></rect>
      <text x=${x - 6} y=${y + 5} text-anchor="end">${shortened(nodeName(scene, node).replace(/^␣(?=.)/, ""), frame.letters)}</text>
    </g>`;
  });
  return svg`<line class="trunk" x1="0" x2=${right} y1=${y + 16} y2=${y + 16}></line>${words}`;
}

/** The one pass of the target that judges all guesses: a band over what it scored. */
function sweep(
  scene: Scene,
  growth: Growth,
  frame: Frame,
  [width, height]: readonly [number, number],
): SVGTemplateResult {
  const { state } = scene;
  const ordinal = growth.round.passes.findLast((it) => isTargetPass(state.passes[it]!));
  const pass = ordinal === undefined ? undefined : state.passes[ordinal];
  const judgesAny = pass?.nodes.some((id) => id !== growth.head && growth.layout.places.has(id));
  if (!pass || !judgesAny) return svg``;
  const scored = pass.nodes.flatMap((id) => growth.layout.places.get(id) ?? []);
  const { down, gapX } = frame;
  const first = chipAt({ column: 1, row: 0 }, frame);
  const last = chipAt({ column: Math.max(0, ...scored.map((it) => it.column)), row: 0 }, frame);
  const [from, to] = down
    ? [first.y - 10, last.y + CHIP_HEIGHT + 12]
    : [first.x - gapX / 2, last.x + frame.width + gapX / 2];
  const now = pass.index === state.index - 1;
  const band = down
    ? svg`<rect class="band" y=${from} width=${width} height=${to - from}></rect>`
    : svg`<rect class="band" x=${from} y="24" width=${to - from} height=${height - 24}></rect>`;
  const at = (distance: number) => (down ? `0 ${distance}px` : `${distance}px`);
  return svg`<g class="sweep ${now ? "now" : ""} ${scene.motion && now ? "moving" : ""}">
    <path d=${down ? `M10 ${from}H4V${to}h6` : `M${from} 22v-6H${to}v6`}></path>
    <text class="caption" x=${down ? 4 : from} y="11">${pass.nodes.length === 1 ? t`one pass of the target scores 1 node` : t`one pass of the target scores ${pass.nodes.length} nodes`}</text>
    ${now ? band : nothing}
    ${now && scene.motion ? svg`<line class="scan" x2=${down ? width : 0} y1=${down ? 0 : 24} y2=${down ? 0 : height} style=${inline(`--from:${at(from)};--to:${at(to)}`)}></line>` : nothing}
  </g>`;
}

function render(scene: Scene): TemplateResult {
  const round = currentRound(scene.state);
  const growth = round ? growthOf(scene.state, round) : null;
  const frame = frameOf(scene);
  const [width, height] = extent(scene, frame, growth?.layout);
  const path = mainPath(scene.state);
  const head = growth?.head ?? path.at(-1) ?? null;
  const places = growth?.layout.places;
  const newest = growth && placeOfNewest(growth);
  return html`<div class="tree-view">
    <div
      class="box tree-box ${frame.down ? "down" : ""}"
      style=${inline(`--seen:${heightOf(scene)}px`)}
      role="group"
      tabindex="0"
      aria-label=${t`Draft tree`}
      ${follow(newest && newest.column > 1 ? spotOf(newest, frame) : { left: 0, right: 0 }, scene.motion)}
    >
      <svg
        class="tree"
        width=${width}
        height=${height}
        viewBox="0 0 ${width} ${height}"
        aria-hidden="true"
      >
        <defs>${hatch("tree-hatch")}</defs>
        ${growth ? sweep(scene, growth, frame, [width, height]) : nothing}
        ${head !== null ? trunk(scene, head, frame) : nothing}
        ${
          growth
            ? repeat(
                growth.nodes.filter((it) => places!.has(it.id)),
                (it) => it.id,
                (it) =>
                  svg`<g>${edge(it, places!.get(it.parent!)!, places!.get(it.id)!, frame)}${chip(scene, it, places!.get(it.id)!, frame)}</g>`,
              )
            : nothing
        }
        ${growth ? foldedCounts(growth, frame) : nothing}
      </svg>
    </div>
    ${renderRibbon(scene)} ${renderLegend(STATES, true)}
    ${growth ? renderTreeList(scene, growth) : nothing}
  </div>`;
}

/** Width and height of the drawing; more than the stage's where a draft is scrolled. */
function extent(scene: Scene, frame: Frame, layout: TreeLayout | undefined): [number, number] {
  const height = heightOf(scene);
  if (!frame.down || !layout) return [Math.max(scene.width, frame.right), height];
  const end = chipAt({ column: layout.columns + 1, row: layout.rows }, frame);
  return [Math.max(scene.width, frame.right, end.x), Math.max(height, end.y)];
}

/** Where the guess stands that was drawn last. */
function placeOfNewest({ nodes, layout }: Growth): Place | undefined {
  return nodes.flatMap((it) => layout.places.get(it.id) ?? []).at(-1);
}

/** The chip at `place` and what it hangs from. */
function spotOf(place: Place, frame: Frame): Spot {
  const { x, y } = chipAt(place, frame);
  const spot = { left: x, right: x + frame.width + 12 };
  if (!frame.down)
    return { ...spot, left: chipAt({ ...place, column: place.column - 1 }, frame).x };
  return { ...spot, top: y - CHIP_HEIGHT, bottom: y + CHIP_HEIGHT + 12 };
}

function foldedCounts(growth: Growth, frame: Frame): SVGTemplateResult[] {
  return [...growth.layout.folded].map(([id, { count, mass }]) => {
    const place = growth.layout.places.get(id)!;
    const at = chipAt(place, frame);
    const [x, y] = [at.x + frame.width, at.y + CHIP_HEIGHT + 11];
    const share = mass > 0 ? ` · ${percent(mass)}` : "";
    return svg`<text class="fine" x=${x - 6} y=${y} text-anchor="end">+${count}${share}</text>`;
  });
}

export const tree: View = {
  id: "tree",
  title: "Draft tree",
  // It draws the guesses of one text; a batch has a picture of its own.
  applies: (end) =>
    end.rounds.some((it) => it.drafted > 0) &&
    !end.nodes.some((it) => it.lane > 0 && it.judges.length > 0),
  rank: (end) => (end.nodes.some((it) => it.judges.length > 0) ? 10 : 2),
  height: (scene) => heightOf(scene) + RIBBON_HEIGHT + legendHeight(scene.width, STATES.length + 2),
  render,
  styles: [
    boxStyles,
    css`
      .tree-view {
        position: relative;
      }
      /* A long draft scrolls in a box of its own: what sums up the run stays. */
      .tree-box:not(.down) {
        overflow-y: hidden;
      }
      @media screen {
        .tree-box.down {
          max-height: var(--seen);
        }
      }
      .tree {
        display: block;
      }
      /* The tree is followed to where it grows: room on its right is no cue. */
      .tree-box {
        background: none;
      }
      .trunk {
        stroke: var(--rule-strong);
        stroke-width: 1.5;
      }
      .trunk-word text {
        font: 16px var(--font-text);
        fill: var(--ink-2);
      }
      .trunk-word .reach {
        fill: transparent;
      }
      .trunk-word[marked] .reach {
        fill: var(--mark);
      }
      .edge {
        fill: none;
        stroke: var(--rule-strong);
        opacity: 0.75;
      }
      .edge.draft,
      .edge.pruned {
        stroke-dasharray: 5 4;
      }
      .edge.accepted {
        stroke: var(--state-accepted);
        opacity: 1;
      }
      .edge.recovered {
        stroke: var(--state-recovered-ink);
        opacity: 1;
      }
      .edge.bonus {
        stroke: var(--state-bonus-ink);
        opacity: 1;
      }
      .edge.rejected {
        stroke: var(--state-rejected);
        stroke-dasharray: 2 4;
      }
      .chip {
        cursor: pointer;
      }
      .chip .shape {
        fill: var(--paper);
        stroke: var(--rule-strong);
        stroke-width: 1.5;
      }
      .chip .name {
        font: 14px var(--font-text);
      }
      .chip .sign {
        font: 600 12px var(--font-label);
      }
      .chip .inner {
        fill: none;
        stroke: var(--state-pool-ink);
      }
      .chip .cap {
        fill: var(--ink);
      }
      .bar-ground {
        fill: var(--paper-3);
      }
      .bar-q {
        fill: var(--of-draft);
      }
      .bar-p {
        fill: var(--of-target);
      }
      .chip.draft .shape {
        stroke: var(--state-draft-ink);
        stroke-dasharray: 5 3;
        fill: color-mix(in srgb, var(--state-draft) 10%, var(--paper));
      }
      .chip.accepted .shape {
        stroke: var(--state-accepted-ink);
        stroke-width: 2;
        fill: color-mix(in srgb, var(--state-accepted) 22%, var(--paper));
      }
      .chip.accepted .sign {
        fill: var(--state-accepted-ink);
      }
      .chip.rejected .shape {
        stroke: var(--state-rejected-ink);
      }
      .chip.rejected .texture {
        opacity: 0.28;
      }
      .chip.rejected .name {
        fill: var(--state-rejected-ink);
        text-decoration: line-through;
      }
      .chip.rejected .sign {
        fill: var(--state-rejected-ink);
      }
      .chip.recovered .shape {
        stroke: var(--ink);
        stroke-width: 2;
        fill: color-mix(in srgb, var(--state-recovered) 40%, var(--paper));
      }
      .chip.bonus .shape {
        stroke: var(--state-bonus-ink);
        stroke-width: 2;
        fill: color-mix(in srgb, var(--state-bonus) 28%, var(--paper));
      }
      .chip.pruned .shape {
        stroke: var(--state-pruned);
        fill: none;
      }
      .chip.pruned .name {
        fill: var(--ink-3);
      }
      .chip.chosen .shape {
        stroke: var(--ink-2);
      }
      .chip[marked] .shape {
        fill: var(--mark);
        stroke: var(--ink);
        stroke-width: 2.5;
      }
      .sweep path {
        fill: none;
        stroke: var(--rule-strong);
      }
      .sweep .band {
        fill: var(--accent);
        opacity: 0.07;
      }
      .sweep .scan {
        stroke: var(--accent);
        stroke-width: 2;
        animation: scan 320ms linear both;
      }
      .chip.moving {
        animation: appear 220ms ease-out both;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      @keyframes scan {
        from {
          translate: var(--from);
        }
        to {
          translate: var(--to);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .chip.moving,
        .sweep .scan {
          animation: none;
        }
      }
      @media (forced-colors: active) {
        .chip .shape {
          fill: Canvas;
          stroke: CanvasText;
        }
        .chip[marked] .shape {
          stroke: Highlight;
          stroke-width: 4;
        }
      }
    `,
  ],
};
