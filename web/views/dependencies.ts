// The decoding dependency graph: the grid of guesses without its words, one small square a guess,
// filled where it already was the token of the final text. Shows any table that the grid shows,
// where it ends in a staircase, and counts `score`, `judge` and `commit`.
// Source: DDGviz of Santilli et al. 2023, arXiv:2305.10427.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { State } from "../trace/state.ts";
import { isTargetPass } from "../trace/stats.ts";
import { shortened, tokenName, type Vocabulary } from "../trace/words.ts";
import { dependencyOf, rowSays, type Dependency, type Kind } from "./layout/dependency.ts";
import { follow } from "./part/follow.ts";
import {
  cellsOf,
  finalToken,
  gridTable,
  isStaircase,
  neighbour,
  nodeOf,
  type Cell,
} from "./part/guesses.ts";
import { roving } from "./part/roving.ts";
import { boxStyles } from "./part/styles.ts";
import { number, percent } from "./parts.ts";
import type { Scene, View } from "./view.ts";
import { inline } from "./part/inline.ts";

const LEFT = 36;
const RIGHT = 14;
/** The words above the columns: letters shown, pixels of one, and the room they leave. */
const LETTERS = 10;
const LETTER = 6.1;
const ROOM = 16;
const BELOW = 8;
/** Side of a place: as large as lets the whole picture be seen at once, within these. */
const SMALLEST = 11;
const LARGEST = 24;
const TALLEST = 520;
/** Height of what stands above the picture: numbers, legend and sentence. */
const WORDS = 116;
const NARROW_WORDS = 196;

interface Numbers {
  iterations: number;
  tokens: number;
  /** Guesses that were fed to a pass. */
  fed: number;
  /** Those that the pass did not keep. */
  wasted: number;
}

export function numbersOf(state: State): Numbers {
  const passes = state.passes.filter(isTargetPass);
  const fed = passes.reduce((sum, it) => sum + it.nodes.length - 1, 0);
  const kept = state.rounds.reduce((sum, it) => sum + it.accepted, 0);
  const tokens = state.rounds.reduce((sum, it) => sum + it.emitted, 0);
  return { iterations: passes.length, tokens, fed, wasted: fed - kept };
}

interface Shape {
  graph: Dependency<Cell>;
  /** First position, first row, and how many there will be. */
  first: number;
  columns: number;
  rows: number;
  side: number;
  /** Room for the words above the columns. */
  top: number;
  width: number;
  height: number;
}

function shapeOf({ state, end, width, vocabulary }: Scene): Shape {
  const graph = dependencyOf(cellsOf(gridTable(state)), finalToken(state));
  // Room for all it will be: nothing moves while it grows.
  const whole = dependencyOf(cellsOf(gridTable(end)), () => undefined);
  const columns = whole.lastColumn - whole.firstColumn + 1;
  const rows = (whole.rows.at(-1) ?? 0) + 1;
  const words = Array.from({ length: columns }, (_, i) => {
    return headingOf(finalToken(end)(whole.firstColumn + i), vocabulary).length;
  });
  const top = ROOM + Math.ceil(Math.max(4, ...words) * LETTER);
  const across = Math.floor((width - LEFT - RIGHT) / columns);
  const down = Math.floor((TALLEST - top - BELOW) / rows);
  const side = Math.min(LARGEST, Math.max(SMALLEST, Math.min(across, down)));
  return {
    ...{ graph, columns, rows, side, top },
    first: whole.firstColumn,
    width: LEFT + columns * side + RIGHT,
    height: top + rows * side + BELOW,
  };
}

/** The word above a column: a dot until its token is final. */
const headingOf = (token: number | undefined, vocabulary: Vocabulary): string =>
  token === undefined ? "·" : shortened(tokenName(vocabulary, token), LETTERS);

const KINDS: Readonly<Record<Kind, string>> = {
  proved: "made final by this pass",
  ahead: "right already, not yet provable",
  wrong: "wrong",
  open: "not known yet",
  unproved: "taken without a proof",
};

