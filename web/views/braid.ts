// Drafts written at once from one pass a step: a braid of strands. Shows any table with the columns
// draft, node, token and weight that is set anew in every round, and the blends the model read.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { ancestors, type NodeState, type State, type TableState } from "../trace/state.ts";
import { shortened, tokenName } from "../trace/words.ts";
import {
  driftsOf,
  fitLegend,
  fitsOf,
  fitStyles,
  LEGEND_HEIGHT,
  renderDrift,
  renderFit,
  saidOf,
} from "./braid-fit.ts";
import { braidOf, type BraidStep, type Bundle, type Strand } from "./layout/braid.ts";
import { columnAt, hasColumns, history } from "./layout/table.ts";
import { follow } from "./part/follow.ts";
import { fixed } from "./part/number.ts";
import { percent } from "./parts.ts";
import { roving, type Arrow } from "./part/roving.ts";
import { boxStyles } from "./part/styles.ts";
import type { Scene, View } from "./view.ts";

const COLUMN = 104;
const CHIP_WIDTH = 66;
const ROW = 52;
const CHIP = 24;
const LEFT = 44;
const TOP = 54;
const RIGHT = 60;
/** Width of a strand of weight 1, in pixels. */
const THICK = 30;
const LETTERS = 7;

const draftTable = (state: State): TableState | undefined =>
  [...state.tables.values()].find((it) => hasColumns(it, "draft", "node", "token", "weight"));

function stepsOf(state: State): BraidStep[] {
  const table = draftTable(state);
  return (table ? history(table) : []).map((version) => {
    const cell = (cells: readonly unknown[], name: string) => cells[columnAt(version, name)];
    return {
      step: version.round,
      drafts: [...version.rows.values()].map(({ cells }) => {
        const node = Number(cell(cells, "node"));
        return {
          letter: String(cell(cells, "draft")),
          node,
          parent: state.nodes[node]?.parent ?? null,
          token: Number(cell(cells, "token")),
          weight: Number(cell(cells, "weight")),
        };
      }),
    };
  });
}

/** Texts that ended in a step instead of living on as drafts. */
function endedIn(state: State, { step, drafts }: BraidStep): NodeState[] {
  return state.finishes
    .map((it) => state.nodes[it.event.node]!)
    .filter((it) => it.round === step && !drafts.some((draft) => draft.node === it.id));
}

/** Nodes of the draft that is looked at alone: its past, and its future as far as there is one. */
function isolated(scene: Scene, steps: readonly BraidStep[]): Set<number> | null {
  const { state, selection, options } = scene;
  const drafts = steps.flatMap((it) => it.drafts);
  const last = steps.at(-1)?.drafts ?? [];
  const asked = last.find((it) => it.letter === options.draft)?.node;
  const pointed = drafts.some((it) => it.node === selection.node) ? selection.node : undefined;
  const node = pointed ?? asked;
  if (node === undefined || node === null) return null;
  const on = new Set(ancestors(state, node).map((it) => it.id));
  for (const { node: id, parent } of drafts)
    if (parent !== null && on.has(parent) && id > node) on.add(id);
  return on;
}

