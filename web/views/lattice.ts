// Searches that keep several texts at once: columns are steps, rows are ranks. Shows `grow`,
// `prune`, `merge` and `finish` of the main lane. A node keeps its place while the lattice grows.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { NodeState, State } from "../trace/state.ts";
import { shortened, tokenName } from "../trace/words.ts";
import { joinsOf, rowsOf, Standing, type LatticeNode, type Merge } from "./layout/lattice.ts";
import { follow } from "./part/follow.ts";
import { fixed } from "./part/number.ts";
import { roving, type Arrow } from "./part/roving.ts";
import { boxStyles } from "./part/styles.ts";
import type { Scene, View } from "./view.ts";

const COLUMN = 118;
const ROW = 34;
const CHIP = 24;
const LEFT = 56;
const TOP = 26;
const LETTERS = 7;
/** Room at the right for the scores of the newest texts. */
const RIGHT = 96;
const TALLEST = 520;

/** A lattice as it stands: places by the newest state, contents by the reader's. */
interface Lattice {
  nodes: NodeState[];
  rows: Map<number, number>;
  scores: Map<number, number>;
  standing: Standing;
  merges: Merge[];
  root: NodeState;
  columns: number;
  height: number;
}

/** Places and sums of all nodes there will be; the same for every state of a run. */
function placesOf(end: State): Pick<Lattice, "rows" | "scores" | "root" | "columns" | "height"> {
  const root = end.nodes[end.lanes[0]!.path[end.lanes[0]!.promptLen - 1]!]!;
  const places: LatticeNode[] = [];
  const scores = new Map<number, number>([[root.id, 0]]);
  let columns = 0;
  let lowest = 0;
  for (const node of end.nodes) {
    if (node.lane !== 0 || node.status === "prompt" || node.parent === null) continue;
    const score = (scores.get(node.parent) ?? 0) + (node.logProb ?? 0);
    const column = node.depth - root.depth - 1;
    scores.set(node.id, score);
    places.push({ id: node.id, parent: node.parent, column, batch: node.round, score });
    columns = Math.max(columns, column + 1);
  }
  // A search that reads several texts in one pass ranks them; one that reads a single text
  // follows it.
  const ranked = end.passes.some((it) => it.nodes.length > 1);
  const rows = rowsOf(places, ranked);
  for (const row of rows.values()) lowest = Math.max(lowest, row);
  return { rows, scores, root, columns, height: TOP + (lowest + 1) * ROW + 8 };
}

const known = new WeakMap<State, ReturnType<typeof placesOf>>();

function latticeOf(state: State, end: State): Lattice {
  const places = known.get(end) ?? placesOf(end);
  known.set(end, places);
  const merges = state.merges.map((it) => it.event);
  const nodes = state.nodes.filter((it) => places.rows.has(it.id));
  return { ...places, nodes, merges, standing: new Standing(merges) };
}

/** The text that leads: the best finished one, else the best by its mean log-probability. */
export function leader(state: State): NodeState | null {
  const head = state.nodes[state.lanes[0]?.head ?? -1];
  if (head && head.status !== "prompt") return head;
  let best: { node: NodeState; rank: number } | null = null;
  for (const { event } of state.finishes) {
    const node = state.nodes[event.node];
    const rank = event.ranked ?? event.score ?? -Infinity;
    if (node && node.pruned === null && rank > (best?.rank ?? -Infinity)) best = { node, rank };
  }
  if (best) return best.node;
  const sums: number[] = [];
  for (const node of state.nodes) {
    if (node.status === "prompt" || node.parent === null || node.lane !== 0) continue;
    sums[node.id] = (sums[node.parent] ?? 0) + (node.logProb ?? 0);
    const leaf = node.children.every((id) => state.nodes[id]!.pruned !== null);
    if (node.pruned !== null || node.mergedInto !== null || !leaf) continue;
    const rank = sums[node.id]! / (node.depth - head!.depth);
    if (rank > (best?.rank ?? -Infinity)) best = { node, rank };
  }
  return best?.node ?? null;
}

const x = (lattice: Lattice, node: NodeState): number =>
  LEFT + (node.depth - lattice.root.depth - 1) * COLUMN;
const y = (lattice: Lattice, node: NodeState): number =>
  TOP + (lattice.rows.get(node.id) ?? 0) * ROW + CHIP / 2;

/** What has become of a node, for its looks and its name. */
type Fate = "live" | "inner" | "finished" | "stub" | "lost";

