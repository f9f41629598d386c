// The draft tree: the guesses of the current round below the end of the text. Shows `grow`, the
// target's `score` (one sweep over all guesses), `judge`, `prune` and `commit`; past rounds are one
// column each in the ribbon underneath.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { ancestors, currentRound, mainPath, nodesOf } from "../trace/state.ts";
import type { NodeState, Round, State } from "../trace/state.ts";
import { isTargetPass } from "../trace/stats.ts";
import { shortened } from "../trace/words.ts";
import { layoutTree, MOST_ROWS, type Place, type TreeLayout } from "./layout/tree.ts";
import { CHIP_HEIGHT, chipAt, frameFor, stageHeight, type Frame } from "./layout/tree-frame.ts";
import { legendHeight, renderLegend } from "./legend.ts";
import { fitted } from "./part/fitted.ts";
import { follow, type Spot } from "./part/follow.ts";
import { rect, words } from "./part/picture.ts";
import { remembered } from "./part/remembered.ts";
import { hatch, nodeName, percent, proposed, targeted } from "./parts.ts";
import { renderRibbon, RIBBON_HEIGHT } from "./ribbon.ts";
import { STATUS } from "./text.ts";
import { boxStyles } from "./part/styles.ts";
import { describe, renderTreeList } from "./tree-list.ts";
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
const isGuess = ({ by, lane }: NodeState): boolean =>
  by !== "window" && by !== "padding" && lane === 0;