function render(scene: Scene): TemplateResult {
  const { state, vocabulary } = scene;
  const steps = stepsOf(state);
  const braid = braidOf(steps);
  const fits = fitsOf(state);
  const drifts = driftsOf(state);
  const on = isolated(scene, steps);
  const size = sizeOf(scene);
  const x = (column: number) => LEFT + column * COLUMN;
  const y = (row: number) => TOP + row * ROW;
  const name = (token: number) => tokenName(vocabulary, token);
  const last = steps.at(-1)?.drafts ?? [];
  const dim = (nodes: readonly number[]) => (on && !nodes.some((it) => on.has(it)) ? "dim" : "");

  const header = (column: number): SVGTemplateResult => {
    const { bundles, total, step } = braid.columns[column]!;
    const blend = state.nodes.find((it) => it.round === step && "blend" in it.input);
    const drafts = bundles.flatMap((it) => it.drafts);
    let at = 0;
    const said = drafts.map((it) => `${it.letter} ${percent(it.weight)}`).join(", ");
    return svg`<g
      class="mix"
      transform="translate(${x(column)} 18)"
      data-node=${blend?.id ?? nothing}
    >
      <title>The model reads ${said}</title>
      <text class="small" x="0" y="-5">${column + 1}</text>
      ${drafts.map((it) => {
        const wide = (it.weight / (total || 1)) * CHIP_WIDTH;
        const left = at;
        at += wide;
        return svg`<g class="part p${it.letter.charCodeAt(0) % 3} ${dim([it.node])}">
          <rect x=${left.toFixed(1)} y="0" width=${Math.max(0, wide - 1).toFixed(1)} height="14" />
          ${wide > 11 ? svg`<text x=${(left + wide / 2).toFixed(1)} y="11" text-anchor="middle">${it.letter}</text>` : nothing}
        </g>`;
      })}
    </g>`;
  };

  const strand = (it: Strand): SVGTemplateResult => {
    const before = it.fromRow === null ? null : braid.columns[it.column - 1]!.bundles[it.fromRow]!;
    const after = braid.columns[it.column]!.bundles[it.toRow]!;
    const fromX = before ? x(it.column - 1) + CHIP_WIDTH : 20;
    const fromY = before
      ? y(it.fromRow!) + (it.fromOffset - before.weight / 2) * THICK
      : y(0) + (after.before + it.toOffset - 0.5) * THICK;
    const toX = x(it.column);
    const toY = y(it.toRow) + (it.toOffset - after.weight / 2) * THICK;
    const thin = (weight: number) => Math.max(1.2, weight * THICK);
    return svg`<path
      class="strand ${dim([it.draft.node])}"
      data-node=${it.draft.node}
      d=${ribbon(fromX, fromY, thin(it.fromWeight), toX, toY, thin(it.toWeight))}
    />`;
  };

  const stop = stopOf(scene, steps);
  const chip = (column: number, bundle: Bundle): SVGTemplateResult => {
    const first = bundle.drafts.find((it) => it.node === scene.selection.node) ?? bundle.drafts[0]!;
    const letters = bundle.drafts.map((it) => it.letter).join(" ");
    const fit = fits.get(first.node);
    const drift = drifts.get(first.node);
    const alike = drift ? ` · ${drift.cosine.toFixed(2)}` : "";
    const said = `Step ${column + 1}: ${name(bundle.token)}, ${
      bundle.drafts.length > 1 ? "drafts" : "draft"
    } ${letters}, weight ${percent(bundle.weight)}${saidOf(scene, fit, drift)}`;
    return svg`<g
      class="word ${dim(bundle.drafts.map((it) => it.node))}"
      transform="translate(${x(column)} ${y(bundle.row)})"
      role="option"
      aria-selected=${first.node === scene.selection.node}
      aria-label=${said}
      tabindex=${bundle.drafts.some((it) => it.node === stop) ? 0 : -1}
      data-stop="${column}:${bundle.row}"
      data-node=${first.node}
    >
      <title>${said}</title>
      <rect class="body" x="0" y=${-CHIP / 2} width=${CHIP_WIDTH} height=${CHIP} rx="4" />
      ${renderDrift(drift, CHIP_WIDTH, CHIP / 2)}
      <text class="code" x=${CHIP_WIDTH / 2} y="4" text-anchor="middle">${shortened(name(bundle.token), LETTERS)}</text>
      ${renderFit(fit, CHIP_WIDTH, CHIP / 2 + 3)}
      ${
        bundle.drafts.some((it) => state.nodes[it.node]?.finish)
          ? svg`<rect class="cap" x=${CHIP_WIDTH + 5} y="-5" width="10" height="10" />`
          : nothing
      }
      <text class="small letters" x=${CHIP_WIDTH / 2} y=${CHIP / 2 + 18} text-anchor="middle">${letters}${alike}</text>
    </g>`;
  };

  const ended = (column: number): SVGTemplateResult[] =>
    endedIn(state, steps[column]!).map((node, i) => {
      const parent = column > 0 ? placeOf(braid.columns[column - 1]!.bundles, node.parent) : null;
      const row = braid.columns[column]!.bundles.length + i;
      const rank = node.finish!.event.ranked ?? node.finish!.event.score;
      const said = `Step ${column + 1}: a draft ends with ${node.token === null ? "" : name(node.token)}${rank === null ? "" : `, ranked ${fixed(rank)}`}`;
      return svg`<g class="ended ${dim([node.id])}" data-node=${node.id}>
        <title>${said}</title>
        ${
          parent === null
            ? nothing
            : svg`<path class="thread" d=${ribbon(x(column - 1) + CHIP_WIDTH, y(parent) - 0.6, 1.2, x(column), y(row) - 0.6, 1.2)} />`
        }
        <rect class="cap" x=${x(column) + 2} y=${y(row) - 5} width="10" height="10" />
        <text class="small code" x=${x(column) + 18} y=${y(row) + 4}>${node.token === null ? "" : shortened(name(node.token), LETTERS)}</text>
        <text class="small" x=${x(column) + 18} y=${y(row) + 18}>${rank === null ? "" : fixed(rank)}</text>
      </g>`;
    });

  const columns = braid.columns.map((_, column) => column);
  const right = x(Math.max(0, columns.length - 1));
  return html`
    <div class="drafts" role="group" aria-label="Look at one draft alone">
      ${[...last]
        .sort((a, b) => a.letter.localeCompare(b.letter))
        .map((it, i) => {
          const pressed = scene.options.draft === it.letter;
          return html`<button
            aria-pressed=${pressed}
            title="Key ${i + 1}"
            data-node=${it.node}
            @click=${() => scene.setOption("draft", pressed ? "" : it.letter)}
          >
            <b>${it.letter}</b> ${percent(it.weight)}
          </button>`;
        })}
    </div>
    <div
      class="box braid"
      ${follow({ left: right - COLUMN, right: right + COLUMN + RIGHT }, scene.motion)}
      @keydown=${(event: KeyboardEvent) => digit(event, scene, last)}
    >
      <svg
        width=${size.width}
        height=${size.height}
        viewBox="0 0 ${size.width} ${size.height}"
        role="listbox"
        aria-label="Braid of drafts: ${columns.length} steps; keys 1 to ${last.length} show one draft alone"
        @keydown=${roving((at, arrow) => neighbour(braid.columns, at, arrow))}
      >
        <text class="small" x="6" y="29" aria-hidden="true">reads</text>
        <g aria-hidden="true">${columns.map(header)}</g>
        <g aria-hidden="true">
          ${repeat(braid.strands, (it) => `${it.column}:${it.draft.letter}`, strand)}
        </g>
        <g aria-hidden="true">${columns.map(ended)}</g>
        ${columns.map((column) =>
          repeat(
            braid.columns[column]!.bundles,
            (it) => it.token,
            (it) => chip(column, it),
          ),
        )}
      </svg>
      <ol class="ears-only" aria-label="Drafts, best first">
        ${last.map((it) => html`<li>${it.letter}: ${textOf(scene, it.node)}, ${percent(it.weight)}</li>`)}
      </ol>
    </div>
    ${fitLegend(fits.size > 0, driftsOf(scene.end).size > 0)}
  `;
}