function render(scene: Scene): TemplateResult {
  const { state, vocabulary } = scene;
  const shape = shapeOf(scene);
  const { graph, side, top } = shape;
  const x = (column: number) => LEFT + (column - shape.first) * side;
  const y = (row: number) => top + row * side;
  const current = graph.rows.at(-1) ?? 0;
  const final = finalToken(state);
  const nodes = new Map(graph.places.map((it) => [it, nodeOf(state, it)]));
  const { node: chosen } = scene.selection;
  const selected = graph.places.find((it) => chosen !== null && nodes.get(it) === chosen);
  const stop = selected ?? graph.places.findLast((it) => it.row === current);

  const place = (it: Cell & { kind: Kind }): SVGTemplateResult => {
    const said = `iteration ${it.row}, position ${it.column}: ${tokenName(vocabulary, it.token)}, ${KINDS[it.kind]}`;
    const inner = side - 4;
    return svg`<g
      class="place ${it.kind} ${it.row === current ? "now" : ""}"
      transform="translate(${x(it.column)} ${y(it.row)})"
      role="option"
      aria-selected=${it === selected}
      aria-label=${said}
      tabindex=${it === stop ? 0 : -1}
      data-stop="${it.row}:${it.column}"
      data-node=${nodes.get(it) ?? nothing}
    >
      <title>${said}</title>
      <rect class="reach" width=${side} height=${side} />
      <rect class="body" x="2" y="2" width=${inner} height=${inner} />
      ${it.kind === "wrong" ? svg`<path class="cross" d="M4 4L${side - 4} ${side - 4}" />` : nothing}
    </g>`;
  };

  const heading = (column: number): SVGTemplateResult => {
    const name = headingOf(final(column), vocabulary);
    return svg`<text class="word" transform="translate(${x(column) + side / 2 + 3.5} ${top - 5}) rotate(-90)">${name}</text>`;
  };

  const inRow = graph.places.filter((it) => it.row === current);
  const spot = {
    left: Math.min(...inRow.map((it) => x(it.column))) - LEFT,
    right: Math.max(...inRow.map((it) => x(it.column))) + side + RIGHT,
    top: y(current) - top,
    bottom: y(current) + side + BELOW,
  };
  const headings = Array.from({ length: shape.columns }, (_, i) => shape.first + i);
  const labelled = (row: number) => row === current || row % (side < 16 ? 5 : 2) === 0;
  return html`
    ${renderNumbers(numbersOf(state), graph)} ${legend(graph)}
    <p class="row-says">${graph.places.length > 0 ? rowSays(graph, current) : "\u00a0"}</p>
    <div
      class="box dependencies"
      style=${inline(`max-height: ${TALLEST}px`)}
      ${follow(inRow.length > 0 ? spot : { left: 0, right: 0 }, scene.motion)}
    >
      <svg
        width=${shape.width}
        height=${shape.height}
        viewBox="0 0 ${shape.width} ${shape.height}"
        role="listbox"
        aria-label="Which guesses were right already, one row an iteration"
        @keydown=${roving((at, arrow) => neighbour(graph.places, at, arrow))}
      >
        <g aria-hidden="true">
          ${
            graph.places.length > 0
              ? svg`<rect class="current" x="0" y=${y(current)} width=${shape.width} height=${side} />`
              : nothing
          }
          <path class="settled" d=${settled(graph, x, y, side)} />
          <text class="small" x=${LEFT - 6} y=${top - 6} text-anchor="end">pass</text>
          ${headings.map(heading)}
          ${graph.rows
            .filter((row) => labelled(row) && (row === current || current - row > 1))
            .map(
              (row) =>
                svg`<text class="small" x=${LEFT - 6} y=${y(row) + side / 2 + 4} text-anchor="end">${row}</text>`,
            )}
        </g>
        ${repeat(graph.places, (it) => `${it.row}:${it.column}`, place)}
        <g aria-hidden="true">
          <path class="plain" d=${diagonal(shape, x, y)} />
          <path class="stairs" d=${stairs(graph, x, y, side)} />
        </g>
      </svg>
    </div>
  `;
}

/** One token a pass: where the staircase of plain decoding would run. */
function diagonal(shape: Shape, x: (column: number) => number, y: (row: number) => number): string {
  const steps = Math.min(shape.columns, shape.rows - 1);
  return `M${x(shape.first)} ${y(1)}L${x(shape.first + steps)} ${y(1 + steps)}`;
}

/** All places that are text already when their row begins. */
function settled(
  graph: Dependency,
  x: (column: number) => number,
  y: (row: number) => number,
  side: number,
): string {
  let before = graph.firstColumn;
  return graph.stairs
    .map(({ row, column }) => {
      const across = x(before) - x(graph.firstColumn);
      before = column;
      return across > 0 ? `M${x(graph.firstColumn)} ${y(row)}h${across}v${side}h${-across}z` : "";
    })
    .join("");
}