/** The guesses of one round, as far as they are known at `state`. */
export function growthOf(state: State, round: Round): Growth | null {
  if (round.head === null) return null;
  const alive = state.nodes.filter(
    (it) =>
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
const roomFor = remembered((end: State): { rows: number; columns: number } => {
  let [rows, columns] = [1, 1];
  for (const round of end.rounds) {
    const abreast: number[] = [];
    for (const { ahead } of nodesOf(end, round.nodes).filter(isGuess)) {
      abreast[ahead] = (abreast[ahead] ?? 0) + 1;
      rows = Math.max(rows, abreast[ahead]);
      columns = Math.max(columns, ahead);
    }
  }
  return { rows: Math.min(rows, MOST_ROWS + 1), columns: Math.min(columns, 40) };
});

/** How the stage is measured out, and its height. */
function stageFor({ width, end }: Scene): [Frame, number] {
  const { rows, columns } = roomFor(end);
  const frame = frameFor(width, columns, rows);
  return [frame, stageHeight(columns, rows, frame)];
}

/** The states that the legend explains. */
const STATES = ["draft", "accepted", "rejected", "pruned", "recovered", "bonus"] as const;

/** The guess's probability by the proposer over that by the target. */
function bars(frame: Frame, q: number | null, p: number | null): SVGTemplateResult[] {
  const width = frame.width - 12;
  const bar = (kind: string, y: number, value: number | null) => [
    rect("ground", 6, y, width, 3),
    ...(value === null ? [] : [rect(kind, 6, y, Math.max(1, value * width), 3)]),
  ];
  return [...bar("of-draft", 23, q), ...bar("of-target", 27, p)];
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
  const { sign } = STATUS[node.status];
  const { x, y } = chipAt(place, frame);
  const right = frame.width;
  // In em of its letters: the sign at the end keeps its distance.
  const room = (right - (sign ? 26 : 16)) / 14;
  return svg`<g
    class="chip ${node.status} ${scene.motion && node.born > scene.state.index - 4 ? "moving" : ""}"
    data-node=${node.id}
    transform="translate(${x} ${y})"
  >
    <title>${describe(scene, node)}</title>
    ${outline(node, frame)}
    ${words(8, 17, fitted(shortened(nodeName(scene, node), frame.letters), room), undefined, "name")}
    ${sign ? words(right - 8, 16, sign, "end", "sign") : nothing}
    ${node.finish ? rect("cap", right + 4, 6, 5, CHIP_HEIGHT - 12) : nothing}
    ${bars(frame, proposed(node), targeted(scene.state, node))}
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
  const top = chipAt({ column: 0, row: 0 }, frame);
  const y = top.y + CHIP_HEIGHT / 2;
  const right = top.x + frame.width;
  const shown = ancestors(scene.state, head).slice(0, frame.trunk);
  return svg`<path class="trunk" d="M0 ${y + 16}H${right}"></path>${shown.map((node, i) => {
    const x = right - i * (frame.width + frame.gapX);
    const name = shortened(nodeName(scene, node).replace(/^␣(?=.)/, ""), frame.letters);
    return svg`<g class="trunk-word" data-node=${node.id}>
      ${rect("reach", x - frame.width, y - 16, frame.width, 32)}${words(x - 6, y + 5, name, "end", "")}
    </g>`;
  })}`;
}

/** The one pass of the target that judges all guesses: a band over what it scored. */
function sweep(
  { state, motion }: Scene,
  { round, layout }: Growth,
  frame: Frame,
  [width, height]: readonly [number, number],
): SVGTemplateResult | typeof nothing {
  const pass = round.passes.map((it) => state.passes[it]!).findLast(isTargetPass);
  const scored = pass?.nodes.map((id) => layout.places.get(id)?.column ?? 0) ?? [];
  const deepest = Math.max(0, ...scored);
  if (!pass || deepest === 0) return nothing;
  const { down, gapX } = frame;
  const first = chipAt({ column: 1, row: 0 }, frame);
  const last = chipAt({ column: deepest, row: 0 }, frame);
  const [from, to] = down
    ? [first.y - 10, last.y + CHIP_HEIGHT + 12]
    : [first.x - gapX / 2, last.x + frame.width + gapX / 2];
  const said =
    scored.length === 1
      ? t`one pass of the target scores 1 node`
      : t`one pass of the target scores ${scored.length} nodes`;
  const now = pass.index === state.index - 1;
  const at = (distance: number) => (down ? `0 ${distance}px` : `${distance}px`);
  return svg`<g class="sweep">
    <path d=${down ? `M10 ${from}H4V${to}h6` : `M${from} 22v-6H${to}v6`}></path>
    ${words(down ? 4 : from, 11, said, undefined, "caption")}
    ${!now ? nothing : down ? rect("band", 0, from, width, to - from) : rect("band", from, 24, to - from, height - 24)}
    ${now && motion ? svg`<path class="scan" d=${down ? `M0 0H${width}` : `M0 24V${height}`} style=${inline(`--from:${at(from)};--to:${at(to)}`)}></path>` : nothing}
  </g>`;
}

function render(scene: Scene): TemplateResult {
  const round = currentRound(scene.state);
  const growth = round ? growthOf(scene.state, round) : null;
  const [frame, tall] = stageFor(scene);
  const head = growth?.head ?? mainPath(scene.state).at(-1);
  return html`<div class="tree-view">
    <div
      class="box tree-box ${frame.down ? "down" : ""}"
      style=${inline(`--seen:${tall}px`)}
      role="group"
      tabindex="0"
      aria-label=${t`Draft tree`}
      ${follow(spotOf(growth, frame), scene.motion)}
    >
      ${drawing(scene, growth, head, frame, tall)}
    </div>
    ${renderRibbon(scene)} ${renderLegend(STATES, true)}
    ${growth ? renderTreeList(scene, growth) : nothing}
  </div>`;
}

/** As large as the stage, or more where a draft is scrolled. */
function drawing(
  scene: Scene,
  growth: Growth | null,
  head: number | undefined,
  frame: Frame,
  tall: number,
): TemplateResult {
  const places = growth?.layout.places;
  const { columns, rows } = (frame.down && growth?.layout) || { columns: 0, rows: 0 };
  const end = chipAt({ column: columns + 1, row: rows }, frame);
  const width = Math.max(scene.width, frame.right, end.x);
  const height = Math.max(tall, end.y);
  return html`<svg width=${width} height=${height} aria-hidden="true">
    <defs>${hatch("tree-hatch")}</defs>
    ${growth ? sweep(scene, growth, frame, [width, height]) : nothing}
    ${head === undefined ? nothing : trunk(scene, head, frame)}
    ${
      growth
        ? repeat(
            growth.nodes.filter((it) => places!.has(it.id)),
            (it) => it.id,
            (it) => {
              const place = places!.get(it.id)!;
              return svg`<g>${edge(it, places!.get(it.parent!)!, place, frame)}${chip(scene, it, place, frame)}</g>`;
            },
          )
        : nothing
    }
    ${growth ? foldedCounts(growth, frame) : nothing}
  </svg>`;
}

/** The guess that was drawn last and what it hangs from; the beginning while there is one at most. */
function spotOf(growth: Growth | null, frame: Frame): Spot {
  const place = growth?.nodes.flatMap((it) => growth.layout.places.get(it.id) ?? []).at(-1);
  if (!place || place.column < 2) return { left: 0, right: 0 };
  const { x, y } = chipAt(place, frame);
  const right = x + frame.width + 12;
  return frame.down
    ? { left: x, right, top: y - CHIP_HEIGHT, bottom: y + CHIP_HEIGHT + 12 }
    : { left: x - frame.width - frame.gapX, right };
}

function foldedCounts(growth: Growth, frame: Frame): SVGTemplateResult[] {
  return [...growth.layout.folded].map(([id, { count, mass }]) => {
    const { x, y } = chipAt(growth.layout.places.get(id)!, frame);
    const share = mass > 0 ? ` · ${percent(mass)}` : "";
    return words(x + frame.width - 6, y + CHIP_HEIGHT + 11, `+${count}${share}`, "end");
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
  height: (scene) =>
    stageFor(scene)[1] + RIBBON_HEIGHT + legendHeight(scene.width, STATES.length + 2),
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
