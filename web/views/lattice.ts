// Searches that keep several texts at once: columns are steps, rows are ranks. Shows `grow`,
// `prune`, `merge` and `finish` of the main lane. A node keeps its place while the lattice grows.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { ancestors, nodesOf, type NodeState, type State } from "../trace/state.ts";
import { shortened, tokenName } from "../trace/words.ts";
import { joinsOf, rowsOf, Standing, type LatticeNode } from "./layout/lattice.ts";
import type { Join, Merge } from "./layout/lattice.ts";
import { follow } from "./part/follow.ts";
import { cap, CHIP, chip, forEars, mark, picture, words, type Drawn } from "./part/picture.ts";
import { fixed } from "./part/number.ts";
import { remembered } from "./part/remembered.ts";
import { rankOf, textTo } from "./part/text-to.ts";
import type { Arrow } from "./part/roving.ts";
import { boxStyles } from "./part/styles.ts";
import type { Scene, View } from "./view.ts";

const COLUMN = 118;
const ROW = 34;
const LEFT = 56;
const TOP = 26;
const LETTERS = 7;
/** Room at the right for the scores of the newest texts. */
const RIGHT = 96;
const TALLEST = 520;

/** Places and sums of all nodes there will be; the same for every state of a run. */
interface Places {
  rows: Map<number, number>;
  scores: Map<number, number>;
  root: NodeState;
  columns: number;
  height: number;
}

/** A lattice as it stands: places by the newest state, contents by the reader's. */
interface Lattice extends Places {
  nodes: NodeState[];
  standing: Standing;
  merges: Merge[];
}

const placesOf = remembered((end: State): Places => {
  const root = end.nodes[end.lanes[0]!.path[end.lanes[0]!.promptLen - 1]!]!;
  const places: LatticeNode[] = [];
  const scores = new Map<number, number>();
  for (const node of end.nodes) {
    const { id, parent, status, lane, round: batch } = node;
    if (lane !== 0 || status === "prompt" || parent === null) continue;
    const score = (scores.get(parent) ?? 0) + (node.logProb ?? 0);
    scores.set(id, score);
    places.push({ id, parent, column: node.depth - root.depth - 1, batch, score });
  }
  // A search that reads several texts in one pass ranks them; one that reads a single text
  // follows it.
  const ranked = end.passes.some((it) => it.nodes.length > 1);
  const rows = rowsOf(places, ranked);
  const columns = Math.max(0, ...places.map((it) => it.column + 1));
  return {
    rows,
    scores,
    root,
    columns,
    height: TOP + Math.max(0, ...rows.values()) * ROW + ROW + 8,
  };
});

function latticeOf(state: State, end: State): Lattice {
  const places = placesOf(end);
  const merges = state.merges.map((it) => it.event);
  const nodes = state.nodes.filter((it) => places.rows.has(it.id));
  return { ...places, nodes, merges, standing: new Standing(merges) };
}

/** The first of those for which `worth` is highest. */
const best = <T>(all: readonly T[], worth: (it: T) => number): T | undefined =>
  [...all].sort((a, b) => worth(b) - worth(a))[0];

