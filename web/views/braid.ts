// Drafts written at once from one pass a step: a braid of strands. Shows any table with the columns
// draft, node, token and weight that is set anew in every round, and the blends the model read.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { ancestors, nodesOf, type NodeState, type State, type TableState } from "../trace/state.ts";
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
import { cellsOf, history, tableWith } from "./layout/table.ts";
import { follow } from "./part/follow.ts";
import { fixed } from "./part/number.ts";
import { cap, CHIP, chip, forEars, mark, picture, rect, words } from "./part/picture.ts";
import { percent } from "./parts.ts";
import type { Arrow } from "./part/roving.ts";
import { boxStyles } from "./part/styles.ts";
import { rankOf, textTo } from "./part/text-to.ts";
import type { Scene, View } from "./view.ts";

const COLUMN = 104;
const CHIP_WIDTH = 66;
const ROW = 52;
const LEFT = 44;
const TOP = 54;
const RIGHT = 60;
/** Width of a strand of weight 1, in pixels. */
const THICK = 30;
const LETTERS = 7;

const draftTable = (state: State): TableState | undefined =>
  tableWith(state, "draft", "node", "token", "weight");

const stepsOf = (state: State): BraidStep[] =>
  history(draftTable(state)).map((version) => ({
    step: version.round,
    drafts: cellsOf(version).map((cell) => {
      const node = Number(cell("node"));
      return {
        letter: String(cell("draft")),
        node,
        parent: state.nodes[node]?.parent ?? null,
        token: Number(cell("token")),
        weight: Number(cell("weight")),
      };
    }),
  }));

/** Texts that ended in a step instead of living on as drafts. */
function endedIn(state: State, { step, drafts }: BraidStep): NodeState[] {
  return nodesOf(
    state,
    state.finishes.map((it) => it.event.node),
  ).filter((it) => it.round === step && !drafts.some((draft) => draft.node === it.id));
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
      ${words(0, -5, column + 1)}
      ${drafts.map((it) => {
        const wide = (it.weight / (total || 1)) * CHIP_WIDTH;
        const left = at;
        at += wide;
        return svg`<g class="part p${it.letter.charCodeAt(0) % 3} ${dim([it.node])}">
          ${rect("", left, 0, Math.max(0, wide - 1), 14)}
          ${wide > 11 ? words(left + wide / 2, 11, it.letter, "middle", "") : nothing}
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
  const word = (column: number, bundle: Bundle): SVGTemplateResult => {
    const first = bundle.drafts.find((it) => it.node === scene.selection.node) ?? bundle.drafts[0]!;
    const letters = bundle.drafts.map((it) => it.letter).join(" ");
    const fit = fits.get(first.node);
    const drift = drifts.get(first.node);
    const alike = drift ? ` · ${drift.cosine.toFixed(2)}` : "";
    const said = `Step ${column + 1}: ${name(bundle.token)}, ${
      bundle.drafts.length > 1 ? "drafts" : "draft"
    } ${letters}, weight ${percent(bundle.weight)}${saidOf(scene, fit, drift)}`;
    return mark(
      {
        kind: `word ${dim(bundle.drafts.map((it) => it.node))}`,
        x: x(column),
        y: y(bundle.row),
        said,
        stop: `${column}:${bundle.row}`,
        first: bundle.drafts.some((it) => it.node === stop),
        chosen: first.node === scene.selection.node,
        node: first.node,
      },
      svg`${chip(CHIP_WIDTH, shortened(name(bundle.token), LETTERS))}
        ${renderDrift(drift, CHIP_WIDTH, CHIP / 2)} ${renderFit(fit, CHIP_WIDTH, CHIP / 2 + 3)}
        ${bundle.drafts.some((it) => state.nodes[it.node]?.finish) ? cap(CHIP_WIDTH) : nothing}
        ${words(CHIP_WIDTH / 2, CHIP / 2 + 18, letters + alike, "middle", "small letters")}`,
    );
  };

  const ended = (column: number): SVGTemplateResult[] =>
    endedIn(state, steps[column]!).map((node, i) => {
      const parent = placeOf(braid.columns[column - 1]?.bundles ?? [], node.parent);
      const row = braid.columns[column]!.bundles.length + i;
      const rank = rankOf(node);
      const token = node.token === null ? "" : name(node.token);
      const ranked = rank === null ? "" : fixed(rank);
      return svg`<g class=${dim([node.id])} data-node=${node.id}>
        <title>Step ${column + 1}: a draft ends with ${token}${ranked && `, ranked ${ranked}`}</title>
        ${
          parent === null
            ? nothing
            : svg`<path class="thread" d=${ribbon(x(column - 1) + CHIP_WIDTH, y(parent) - 0.6, 1.2, x(column), y(row) - 0.6, 1.2)}></path>`
        }
        ${rect("cap", x(column) + 2, y(row) - 5, 10, 10)}
        ${words(x(column) + 18, y(row) + 4, shortened(token, LETTERS), undefined, "small code")}
        ${words(x(column) + 18, y(row) + 18, ranked)}
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
      ${picture(
        size.width,
        size.height,
        `Braid of drafts: ${columns.length} steps; keys 1 to ${last.length} show one draft alone`,
        svg`<g aria-hidden="true">
            ${words(6, 29, "reads")} ${columns.map(header)}
            ${repeat(braid.strands, (it) => `${it.column}:${it.draft.letter}`, strand)}
            ${columns.map(ended)}
          </g>
          ${columns.map((column) =>
            repeat(
              braid.columns[column]!.bundles,
              (it) => it.token,
              (it) => word(column, it),
            ),
          )}`,
        (at, arrow) => neighbour(braid.columns, at, arrow),
      )}
      ${forEars(
        "Drafts, best first",
        last.map((it) => `${it.letter}: ${textTo(scene, it.node)}, ${percent(it.weight)}`),
      )}
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
  const { drafts } = columns[column]!.bundles[row]!;
  const at = (c: number, r: number | null | undefined) =>
    r != null && columns[c]?.bundles[r] ? `${c}:${r}` : null;
  const next = () =>
    columns[column + 1]?.bundles.find((it) =>
      it.drafts.some(({ parent }) => drafts.some(({ node }) => node === parent)),
    );
  return {
    left: () => at(column - 1, placeOf(columns[column - 1]?.bundles ?? [], drafts[0]!.parent)),
    right: () => at(column + 1, next()?.row),
    up: () => at(column, row - 1),
    down: () => at(column, row + 1),
    first: () => at(0, 0),
    last: () => at(columns.length - 1, 0),
  }[arrow]();
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
      .braid .strand[marked] {
        fill: var(--accent);
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