function fateOf(node: NodeState): Fate {
  if (node.finish && node.pruned === null) return "finished";
  if (node.pruned !== null) return node.children.length === 0 ? "stub" : "lost";
  return node.children.length === 0 ? "live" : "inner";
}

const FATE: Readonly<Record<Fate, string>> = {
  live: "may still grow",
  inner: "continued",
  finished: "finished",
  stub: "dropped at once",
  lost: "dropped later",
};

function render(scene: Scene): TemplateResult {
  const { state, end, vocabulary } = scene;
  const lattice = latticeOf(state, end);
  const width = LEFT + lattice.columns * COLUMN + RIGHT;
  const lead = leader(state);
  const best = new Set<number>();
  for (let at = lead; at && at.id !== lattice.root.id; at = state.nodes[at.parent!] ?? null)
    best.add(at.id);
  const drawn = lattice.nodes.filter((it) => !lattice.standing.absorbed(it.id));
  const ids = new Set(drawn.map((it) => it.id));
  const chosen = scene.selection.node;
  const stop = chosen !== null && ids.has(chosen) ? chosen : (lead?.id ?? drawn[0]?.id);
  const name = (node: NodeState) => (node.token === null ? "◌" : tokenName(vocabulary, node.token));
  const joins = joinsOf(lattice.merges, (id) => state.nodes[id]?.parent ?? null);
  const touched = state.nodes[state.touched.findLast((id) => lattice.rows.has(id)) ?? -1];
  const spot = touched ?? lead;

  const chip = (node: NodeState): SVGTemplateResult => {
    const fate = fateOf(node);
    const label = shortened(name(node), LETTERS);
    const wide = Math.max(24, [...label].length * 7.3 + 12);
    const score = lattice.scores.get(node.id)!;
    const ranked = node.finish?.event.ranked ?? null;
    const said = `${name(node)}, ${FATE[fate]}, sum ${fixed(score)}${
      ranked === null ? "" : `, ranked ${fixed(ranked)}`
    }${best.has(node.id) ? ", on the best path" : ""}`;
    const tail =
      fate === "finished"
        ? svg`<rect class="cap" x=${wide + 5} y=${-5} width="10" height="10" />
            <text class="small" x=${wide + 20} y="4">${fixed(ranked ?? score)}</text>`
        : fate === "stub"
          ? svg`<path class="stop" d="M${wide + 3} 0h8m0 -6v12" />
            <text class="small" x=${wide + 16} y="4">${fixed(score)}</text>`
          : fate === "lost" && node.children.every((id) => !ids.has(id))
            ? svg`<path class="stop" d="M${wide + 3} 0h8m0 -6v12" />`
            : fate === "live"
              ? svg`<text class="small" x=${wide + 6} y="4">${fixed(score)}</text>`
              : nothing;
    return svg`<g
      class="word fate-${fate} ${best.has(node.id) ? "best" : ""}"
      transform="translate(${x(lattice, node)} ${y(lattice, node)})"
      role="option"
      aria-selected=${node.id === chosen}
      aria-label=${said}
      tabindex=${node.id === stop ? 0 : -1}
      data-stop=${node.id}
      data-node=${node.id}
    >
      <title>${said}</title>
      <rect class="body" x="0" y=${-CHIP / 2} width=${wide} height=${CHIP} rx="4" />
      <text class="code" x=${wide / 2} y="4" text-anchor="middle">${label}</text>
      ${tail}
    </g>`;
  };

  const start = (node: NodeState): [number, number] => {
    if (node.id === lattice.root.id) return [LEFT - 14, TOP + CHIP / 2];
    const wide = Math.max(24, [...shortened(name(node), LETTERS)].length * 7.3 + 12);
    return [x(lattice, node) + wide, y(lattice, node)];
  };

  const edge = (node: NodeState): SVGTemplateResult | typeof nothing => {
    const parent = state.nodes[lattice.standing.of(node.parent!)];
    if (!parent) return nothing;
    const [fromX, fromY] = start(parent);
    const bold = best.has(node.id);
    const thick = bold ? 3 : 0.75 + 1.75 * Math.sqrt(Math.exp(node.logProb ?? 0));
    return svg`<path class="strand fate-${fateOf(node)} ${bold ? "best" : ""}" stroke-width=${thick.toFixed(2)}
      d=${curve(fromX, fromY, x(lattice, node), y(lattice, node))} />`;
  };

  const diamonds = new Set(joins.map((it) => it.into));
  const diamond = (id: number): SVGTemplateResult | typeof nothing => {
    const into = state.nodes[id];
    if (!into) return nothing;
    const [atX, atY] = [x(lattice, into) - 9, y(lattice, into)];
    return svg`<path class="diamond" d="M${atX - 6} ${atY}l6 -6l6 6l-6 6z" />`;
  };

  const join = (it: (typeof joins)[number]): SVGTemplateResult | typeof nothing => {
    const from = state.nodes[it.from];
    const into = state.nodes[it.into];
    if (!from || !into) return nothing;
    const [fromX, fromY] = start(from);
    const suffix = it.suffix.map((token) => tokenName(vocabulary, token)).join("");
    return svg`<g class="join" data-node=${into.id}>
      <title>Both texts end in ${suffix}: from here on they are one.</title>
      <path class="strand merged" d=${curve(fromX, fromY, x(lattice, into) - 14, y(lattice, into))} />
      <path class="diamond small-one" d="M${fromX + 3} ${fromY}l4 -4l4 4l-4 4z" />
      <text class="small code" x=${fromX + 16} y=${fromY + 4}>${shortened(suffix)}</text>
    </g>`;
  };

  const headings = Array.from({ length: lattice.columns }, (_, column) => column + 1);
  return html`
    <div class="box lattice" ${follow(spotOf(lattice, spot ?? lattice.root), scene.motion)}>
      <svg
        width=${width}
        height=${lattice.height}
        viewBox="0 0 ${width} ${lattice.height}"
        role="listbox"
        aria-label="Lattice of ${drawn.length} nodes; arrows move to parent, best child and neighbours"
        @keydown=${roving((id, arrow) => neighbour(state, lattice, drawn, Number(id), arrow))}
      >
        <g class="headings" aria-hidden="true">
          ${headings.map(
            (at) => svg`<text class="small" x=${LEFT + (at - 1) * COLUMN} y="14">${at}</text>`,
          )}
        </g>
        <circle class="root" cx=${LEFT - 18} cy=${TOP + CHIP / 2} r="4" aria-hidden="true" />
        <g aria-hidden="true">
          ${repeat(
            drawn,
            (it) => it.id,
            // Most nodes are what they were an event ago: they cost nothing then.
            (it) => guard([it, best.has(it.id), lattice.standing.of(it.parent!)], () => edge(it)),
          )}
        </g>
        <g aria-hidden="true">${joins.map(join)}${[...diamonds].map(diamond)}</g>
        ${repeat(
          drawn,
          (it) => it.id,
          (it) =>
            guard(
              [it, best.has(it.id), it.id === stop, it.id === chosen, ids.size, vocabulary, end],
              () => chip(it),
            ),
        )}
      </svg>
      ${ranking(scene, lattice, lead)}
    </div>
  `;
}