/** The text that leads: the best finished one, else the best by its mean log-probability. */
function leader(state: State, { nodes, scores, root }: Lattice): NodeState | undefined {
  const head = state.nodes[state.lanes[0]?.head ?? -1];
  if (head && head.status !== "prompt") return head;
  const here = (it: NodeState) => it.pruned === null;
  const finished = nodesOf(
    state,
    state.finishes.map((it) => it.event.node),
  );
  return (
    best(finished.filter(here), (it) => rankOf(it) ?? -Infinity) ??
    best(
      nodes.filter(
        (it) => here(it) && it.mergedInto === null && !nodesOf(state, it.children).some(here),
      ),
      (it) => scores.get(it.id)! / (it.depth - root.depth),
    )
  );
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
  const { root, scores, standing, rows } = lattice;
  const lead = leader(state, lattice);
  const path = new Set(lead && ancestors(state, lead.id).map((it) => it.id));
  const drawn = lattice.nodes.filter((it) => !standing.absorbed(it.id));
  const ids = new Set(drawn.map((it) => it.id));
  const chosen = scene.selection.node;
  const stop = chosen !== null && ids.has(chosen) ? chosen : (lead ?? drawn[0])?.id;
  const name = (node: NodeState) => (node.token === null ? "◌" : tokenName(vocabulary, node.token));
  const wide = (node: NodeState) =>
    Math.max(24, [...shortened(name(node), LETTERS)].length * 7.3 + 12);
  const joins = joinsOf(lattice.merges, (id) => state.nodes[id]?.parent ?? null);
  const spot = state.nodes[state.touched.findLast((id) => rows.has(id)) ?? -1] ?? lead ?? root;
  const onPath = ({ id }: NodeState, word: string) => (path.has(id) ? word : "");

  const word = (node: NodeState): SVGTemplateResult => {
    const fate = fateOf(node);
    const width = wide(node);
    const score = scores.get(node.id)!;
    const ranked = node.finish?.event.ranked;
    const stopped = svg`<path class="stop" d="M${width + 3} 0h8m0 -6v12"></path>`;
    const number = (x: number, value: number) => words(width + x, 4, fixed(value));
    const tails: Readonly<Record<Fate, () => Drawn>> = {
      finished: () => [cap(width), number(20, ranked ?? score)],
      stub: () => [stopped, number(16, score)],
      lost: () => (node.children.some((id) => ids.has(id)) ? nothing : stopped),
      live: () => number(6, score),
      inner: () => nothing,
    };
    return mark(
      {
        kind: `word fate-${fate} ${onPath(node, "best")}`,
        x: x(lattice, node),
        y: y(lattice, node),
        said: `${name(node)}, ${FATE[fate]}, sum ${fixed(score)}${
          ranked == null ? "" : `, ranked ${fixed(ranked)}`
        }${onPath(node, ", on the best path")}`,
        stop: node.id,
        first: node.id === stop,
        chosen: node.id === chosen,
        node: node.id,
      },
      svg`${chip(width, shortened(name(node), LETTERS))}${tails[fate]()}`,
    );
  };

  const rightOf = (node: NodeState) =>
    node.id === root.id ? LEFT - 14 : x(lattice, node) + wide(node);

  /** From the right end of one node to the left of another, or so far before it. */
  const strand = (kind: string, from: NodeState, to: NodeState, before = 0, width?: string) => {
    return svg`<path class="strand ${kind}" stroke-width=${width ?? nothing} d=${curve(rightOf(from), y(lattice, from), x(lattice, to) - before, y(lattice, to))}></path>`;
  };

  const edge = (node: NodeState): SVGTemplateResult => {
    const parent = state.nodes[standing.of(node.parent!)]!;
    const thick = path.has(node.id) ? 3 : 0.75 + 1.75 * Math.sqrt(Math.exp(node.logProb ?? 0));
    return strand(
      `fate-${fateOf(node)} ${onPath(node, "best")}`,
      parent,
      node,
      0,
      thick.toFixed(2),
    );
  };

  const diamond = (kind: string, x: number, y: number, size: number) =>
    svg`<path class="diamond ${kind}" d="M${x} ${y}l${size} ${-size}l${size} ${size}l${-size} ${size}z"></path>`;

  const join = (it: Join): SVGTemplateResult => {
    const [from, into] = nodesOf(state, [it.from, it.into]) as [NodeState, NodeState];
    const [right, level] = [rightOf(from), y(lattice, from)];
    const suffix = it.suffix.map((token) => tokenName(vocabulary, token)).join("");
    return svg`<g class="join" data-node=${into.id}>
      <title>Both texts end in ${suffix}: from here on they are one.</title>
      ${strand("merged", from, into, 14)}${diamond("small-one", right + 3, level, 4)}
      ${words(right + 16, level + 4, shortened(suffix), undefined, "small code")}
    </g>`;
  };

  const merged = nodesOf(state, [...new Set(joins.map((it) => it.into))]);
  return html`
    <div class="box lattice" ${follow(spotOf(lattice, spot), scene.motion)}>
      ${picture(
        LEFT + lattice.columns * COLUMN + RIGHT,
        lattice.height,
        `Lattice of ${drawn.length} nodes; arrows move to parent, best child and neighbours`,
        svg`<g aria-hidden="true">
          ${Array.from({ length: lattice.columns }, (_, i) => words(LEFT + i * COLUMN, 14, i + 1))}
          <circle cx=${LEFT - 18} cy=${TOP + CHIP / 2} r="4"></circle>
          ${repeat(
            drawn,
            (it) => it.id,
            // Most nodes are what they were an event ago: they cost nothing then.
            (it) => guard([it, path.has(it.id), standing.of(it.parent!)], () => edge(it)),
          )}
          ${joins.map(join)}
          ${merged.map((it) => diamond("", x(lattice, it) - 15, y(lattice, it), 6))}
        </g>
        ${repeat(
          drawn,
          (it) => it.id,
          (it) =>
            guard(
              [it, path.has(it.id), it.id === stop, it.id === chosen, ids.size, vocabulary, end],
              () => word(it),
            ),
        )}`,
        (id, arrow) => neighbour(state, lattice, drawn, Number(id), arrow),
      )}
      ${forEars(
        "Texts by summed log-probability",
        lattice.nodes
          .filter((it) => ["finished", "live"].includes(fateOf(it)) && it.mergedInto === null)
          .sort((a, b) => scores.get(b.id)! - scores.get(a.id)!)
          .slice(0, 12)
          .map(
            (it) =>
              `${textTo(scene, it.id)}: ${fixed(scores.get(it.id)!)}, ${FATE[fateOf(it)]}${it === lead ? ", leads" : ""}`,
          ),
      )}
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
): number | null | undefined {
  const { rows, scores, standing } = lattice;
  const node = state.nodes[id]!;
  /** The nearest in its column, downwards or upwards. */
  const nearest = (sign: number) => {
    const away = (it: NodeState) => (rows.get(it.id)! - rows.get(id)!) * sign;
    return best(
      drawn.filter((it) => it.depth === node.depth && away(it) > 0),
      (it) => -away(it),
    );
  };
  const to: Readonly<Record<Arrow, () => NodeState | undefined>> = {
    left: () => (rows.has(node.parent!) ? state.nodes[standing.of(node.parent!)] : undefined),
    right: () =>
      best(
        drawn.filter((it) => standing.of(it.parent!) === id),
        (it) => scores.get(it.id)!,
      ),
    up: () => nearest(-1),
    down: () => nearest(1),
    first: () => drawn[0],
    last: () => leader(state, lattice),
  };
  return to[arrow]()?.id;
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
      .lattice circle {
        fill: var(--ink-2);
      }
      .lattice .body {
        fill: var(--paper-2);
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
      .lattice .best .body {
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
