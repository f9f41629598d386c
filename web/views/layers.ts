// Which parts of the network the draft leaves out. Rows are sub-layers from the bottom up, columns
// the sets tried, and below them the share of known text that each set guessed. Shows any pair of
// tables with the columns sub_layer, skipped and candidate, matchness, adopted.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { State, TableRow } from "../trace/state.ts";
import { linePath, plotOf } from "./layout/curve.ts";
import { namesIn, stripOf, type Strip, type Try } from "./layout/layers.ts";
import { columnAt, rowsOf, tableWith } from "./layout/table.ts";
import { follow } from "./part/follow.ts";
import { percent } from "./parts.ts";
import { renderKeys } from "./part/keys.ts";
import { roving, step } from "./part/roving.ts";
import { rect, words } from "./part/picture.ts";
import { boxStyles } from "./part/styles.ts";
import type { Scene, View } from "./view.ts";
import { inline } from "./part/inline.ts";

const LEFT = 104;
const RIGHT = 64;
const TOP = 8;
const ROW = 15;
const COLUMN = 18;
const PLOT = 110;
const GAP = 16;

const layerTable = (state: State) => tableWith(state, "sub_layer", "skipped");

function stripAt(state: State): Strip & { now: ReadonlySet<string> } {
  const layers = rowsOf(layerTable(state));
  const tries = tableWith(state, "candidate", "matchness", "adopted");
  const named = (rows: readonly TableRow[]) => rows.map((it) => String(it.cells[0]));
  const list = rowsOf(tries).map(({ cells, round }): Try => {
    const at = (name: string) => cells[columnAt(tries!, name)];
    return {
      round,
      skipped: namesIn(String(at("candidate"))),
      matchness: Number(at("matchness")),
      adopted: Number(at("adopted")) > 0,
    };
  });
  // What the draft leaves out now.
  const now = new Set(named(layers.filter((it) => Number(it.cells[1]) > 0)));
  return { ...stripOf(named(layers), list), now };
}