/** Leaves the parent level, reaches the child level: strands stay apart between columns. */
function curve(fromX: number, fromY: number, toX: number, toY: number): string {
  if (toX > fromX) {
    const bend = Math.min(40, (toX - fromX) / 2);
    return `M${fromX} ${fromY}C${fromX + bend} ${fromY} ${toX - bend} ${toY} ${toX} ${toY}`;
  }
  // A merge may lead to a shorter text: out to the right, back, and in from the left.
  const middle = (fromY + toY) / 2;
  return `M${fromX} ${fromY}C${fromX + 34} ${fromY} ${fromX + 34} ${middle} ${(fromX + toX) / 2} ${middle}S${toX - 34} ${toY} ${toX} ${toY}`;
}

function spotOf(lattice: Lattice, node: NodeState) {
  const left = x(lattice, node) - COLUMN;
  const top = y(lattice, node) - ROW;
  return { left, right: left + 2 * COLUMN + RIGHT, top, bottom: top + 2 * ROW };
}

function neighbour(
  state: State,
  lattice: Lattice,
  drawn: readonly NodeState[],
  id: number,
  arrow: Arrow,
): number | null {
  const node = state.nodes[id];
  if (!node) return null;
  const row = (it: NodeState) => lattice.rows.get(it.id)!;
  switch (arrow) {
    case "left":
      return node.parent !== null && lattice.rows.has(node.parent)
        ? lattice.standing.of(node.parent)
        : null;
    case "right": {
      const below = drawn.filter((it) => lattice.standing.of(it.parent!) === id);
      below.sort((a, b) => lattice.scores.get(b.id)! - lattice.scores.get(a.id)!);
      return below[0]?.id ?? null;
    }
    case "up":
    case "down": {
      const sign = arrow === "down" ? 1 : -1;
      const column = drawn.filter(
        (it) => it.depth === node.depth && (row(it) - row(node)) * sign > 0,
      );
      column.sort((a, b) => (row(a) - row(b)) * sign);
      return column[0]?.id ?? null;
    }
    case "first":
      return drawn[0]?.id ?? null;
    case "last":
      return leader(state)?.id ?? null;
  }
}

