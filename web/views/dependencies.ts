// The decoding dependency graph: the grid of guesses without its words, one small square a guess,
// filled where it already was the token of the final text. Shows any table that the grid shows,
// where it ends in a staircase, and counts `score`, `judge` and `commit`.
// Source: DDGviz of Santilli et al. 2023, arXiv:2305.10427.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { State } from "../trace/state.ts";
import { isTargetPass } from "../trace/stats.ts";
import { shortened, tokenName, type Vocabulary } from "../trace/words.ts";
import { rowSays } from "./layout/dependency.ts";
import type { Grid, Kind } from "./layout/grid.ts";
import { AHEAD, finalToken, isStaircase, nodeOf } from "./part/guesses.ts";
import { renderKeys, type Key } from "./part/keys.ts";
import { placesStyles, renderPlaces, shapeOf, type Place, type Shape } from "./part/places.ts";
import { boxStyles } from "./part/styles.ts";
import { number, percent } from "./parts.ts";
import type { Scene, View } from "./view.ts";

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

/** Side of a place and room for the words above, so that the picture can be seen whole. */
const shapeFor = (scene: Scene): Shape =>
  shapeOf(scene, (columns, rows) => {
    const words = columns.map((it) => headingOf(scene.end, it, scene.vocabulary).length);
    const top = ROOM + Math.ceil(Math.max(4, ...words) * LETTER);
    const across = Math.floor((scene.width - LEFT - RIGHT) / columns.length);
    const down = Math.floor((TALLEST - top - BELOW) / rows);
    const side = Math.min(LARGEST, Math.max(SMALLEST, Math.min(across, down)));
    return { left: LEFT, right: RIGHT, top, bottom: BELOW, across: side, down: side };
  });

/** The word above a column: a dot until its token is final. */
function headingOf(state: State, column: number, vocabulary: Vocabulary): string {
  const token = finalToken(state)(column);
  return token === undefined ? "·" : shortened(tokenName(vocabulary, token), LETTERS);
}

const KINDS: Readonly<Record<Kind, string>> = {
  proved: "made final by this pass",
  ahead: AHEAD,
  wrong: "wrong",
  open: "not known yet",
  unproved: "taken without a proof",
};

function render(scene: Scene): TemplateResult {
  const { state, vocabulary } = scene;
  const shape = shapeFor(scene);
  const { grid, columns, current, left, top, across: side, x, y } = shape;
  const middle = side / 2;
  const mark = (it: Place): [string, string, SVGTemplateResult] => [
    `place ${it.kind}`,
    `iteration ${it.row}, position ${it.column}: ${tokenName(vocabulary, it.token)}, ${KINDS[it.kind]}`,
    svg`<rect class="reach" width=${side} height=${side} />${square(it.kind, 2, side - 4)}`,
  ];
  const labels = grid.rows.filter(
    (row) => row === current || (row % (side < 16 ? 5 : 2) === 0 && current - row > 1),
  );
  // One token a pass: where the staircase of plain decoding would run.
  const steps = Math.min(columns.length, shape.levels - 1) * side;
  return html`
    ${renderNumbers(numbersOf(state), grid)} ${legend(grid)}
    <p class="says row-says">${grid.cells.length > 0 ? rowSays(grid, current) : "\u00a0"}</p>
    ${renderPlaces(scene, shape, {
      name: "dependencies",
      label: "Which guesses were right already, one row an iteration",
      tallest: TALLEST,
      nodeOf: (it) => nodeOf(state, it),
      mark,
      below: svg`${grid.stairs.map(
        ({ row, column, gain }) =>
          // All places that are text already when their row begins.
          svg`<rect class="settled" x=${left} y=${y(row)} width=${x(column - gain) - left} height=${side} />`,
      )}
        <text class="small" x=${left - 6} y=${top - 6} text-anchor="end">pass</text>
        ${columns.map((column) => svg`<text class="word" transform="translate(${x(column) + middle + 3.5} ${top - 5}) rotate(-90)">${headingOf(state, column, vocabulary)}</text>`)}
        ${labels.map((row) => svg`<text class="small" x=${left - 6} y=${y(row) + middle + 4} text-anchor="end">${row}</text>`)}`,
      above: svg`<path class="plain" d="M${left} ${y(1)}l${steps} ${steps}" />`,
    })}
  `;
}

/** A mark of a place; what is wrong is crossed. */
const square = (kind: Kind, at: number, side: number): SVGTemplateResult =>
  svg`<rect class="body" x=${at} y=${at} width=${side} height=${side} rx=${kind === "ahead" ? side : 0} />
    ${kind === "wrong" ? svg`<path class="cross" d="M${at + 2} ${at + 2}l${side - 4} ${side - 4}" />` : nothing}`;

function renderNumbers({ iterations, tokens, fed, wasted }: Numbers, grid: Grid): TemplateResult {
  const ahead = new Set(grid.cells.filter((it) => it.kind === "ahead").map((it) => it.column));
  const pairs: [string, string][] = [
    ["iterations", String(iterations)],
    ["tokens per pass", iterations > 0 ? number(tokens / iterations) : "–"],
    ["wasted positions", fed > 0 ? `${wasted} of ${fed} (${percent(wasted / fed)})` : "0"],
    ["tokens right before they were final", String(ahead.size)],
  ];
  return html`<dl class="keys graph-numbers">
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function legend(grid: Grid): TemplateResult {
  const kinds: Kind[] = ["proved", "ahead", "wrong", "open"];
  if (grid.cells.some((it) => it.kind === "unproved")) kinds.push("unproved");
  return renderKeys("dependencies", 14, [
    ...kinds.map((it): Key => [svg`<g class="place ${it}">${square(it, 1, 12)}</g>`, KINDS[it]]),
    [svg`<path class="plain" d="M0 2L14 12" />`, "plain decoding"],
  ]);
}

export const dependencies: View = {
  id: "dependencies",
  title: "Dependency graph",
  applies: isStaircase,
  rank: () => 11,
  height: (scene) =>
    Math.min(TALLEST, shapeFor(scene).height) + (scene.width < 560 ? NARROW_WORDS : WORDS),
  render,
  styles: [
    boxStyles,
    placesStyles,
    css`
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
      .dependencies .word {
        font: 10px var(--font-code);
        fill: var(--ink-2);
        white-space: pre;
      }
      .dependencies .settled {
        fill: var(--paper-2);
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
        stroke: var(--ink);
      }
      .place:focus-visible .reach {
        stroke: var(--accent);
        stroke-width: 3;
      }
      .dependencies .plain {
        stroke: var(--ink-2);
        stroke-dasharray: 5 4;
        pointer-events: none;
      }
      @media (forced-colors: active) {
        .place.ahead .body {
          fill: CanvasText;
          forced-color-adjust: none;
        }
      }
    `,
  ],
};
