// Text that is copied from itself: the earlier place over the end of the text, the tokens that
// match, the copied guesses and what became of them. Shows tables that pair nodes with sources.

import { css, html, nothing, type TemplateResult } from "lit";
import type { NodeState, State, TableState } from "../trace/state.ts";
import { copiesOf, isCopies, type CopyColumn } from "./layout/copies.ts";
import { nodeName } from "./parts.ts";
import { follow } from "./part/follow.ts";
import { boxStyles } from "./part/styles.ts";
import { STATUS } from "./text.ts";
import type { Scene, View } from "./view.ts";
import { inline } from "./part/inline.ts";

const tableOf = (state: State): TableState | undefined => [...state.tables.values()].find(isCopies);

function token(scene: Scene, node: NodeState | null, part: string): TemplateResult {
  if (!node) return html`<td class=${part}></td>`;
  const { name, sign } = STATUS[node.status];
  const guess = part === "guess" || part === "instead";
  return html`<td class="${part} ${guess ? node.status : ""}" data-node=${node.id}>
    <span class="code" aria-label=${guess ? `${nodeName(scene, node)}: ${name}` : nothing}
      >${nodeName(scene, node)}${guess && sign ? html`<sup aria-hidden="true">${sign}</sup>` : nothing}</span
    >
  </td>`;
}

/** Between the two places: equal tokens, and tokens that are carried down. */
const LINK: Readonly<Record<CopyColumn["part"], string>> = {
  before: "",
  match: "=",
  copy: "↓",
  after: "",
};

function render(scene: Scene): TemplateResult {
  const table = tableOf(scene.state);
  const narrow = scene.width < 520;
  // Until the running round has looked, what the one before found stays in sight.
  const past = table !== undefined && table.round < scene.state.rounds.length - 1;
  const copies = table ? copiesOf(table, scene.state, narrow ? 1 : 3) : null;
  // The rows stay where they are while nothing matches.
  if (!copies)
    return html`<div class="box copies" style=${inline(`height: ${HEIGHT}px`)}>
      <p class="copies-said">
        ${
          table
            ? `${past ? "In the round before: the" : "The"} last tokens had never stood together, so nothing was copied.`
            : "No place has been looked up yet."
        }
      </p>
    </div>`;
  const { columns, back } = copies;
  const count = (part: CopyColumn["part"]) => columns.filter((it) => it.part === part).length;
  const [matches, copied] = [count("match"), count("copy")];
  const kept = columns.filter((it) => it.part === "copy" && it.node?.status === "accepted").length;
  const judged = columns.some((it) => it.part === "copy" && it.node?.judges.length);
  return html`<div
    class="box copies"
    style=${inline(`height: ${HEIGHT}px`)}
    ${follow({ left: 0, right: 0 }, scene.motion)}
  >
    <p class="copies-said">
      ${past ? "In the round before: the" : "The"} last ${matches} tokens stood together before,
      ${back} tokens
      back${
        copied > 0
          ? html`; ${copied === 1 ? "the token" : `the ${copied} tokens`} after them
            ${copied === 1 ? "is" : "are"} copied${judged ? html`, ${kept} kept` : nothing}`
          : nothing
      }.
    </p>
    <table>
      <tbody>
        <tr>
          <th scope="row">${narrow ? "before" : "stood before"}</th>
          ${columns.map((it) => token(scene, it.source, `source ${it.part}`))}
        </tr>
        <tr class="links" aria-hidden="true">
          <td></td>
          ${columns.map((it) => html`<td class=${it.part}>${LINK[it.part]}</td>`)}
        </tr>
        <tr>
          <th scope="row">${narrow ? "now" : "end of the text"}</th>
          ${columns.map((it) => token(scene, it.node, it.part === "copy" ? "guess" : it.part))}
        </tr>
        <tr>
          <th scope="row">${narrow ? "target" : "the target instead"}</th>
          ${columns.map((it) => token(scene, it.instead, "instead"))}
        </tr>
      </tbody>
    </table>
  </div>`;
}

const HEIGHT = 186;

export const copies: View = {
  id: "copies",
  title: "Copies",
  applies: (end) => tableOf(end) !== undefined,
  rank: () => 11,
  height: () => HEIGHT,
  render,
  styles: [
    boxStyles,
    css`
      .copies {
        padding-inline: var(--space-4);
      }
      .copies-said {
        margin: 0 0 var(--space-3);
        min-height: 1.5em;
        color: var(--ink-2);
        font: var(--size-2) / 1.5 var(--font-label);
        position: sticky;
        inset-inline-start: 0;
        max-inline-size: 60ch;
      }
      .copies table {
        border-collapse: separate;
        border-spacing: 2px 0;
        font: var(--size-2) / 1.5 var(--font-label);
      }
      .copies th {
        font-weight: 400;
        color: var(--ink-2);
        text-align: end;
        padding-inline-end: 10px;
        white-space: nowrap;
        position: sticky;
        inset-inline-start: 0;
        background: var(--paper);
      }
      .copies td {
        padding: 2px 6px;
        text-align: center;
        border: 1.5px solid transparent;
        border-radius: var(--radius);
        white-space: nowrap;
      }
      .copies .before,
      .copies .after {
        color: var(--ink-3);
      }
      .copies .match:not(.links .match) {
        border-color: var(--state-pool-ink);
        background: color-mix(in srgb, var(--state-pool) 16%, transparent);
        font-weight: 700;
      }
      .copies .source.copy {
        border-color: var(--rule-strong);
        background: var(--paper-3);
      }
      .copies .links td {
        padding-block: 0;
        color: var(--ink-2);
        font-weight: 700;
        line-height: 1.3;
      }
      .copies .guess {
        border-color: var(--state-draft-ink);
        border-style: dashed;
      }
      .copies .guess.accepted {
        border: 1.5px solid var(--state-accepted-ink);
        background: color-mix(in srgb, var(--state-accepted) 16%, transparent);
      }
      .copies .guess.rejected {
        border: 1.5px solid var(--state-rejected-ink);
        color: var(--state-rejected-ink);
        text-decoration: line-through;
        background: repeating-linear-gradient(
          -45deg,
          color-mix(in srgb, var(--state-rejected) 26%, transparent) 0 1.5px,
          transparent 1.5px 5px
        );
      }
      .copies .guess.pruned {
        border: 1.5px dotted var(--state-pruned);
        color: var(--ink-3);
      }
      .copies .instead.recovered,
      .copies .instead.bonus {
        border-block-end: 3px double var(--state-recovered-ink);
        border-radius: 0;
      }
      .copies .instead.bonus {
        border-block-end: 2px dotted var(--state-bonus-ink);
      }
      .copies td[marked] {
        background: var(--mark);
        outline: 1.5px solid var(--ink);
      }
      .copies sup {
        font: 700 0.8em/0 var(--font-label);
        margin-inline-start: 2px;
      }
    `,
  ],
};
