// Several prompts that share every pass: a text for each, and the rows that the target read for
// them, as a list and as a rectangle with its padding. Shows `score`, `commit` and nodes grown by
// `padding`. One of the two shapes is what the run computed, and says so.

import { css, html, nothing, type TemplateResult } from "lit";
import type { LaneState, NodeState, Pass, State } from "../trace/state.ts";
import { isTargetPass } from "../trace/stats.ts";
import { pieces } from "../trace/words.ts";
import { letter, shapeOf, totals, type Fed } from "./layout/batch.ts";
import { nodeName, percent } from "./parts.ts";
import { follow } from "./part/follow.ts";
import { boxStyles } from "./part/styles.ts";
import { special } from "./text.ts";
import type { Scene, View } from "./view.ts";

/** Heights in CSS pixels. */
const TEXT = 66;
const CELL = 24;
const NARROW = 560;

const isPadding = (node: NodeState | undefined): boolean => node?.by === "padding";

/** The rows of a pass, prompt by prompt, each in the order of the text. */
export function fedIn(state: State, pass: Pass): Fed<NodeState>[] {
  const nodes = [...pass.ancestors, ...pass.nodes].map((id) => state.nodes[id]!);
  return state.lanes.map(({ id }) => {
    const own = nodes.filter((it) => it.lane === id);
    const rows = own
      .filter((it) => !isPadding(it))
      .sort((a, b) => a.depth - b.depth || a.id - b.id);
    return { lane: id, rows, padding: own.length - rows.length };
  });
}

const targetPasses = (state: State): Pass[] => state.passes.filter(isTargetPass);

const pads = (end: State): boolean => end.nodes.some(isPadding);

function render(scene: Scene): TemplateResult {
  const { state, end } = scene;
  const passes = targetPasses(state);
  const pass = passes.at(-1);
  return html`<div class="batch">
    ${state.lanes.map((lane) => textOf(scene, lane))}
    ${pass ? rowsOf(scene, pass) : html`<p class="empty">${end.passes.length > 0 ? "The target has not read anything yet." : "No passes are on record."}</p>`}
    ${pass ? sums(state, passes, pads(end)) : nothing}
  </div>`;
}

/** One prompt: its letter, its text, and how long it is. */
function textOf(scene: Scene, lane: LaneState): TemplateResult {
  const { state, vocabulary } = scene;
  const nodes = lane.path.map((id) => state.nodes[id]!);
  const cut = pieces(
    vocabulary,
    nodes.map((it) => it.token),
  );
  const now = state.rounds.length - 1;
  const done = nodes.at(-1)?.finish !== null && nodes.length > lane.promptLen;
  const written = nodes.length - lane.promptLen;
  return html`<div class="member">
    <b class="letter" aria-hidden="true">${letter(lane.id)}</b>
    <p
      class="member-text"
      aria-label="Text ${letter(lane.id)}"
      ${follow({ left: 0, right: 0, top: 0, bottom: 10_000 + nodes.length }, false)}
    >
      ${nodes.map((node, i) =>
        special(cut[i]!.text)
          ? nothing
          : html`<span
              class="token ${node.status} ${node.round === now ? "recent" : "old"}"
              data-node=${node.id}
              >${cut[i]!.text}</span
            >`,
      )}
    </p>
    <span class="member-size">${written} ${done ? "tokens, done" : "tokens"}</span>
  </div>`;
}

function rowsOf(scene: Scene, pass: Pass): TemplateResult {
  const { state, end } = scene;
  const fed = fedIn(state, pass);
  const shape = shapeOf(fed);
  const padded = pads(end);
  const taking = fed.filter((it) => it.rows.length > 0);
  const section = (computed: boolean, heading: string, lines: unknown) =>
    html`<section class="shape ${computed ? "" : "ghost"}">
      <h3>
        ${heading}
        <span>${computed ? `pass ${pass.pass + 1}, computed here` : "not computed"}</span>
      </h3>
      <div class="box">${lines}</div>
    </section>`;
  const line = (kind: string, start: string, rows: readonly NodeState[], rest: unknown) =>
    html`<div class=${kind}>
      <span class="start">${start}</span>
      <div class="cells">${rows.map((node) => cell(scene, node))}${rest}</div>
    </div>`;
  const list = section(
    !padded,
    `A list: ${shape.list} rows`,
    html`<div class="flat">
      ${taking.map((it) => line("run", `${letter(it.lane)} from ${shape.starts[it.lane]}`, it.rows, nothing))}
    </div>`,
  );
  const rectangle = section(
    padded,
    `A rectangle: ${taking.length} × ${shape.most} = ${shape.rectangle} cells, ${shape.rectangle - shape.list} of them padding`,
    fed.map((it) => {
      const missing = Array<TemplateResult>(shape.most - it.rows.length);
      const padding = html`<i class="seat padding" title="padding"></i>`;
      return line(
        "line",
        letter(it.lane),
        it.rows,
        it.rows.length > 0 ? missing.fill(padding) : html`<span class="gone">has finished</span>`,
      );
    }),
  );
  return padded ? html`${rectangle}${list}` : html`${list}${rectangle}`;
}