/** The texts as a list, for those who do not see the picture. */
function ranking(scene: Scene, lattice: Lattice, lead: NodeState | null): TemplateResult {
  const { state, vocabulary } = scene;
  const text = (node: NodeState): string => {
    const tokens: string[] = [];
    for (let at: NodeState = node; at.id !== lattice.root.id; at = state.nodes[at.parent!]!)
      tokens.push(at.token === null ? "" : tokenName(vocabulary, at.token));
    return tokens.reverse().join("").replaceAll("␣", " ");
  };
  const texts = lattice.nodes
    .filter((it) => ["finished", "live"].includes(fateOf(it)) && it.mergedInto === null)
    .sort((a, b) => lattice.scores.get(b.id)! - lattice.scores.get(a.id)!)
    .slice(0, 12);
  return html`<ol class="ears-only" aria-label="Texts by summed log-probability">
    ${texts.map(
      (it) =>
        html`<li>
          ${text(it)}: ${fixed(lattice.scores.get(it.id)!)},
          ${FATE[fateOf(it)]}${it === lead ? ", leads" : ""}
        </li>`,
    )}
  </ol>`;
}

/** The target chose nodes that are not on the committed path: several texts were kept at once. */
function keepsSeveral(end: State): boolean {
  const finishes = end.finishes.filter((it) => end.nodes[it.event.node]?.lane === 0);
  if (end.merges.length > 0 || finishes.length > 1) return true;
  return end.nodes.some(
    (it) => it.by === "target" && it.lane === 0 && !it.committed && it.children.length > 0,
  );
}

export const lattice: View = {
  id: "lattice",
  title: "Lattice",
  applies: keepsSeveral,
  rank: () => 9,
  height: ({ state, end }) => Math.min(TALLEST, latticeOf(state, end).height + 14),
  render,
  styles: [
    boxStyles,
    css`
      .lattice .strand {
        fill: none;
        stroke: var(--rule-strong);
      }
      .lattice .strand.fate-stub,
      .lattice .strand.fate-lost {
        stroke: var(--rule);
      }
      .lattice .strand.best {
        stroke: var(--accent);
      }
      .lattice .strand.merged {
        stroke: var(--state-pool-ink);
        stroke-width: 1.25;
        stroke-dasharray: 5 3;
      }
      .lattice .root {
        fill: var(--ink-2);
      }
      .lattice .body {
        fill: var(--paper-2);
        stroke: var(--rule-strong);
        stroke-width: 1.5;
      }
      .lattice .fate-stub .body {
        fill: none;
        stroke: none;
      }
      .lattice .fate-stub text,
      .lattice .fate-lost text {
        fill: var(--ink-3);
      }
      .lattice .fate-lost .body {
        fill: none;
        stroke: var(--rule);
      }
      .lattice .stop {
        fill: none;
        stroke: var(--ink-3);
        stroke-width: 1.5;
      }
      .lattice .cap {
        fill: var(--ink);
      }
      .lattice .word.best .body {
        stroke: var(--accent);
        stroke-width: 2.5;
      }
      .lattice .best text {
        font-weight: 700;
      }
      .lattice .diamond {
        fill: var(--paper);
        stroke: var(--state-pool-ink);
        stroke-width: 2;
      }
      .lattice .diamond.small-one {
        stroke-width: 1.25;
      }
      .lattice .join text {
        fill: var(--state-pool-ink);
      }
      .lattice .join[marked] .strand {
        stroke-width: 3;
      }
      .lattice [marked] .body {
        fill: var(--mark);
        stroke: var(--ink);
      }
      .lattice .word:focus-visible .body {
        stroke: var(--accent);
        stroke-width: 3;
      }
      @media (forced-colors: active) {
        .lattice .strand.merged,
        .lattice .diamond {
          stroke: CanvasText;
        }
        .lattice .join text {
          fill: CanvasText;
        }
      }
    `,
  ],
};