function render(scene: Scene): TemplateResult {
  const { state, end } = scene;
  const strip = stripAt(state);
  const whole = stripAt(end);
  const { width, height } = sizeOf(end);
  // A method that never searches has one column and no curve.
  const searches = whole.tries.length > 0;
  const { rows } = whole;
  const { now } = strip;
  const x = (index: number) => LEFT + COLUMN + 10 + index * COLUMN;
  const y = (row: number) => TOP + (rows.length - 1 - row) * ROW;
  const bottom = TOP + rows.length * ROW;
  const last = strip.tries.length - 1;
  const tries = Math.max(1, whole.tries.length);
  const right = x(tries - 1) + COLUMN / 2;
  const foot = bottom + GAP + PLOT;
  const tried = strip.tries.map((it, i) => ({ x: i, y: it.matchness }));
  const best = strip.best.map((value, i) => ({ x: i, y: value }));
  const plot = plotOf(
    tried,
    [x(0) + COLUMN / 2, right],
    [foot - 18, bottom + GAP + 6],
    [0, Math.max(1, tries - 1)],
    [0, 1],
  );

  const cells = (skipped: ReadonlySet<string>, left: number): SVGTemplateResult[] =>
    rows.map((name, row) =>
      rect(skipped.has(name) ? "out" : "in", left + 1.5, y(row) + 1.5, COLUMN - 3, ROW - 3),
    );

  const column = (it: Try, i: number): SVGTemplateResult => {
    const said = `Try ${i + 1}, round ${it.round + 1}: without ${[...it.skipped].join(", ") || "nothing"}, ${percent(it.matchness)} guessed right${it.adopted ? ", adopted" : ""}`;
    return svg`<g
      class="try ${it.adopted ? "adopted" : ""}"
      role="option"
      aria-selected=${scene.selection.round === it.round}
      aria-label=${said}
      tabindex=${i === last ? 0 : -1}
      data-stop=${i}
      data-round=${it.round}
    >
      <title>${said}</title>
      ${rect("reach", x(i), TOP, COLUMN, foot - TOP - 14)}
      ${cells(it.skipped, x(i))}
      ${
        it.adopted
          ? svg`<path class="mark" d="M${x(i) + COLUMN / 2} ${bottom + 2}l5 8h-10z" />`
          : nothing
      }
      <circle class="dot" cx=${plot.x(i)} cy=${plot.y(it.matchness)} r="4" />
    </g>`;
  };

  const stops = strip.tries.map((_, i) => String(i));
  return html`
    <p class="says" style=${inline(`min-block-size: ${scene.width < 560 ? 2.8 : 1.4}em`)}>
      A short pass runs ${rows.length - now.size} of ${rows.length}
      blocks${now.size > 0 ? html`; left out: <b>${[...now].join(", ")}</b>` : nothing}.
    </p>
    <div
      class="box layers"
      ${follow({ left: x(last) - COLUMN, right: x(last) + COLUMN + RIGHT }, scene.motion)}
    >
      <svg
        width=${width}
        height=${height}
        viewBox="0 0 ${width} ${height}"
        role="listbox"
        aria-orientation="horizontal"
        aria-label="Sets of blocks left out, in the order they were tried"
        @keydown=${roving((at, arrow) => step(stops, at, arrow))}
      >
        <g aria-hidden="true">
          ${rows.map((name, row) =>
            words(LEFT - 4, y(row) + 11, name, "end", `small ${now.has(name) ? "now" : ""}`),
          )}
          ${cells(now, LEFT)} ${words(LEFT + COLUMN / 2, bottom + 13, "now", "middle")}
          ${(searches ? plot.yTicks : []).map(
            (at) =>
              svg`<path class="tick" d="M${x(0)} ${plot.y(at)}H${right}"></path>${words(x(0) - 6, plot.y(at) + 4, `${Math.round(at * 100)} %`, "end")}`,
          )}
          ${words(right + 10, plot.y(strip.best.at(-1) ?? 0) + 4, strip.best.length > 0 ? `best ${percent(strip.best.at(-1)!)}` : "")}
        </g>
        ${repeat(strip.tries, (_, i) => i, column)}
        ${
          searches
            ? svg`<g aria-hidden="true" class="curves">
                <path class="tried-line" d=${linePath(tried, plot)} />
                <path class="best" d=${linePath(best, plot, true)} />
              </g>`
            : nothing
        }
      </svg>
    </div>
    ${renderKeys("layers", 14, [
      [svg`<rect class="out" x="1" y="1" width="12" height="12" />`, "left out"],
      ...(searches
        ? [
            [
              svg`<path class="mark" d="M7 2l5 10h-10z" />`,
              "better than all before: the draft uses it",
            ] as const,
          ]
        : []),
    ])}
  `;
}

function sizeOf(end: State): { width: number; height: number } {
  const { rows, tries } = stripAt(end);
  return {
    width: LEFT + COLUMN + 10 + Math.max(12, tries.length) * COLUMN + RIGHT,
    height: TOP + rows.length * ROW + GAP + (tries.length > 0 ? PLOT : 0),
  };
}

export const layers: View = {
  id: "layers",
  title: "Layers",
  applies: (end) => layerTable(end) !== undefined,
  rank: () => 4,
  height: ({ end, width }) => sizeOf(end).height + (width < 560 ? 94 : 72),
  render,
  styles: [
    boxStyles,
    css`
      .layers .in {
        fill: var(--paper);
        stroke: var(--rule);
      }
      .layers .out,
      .layers .mark {
        fill: var(--accent);
      }
      .layers .now {
        font-weight: 700;
        fill: var(--ink);
      }
      .layers .dot {
        fill: var(--paper);
        stroke: var(--ink-2);
        stroke-width: 1.5;
      }
      .layers .adopted .dot {
        fill: var(--accent);
        stroke: var(--accent);
      }
      .layers .curves {
        pointer-events: none;
      }
      .layers .tried-line {
        fill: none;
        stroke: var(--rule-strong);
        stroke-dasharray: 2 3;
      }
      .layers .best {
        fill: none;
        stroke: var(--accent);
        stroke-width: 2;
      }
      .layers .try:focus-visible .reach {
        stroke: var(--accent);
        stroke-width: 2.5;
      }
    `,
  ],
};