/** A band that keeps its height at both ends: a strand of the bump chart. */
function ribbon(x0: number, y0: number, h0: number, x1: number, y1: number, h1: number): string {
  const middle = (x0 + x1) / 2;
  const at = (value: number) => value.toFixed(1);
  return (
    `M${at(x0)} ${at(y0)}C${at(middle)} ${at(y0)} ${at(middle)} ${at(y1)} ${at(x1)} ${at(y1)}` +
    `V${at(y1 + h1)}C${at(middle)} ${at(y1 + h1)} ${at(middle)} ${at(y0 + h0)} ${at(x0)} ${at(y0 + h0)}Z`
  );
}

const placeOf = (bundles: readonly Bundle[], node: number | null): number | null =>
  bundles.find((it) => it.drafts.some((draft) => draft.node === node))?.row ?? null;

/** The mark that Tab reaches: what is selected, else the draft that leads. */
function stopOf(scene: Scene, steps: readonly BraidStep[]): number | undefined {
  const drafts = steps.flatMap((it) => it.drafts);
  const { node } = scene.selection;
  return drafts.some((it) => it.node === node) ? node! : steps.at(-1)?.drafts[0]?.node;
}

/** Number keys show one draft alone; the same key again, or 0, shows all. */
function digit(event: KeyboardEvent, scene: Scene, last: readonly { letter: string }[]): void {
  if (!/^\d$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  const letters = last.map((it) => it.letter).sort();
  const letter = letters[Number(event.key) - 1] ?? "";
  event.preventDefault();
  event.stopPropagation();
  scene.setOption("draft", scene.options.draft === letter ? "" : letter);
}

function neighbour(
  columns: readonly { bundles: readonly Bundle[] }[],
  stop: string,
  arrow: Arrow,
): string | null {
  const [column, row] = stop.split(":").map(Number) as [number, number];
  const bundle = columns[column]?.bundles[row];
  if (!bundle) return null;
  const at = (c: number, r: number | null) =>
    r !== null && columns[c]?.bundles[r] ? `${c}:${r}` : null;
  switch (arrow) {
    case "left":
      return at(column - 1, placeOf(columns[column - 1]?.bundles ?? [], bundle.drafts[0]!.parent));
    case "right": {
      const nodes = new Set<number | null>(bundle.drafts.map((it) => it.node));
      const next = columns[column + 1]?.bundles.find((it) =>
        it.drafts.some((draft) => nodes.has(draft.parent)),
      );
      return at(column + 1, next?.row ?? null);
    }
    case "up":
      return at(column, row - 1);
    case "down":
      return at(column, row + 1);
    case "first":
      return at(0, 0);
    case "last":
      return at(columns.length - 1, 0);
  }
}

/** The generated tokens down to a node. */
function textOf({ state, vocabulary }: Scene, node: number): string {
  return ancestors(state, node)
    .filter((it) => it.status !== "prompt" && it.token !== null)
    .reverse()
    .map((it) => tokenName(vocabulary, it.token!))
    .join("")
    .replaceAll("␣", " ");
}

/** Room for the whole braid, so that it grows without moving anything. */
function sizeOf({ end }: Scene): { width: number; height: number } {
  const steps = stepsOf(end);
  const rows = steps.map((it) => it.drafts.length + endedIn(end, it).length);
  return {
    width: LEFT + steps.length * COLUMN + RIGHT,
    height: TOP + Math.max(1, ...rows) * ROW - 6,
  };
}

export const braid: View = {
  id: "braid",
  title: "Braid",
  applies: (end) => draftTable(end) !== undefined,
  rank: () => 12,
  height: (scene) => sizeOf(scene).height + 52 + LEGEND_HEIGHT,
  render,
  styles: [
    boxStyles,
    fitStyles,
    css`
      .drafts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        margin: var(--space-1) var(--space-4) var(--space-2);
        min-block-size: 28px;
      }
      .drafts button {
        font: var(--size-1) / 1 var(--font-label);
        font-variant-numeric: tabular-nums;
        color: var(--ink-2);
        background: none;
        border: 1.5px solid var(--rule);
        border-radius: var(--radius);
        padding: 6px 10px;
        cursor: pointer;
      }
      .drafts button[aria-pressed="true"] {
        border-color: var(--accent);
        color: var(--ink);
        box-shadow: inset 0 -2px var(--accent);
      }
      .drafts button:focus-visible {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      .braid .dim {
        opacity: 0.2;
      }
      .braid .part rect {
        fill: var(--of-draft);
        stroke: var(--rule-strong);
      }
      .braid .part.p0 rect {
        fill: var(--paper-3);
      }
      .braid .part.p1 rect {
        fill: var(--paper);
      }
      .braid .part text {
        font-size: 10px;
        font-weight: 700;
      }
      .braid .part.p2 text {
        fill: #10151c;
      }
      .braid .strand {
        fill: color-mix(in srgb, var(--of-draft) 55%, var(--paper));
        stroke: var(--paper);
        stroke-width: 0.75;
        cursor: pointer;
      }
      .braid .thread {
        fill: var(--ink-3);
      }
      .braid .cap {
        fill: var(--ink);
      }
      .braid .body {
        fill: var(--paper);
        stroke: var(--rule-strong);
        stroke-width: 1.5;
      }
      .braid .word[marked] .body {
        fill: var(--mark);
        stroke: var(--ink);
      }
      .braid .strand[marked] {
        fill: var(--accent);
      }
      .braid .word:focus-visible .body {
        stroke: var(--accent);
        stroke-width: 3;
      }
      @media (forced-colors: active) {
        .braid .strand {
          fill: GrayText;
        }
        .braid .part rect {
          fill: Canvas;
        }
        .braid .part.p2 text {
          fill: CanvasText;
        }
      }
    `,
  ],
};