/** The frontier from the top of the first row to the bottom of the last. */
function stairs(
  graph: Dependency,
  x: (column: number) => number,
  y: (row: number) => number,
  side: number,
): string {
  return graph.stairs
    .map(
      ({ row, column }, i) =>
        `${i === 0 ? `M${x(column)} ${y(row)}` : `H${x(column)}`}V${y(row) + side}`,
    )
    .join("");
}

function renderNumbers(
  { iterations, tokens, fed, wasted }: Numbers,
  graph: Dependency,
): TemplateResult {
  const ahead = new Set(graph.places.filter((it) => it.kind === "ahead").map((it) => it.column));
  const pairs: [string, string][] = [
    ["iterations", String(iterations)],
    ["tokens per pass", iterations > 0 ? number(tokens / iterations) : "–"],
    ["wasted positions", fed > 0 ? `${wasted} of ${fed} (${percent(wasted / fed)})` : "0"],
    ["tokens right before they were final", String(ahead.size)],
  ];
  return html`<dl class="graph-numbers">
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function legend(graph: Dependency): TemplateResult {
  const kinds: Kind[] = ["proved", "ahead", "wrong", "open"];
  if (graph.places.some((it) => it.kind === "unproved")) kinds.push("unproved");
  return html`<ul class="keys">
    ${kinds.map(
      (kind) =>
        html`<li>
          <svg width="14" height="14" class="graph-key" aria-hidden="true">
            <g class="place ${kind}">
              <rect class="body" x="1" y="1" width="12" height="12" />
              ${kind === "wrong" ? svg`<path class="cross" d="M3 3L11 11" />` : nothing}
            </g></svg
          >${KINDS[kind]}
        </li>`,
    )}
    <li>
      <svg width="20" height="14" class="graph-key" aria-hidden="true">
        <path class="plain" d="M2 2L18 12" /></svg
      >plain decoding
    </li>
  </ul>`;
}

export const dependencies: View = {
  id: "dependencies",
  title: "Dependency graph",
  applies: isStaircase,
  rank: () => 11,
  height: (scene) =>
    Math.min(TALLEST, shapeOf(scene).height) + (scene.width < 560 ? NARROW_WORDS : WORDS),
  render,
  styles: [
    boxStyles,
    css`
      .graph-numbers {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 1.4rem;
        margin: 0 var(--space-4) var(--space-2);
        font: var(--size-1) / 1.5 var(--font-label);
        color: var(--ink-2);
      }
      .graph-numbers div {
        display: flex;
        flex-direction: row-reverse;
        gap: 0.4em;
      }
      .graph-numbers dd {
        margin: 0;
        color: var(--ink);
        font-weight: 700;
        font-variant-numeric: tabular-nums;
      }
      .row-says {
        margin: 0 var(--space-4) var(--space-2);
        font: var(--size-2) / 1.4 var(--font-label);
        color: var(--ink);
      }
      .dependencies .word {
        font: 10px var(--font-code);
        fill: var(--ink-2);
        white-space: pre;
      }
      .dependencies .current {
        fill: var(--paper-3);
      }
      .dependencies .settled {
        fill: var(--paper-2);
      }
      .place .reach {
        fill: transparent;
      }
      .place .body {
        fill: none;
        stroke: var(--rule-strong);
      }
      .place.proved .body {
        fill: var(--ink);
        stroke: var(--ink);
      }
      .place.ahead .body {
        fill: var(--state-accepted);
        stroke: var(--state-accepted-ink);
        rx: 50%;
      }
      .place.wrong .cross {
        stroke: var(--rule-strong);
      }
      .place.open .body {
        stroke-dasharray: 1 2;
      }
      .place.unproved .body {
        fill: var(--paper-3);
        stroke: var(--ink-2);
        stroke-dasharray: 2 2;
      }
      .place[marked] .reach {
        fill: var(--mark);
        stroke: var(--ink);
      }
      .place:focus-visible .reach {
        stroke: var(--accent);
        stroke-width: 3;
      }
      .dependencies .plain,
      .graph-key .plain {
        stroke: var(--ink-2);
        stroke-dasharray: 5 4;
        pointer-events: none;
      }
      .dependencies .stairs {
        fill: none;
        stroke: var(--accent);
        stroke-width: 2.5;
        pointer-events: none;
      }
      @media (forced-colors: active) {
        .place.proved .body,
        .place.ahead .body {
          fill: CanvasText;
          forced-color-adjust: none;
        }
      }
    `,
  ],
};