function cell(scene: Scene, node: NodeState): TemplateResult {
  const name = nodeName(scene, node);
  return html`<i class="seat ${node.status}" data-node=${node.id} title=${name}
    ><span>${name}</span></i
  >`;
}

/** All target passes so far, and the keys that the texts hold. */
function sums(state: State, passes: readonly Pass[], padded: boolean): TemplateResult {
  const sum = totals(passes.map((it) => shapeOf(fedIn(state, it))));
  const lengths = state.lanes.map((it) => it.path.length);
  const held = lengths.reduce((a, b) => a + b, 0);
  const square = lengths.length * Math.max(...lengths);
  const useful = sum.rectangle > 0 ? sum.list / sum.rectangle : 1;
  return html`<p class="sums">
    So far the target read ${padded ? sum.list + sum.padding : sum.list} rows in ${passes.length}
    passes${
      padded
        ? html`, ${sum.padding} of them padding: ${percent(useful)} were of use.`
        : html`; rectangles would have had ${sum.rectangle} cells, ${percent(useful)} of them of
          use.`
    }
    The texts hold ${held} tokens; a rectangular cache would have room for ${square}.
  </p>`;
}

export const batch: View = {
  id: "batch",
  title: "Batch",
  applies: (end) => end.lanes.length > 1,
  rank: () => 13,
  height: ({ end, width }) => {
    const count = end.lanes.length;
    const shapes = 2 * 44 + CELL + 36 + count * (CELL + 4);
    return count * TEXT + shapes + (width < NARROW ? 150 : 60);
  },
  render,
  styles: [
    boxStyles,
    css`
      .batch {
        padding: var(--space-2) var(--space-4);
        font: var(--size-2) / 1.4 var(--font-label);
      }
      .member {
        display: grid;
        grid-template-columns: 1.4rem minmax(0, 1fr) 5.4rem;
        gap: var(--space-2);
        height: ${TEXT - 8}px;
        margin-block-end: 8px;
      }
      .member-text {
        margin: 0;
        height: ${TEXT - 8}px;
        overflow-y: auto;
        scrollbar-width: thin;
        font: var(--size-3) / 1.35 var(--font-text);
        overflow-wrap: anywhere;
        border-inline-start: 2px solid var(--rule);
        padding-inline-start: var(--space-2);
      }
      .member-size {
        color: var(--ink-2);
        text-align: end;
      }
      .shape {
        margin-block-start: var(--space-2);
      }
      .shape h3 {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-2);
        margin: 0 0 4px;
        font: 600 var(--size-2) / 1.5 var(--font-label);
      }
      .shape h3 span {
        font-weight: 400;
        color: var(--ink-2);
      }
      .shape.ghost .cells {
        opacity: 0.62;
      }
      .shape .flat {
        display: flex;
        gap: 6px;
        padding-block-end: 6px;
      }
      .shape .run .start {
        display: block;
        font-size: 11px;
        color: var(--ink-2);
        white-space: nowrap;
      }
      .shape .line {
        display: flex;
        gap: 6px;
        height: ${CELL + 4}px;
      }
      .shape .line .start {
        flex: 0 0 1.2rem;
        line-height: ${CELL}px;
      }
      .cells {
        display: flex;
        gap: 2px;
      }
      .seat {
        box-sizing: border-box;
        flex: 0 0 44px;
        width: 44px;
        height: ${CELL}px;
        border: 1.5px solid var(--rule-strong);
        border-radius: 3px;
        font: normal 11px / 20px var(--font-code);
        overflow: hidden;
        white-space: pre;
        padding-inline: 2px;
        color: var(--ink);
      }
      .seat.prompt {
        color: var(--ink-2);
        border-color: var(--rule);
      }
      .seat.draft {
        border: 1.5px dashed var(--state-draft-ink);
      }
      .seat.accepted {
        border-color: var(--state-accepted-ink);
        background: color-mix(in srgb, var(--state-accepted) 22%, var(--paper));
      }
      .seat.rejected {
        border-color: var(--state-rejected-ink);
        text-decoration: line-through;
      }
      .seat.pruned {
        color: var(--ink-3);
        border-color: var(--rule);
      }
      .seat.recovered,
      .seat.bonus,
      .seat.chosen {
        background: var(--paper-2);
      }
      .seat.padding {
        border: 1px solid var(--rule);
        background: repeating-linear-gradient(
          45deg,
          var(--rule-strong) 0 1.2px,
          var(--paper-3) 1.2px 6px
        );
      }
      .seat[marked] {
        outline: 2px solid var(--ink);
        outline-offset: -1px;
      }
      .gone {
        color: var(--ink-2);
        font-style: italic;
        line-height: ${CELL}px;
      }
      .sums {
        margin: var(--space-2) 0 0;
        color: var(--ink-2);
      }
    `,
  ],
};
