// The text band. Shows `commit` (the text), and of the current round `grow`, `judge` and `sample`:
// the guesses as they hang below the text, and what became of them. States by underline, texture
// and sign; colour only repeats them.

import { css, html, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import {
  ancestors,
  mainPath,
  nodesOf,
  type NodeState,
  type State,
  type Status,
} from "../trace/state.ts";
import { pieces, visible, type Piece, type Vocabulary } from "../trace/words.ts";
import { UNPROVED } from "./parts.ts";
import { spokenNow, t } from "../language/t.ts";

/** What each state is called when read aloud, and the sign that goes with it. */
export const STATUS: Readonly<Record<Status, { name: string; sign: string }>> = {
  prompt: { name: "prompt", sign: "" },
  chosen: { name: "chosen by the target", sign: "" },
  draft: { name: "guess, not judged yet", sign: "" },
  accepted: { name: "guess, kept", sign: "✓" },
  rejected: { name: "guess, rejected", sign: "×" },
  recovered: { name: "takes the place of a rejected guess", sign: "↻" },
  bonus: { name: "bonus token of the same pass", sign: "+" },
  pruned: { name: "guess, dropped without a test", sign: "" },
};

/** Decided tokens first, then guesses that may stay, and those that are out last. */
const WORTH: Partial<Record<Status, number>> = { recovered: 3, bonus: 3, accepted: 2, rejected: 0 };
const worth = (node: NodeState): number => WORTH[node.status] ?? 1;

/** Nodes below the committed text that a reader would read on to: the best path as it stands. */
export function openPath(state: State): NodeState[] {
  const head = state.lanes[0]?.head;
  if (head === undefined) return [];
  let best: NodeState | undefined;
  const now = state.rounds.length - 1;
  /** Natural log of the probability of each open path; parents come before their children. */
  const sums: number[] = [];
  for (const node of state.nodes) {
    if (node.committed || node.lane !== 0) continue;
    const sum = (sums[node.parent ?? -1] ?? 0) + (node.logProb ?? 0);
    sums[node.id] = sum;
    // A blend or a learned vector has no text. What a search still follows may be of any round.
    if (node.token === null) continue;
    if (node.pruned !== null && (node.status !== "rejected" || node.round !== now)) continue;
    // Then long guesses, then likely ones.
    const by =
      best && (worth(node) - worth(best) || node.depth - best.depth || sum - sums[best.id]!);
    if (by === undefined || by > 0) best = node;
  }
  if (!best) return [];
  const path = ancestors(state, best.id)
    .filter((it) => !it.committed)
    .reverse();
  // A rejected guess stands struck out before the token that took its place.
  const taken = best.status === "recovered";
  const struck = nodesOf(
    state,
    state.nodes[(taken ? best.parent : best.id) ?? -1]?.children ?? [],
  ).find((it) => it.status === "rejected" && !it.committed && (taken || it.round === now));
  if (struck) path.splice(taken ? -1 : path.length, 0, struck);
  return path;
}

/** What a piece shows: a token that is nothing but white space shows it, others keep their blanks. */
function shown({ text }: Piece): string {
  const signs = visible(text).replaceAll("↵", "↵\n");
  return onlySpace(text) ? signs : signs.replaceAll("␣", " ");
}

/** A token that is nothing but white space shows it. */
const onlySpace = (text: string): boolean => /^[ \t\n\r]+$/.test(text);

/** Marks of the tokenizer, such as the one that begins a text, are not part of what is read. */
export const special = (text: string): string => (/^<[^<>]*>$/.test(text) ? "special" : "");

/** Text that the draft model wrote itself, without a test. */
export const isUntested = (node: NodeState): boolean =>
  node.status === "chosen" && node.by === "draft";

export const UNTESTED = "written by the draft model, never tested";

function token(node: NodeState, piece: Piece, first: boolean, recent: boolean): TemplateResult {
  const untested = isUntested(node);
  const unproved = UNPROVED[node.by];
  const { sign } = STATUS[node.status];
  const name = t(unproved ?? (untested ? UNTESTED : STATUS[node.status].name));
  const label = `${visible(piece.text) || t`continues the character before`}: ${name}`;
  const marks = `${untested ? "untested" : ""} ${unproved === undefined ? "" : "unproved"}`;
  return html`<span
    role="option"
    class="token ${node.status} ${marks} ${recent ? "recent" : "old"} ${special(piece.text)} ${node.committed ? "" : "open"}"
    data-node=${node.id}
    tabindex=${first ? 0 : -1}
    aria-selected="false"
    aria-label=${label}
    >${shown(piece)}${sign && recent ? html`<sup aria-hidden="true">${sign}</sup>` : ""}</span
  >`;
}

/** Pieces of committed texts, which are the same for every state between two commits. */
const committedPieces = new WeakMap<readonly number[], Piece[]>();

function piecesOfPath(state: State, vocabulary: Vocabulary): Piece[] {
  const path = mainPath(state);
  const known = committedPieces.get(path);
  if (known) return known;
  const made = pieces(
    vocabulary,
    path.map((id) => state.nodes[id]!.token),
  );
  committedPieces.set(path, made);
  return made;
}

/** Pieces of the text and the open path after it: a character may begin in one and end in the other. */
function piecesWith(state: State, open: readonly NodeState[], vocabulary: Vocabulary): Piece[] {
  const settled = piecesOfPath(state, vocabulary);
  if (open.length === 0) return settled;
  // From the last token that begins a character of its own.
  const from = Math.max(
    0,
    settled.findLastIndex((it) => !it.continues),
  );
  const tail = mainPath(state).slice(from);
  const tokens = [...tail.map((id) => state.nodes[id]!), ...open].map((it) => it.token);
  return [...settled.slice(0, from), ...pieces(vocabulary, tokens)];
}

/** The whole text so far, one element a token. `stop` is the token that Tab reaches. */
export function renderText(
  state: State,
  vocabulary: Vocabulary,
  stop: number | null,
): TemplateResult {
  const open = openPath(state);
  const nodes = [...mainPath(state).map((id) => state.nodes[id]!), ...open];
  const cut = piecesWith(state, open, vocabulary);
  const now = state.rounds.length - 1;
  const reachable = nodes.some((it) => it.id === stop) ? stop : nodes.at(-1)?.id;
  return html`<div
    class="tokens"
    role="listbox"
    aria-label=${t`Text, token by token`}
    aria-orientation="horizontal"
  >
    ${nodes.map((node, i) => {
      const [first, recent] = [node.id === reachable, node.round === now];
      return guard([node, cut[i], first, recent, spokenNow()], () =>
        token(node, cut[i]!, first, recent),
      );
    })}
  </div>`;
}

/** The committed text as one string, for reading aloud and copying. */
export const plainText = (state: State, vocabulary: Vocabulary): string =>
  piecesOfPath(state, vocabulary)
    .map((it) => it.text)
    .join("");

export const textStyles = css`
  .tokens {
    font: var(--size-4) / 1.75 var(--font-text);
    overflow-wrap: anywhere;
  }
  .token {
    /* On the tokens only: the template's own line breaks around them are not text. */
    white-space: pre-wrap;
    position: relative;
    padding: 0.1em 0 0.06em;
    border-bottom: 2px solid transparent;
    border-radius: 2px;
    cursor: pointer;
    -webkit-box-decoration-break: clone;
    box-decoration-break: clone;
  }
  .token + .token {
    box-shadow: -1px 0 0 -0.5px color-mix(in srgb, var(--rule) 60%, transparent);
  }
  .token sup {
    font: 600 0.6em/0 var(--font-label);
    vertical-align: 0.65em;
    margin-inline: 0.05em 0.1em;
  }
  .token.prompt {
    color: var(--ink-2);
  }
  .token.draft {
    border-bottom: 2px dashed var(--state-draft-ink);
    color: var(--ink-2);
  }
  .token.chosen.open {
    border-bottom: 2px dashed var(--rule-strong);
    color: var(--ink-2);
  }
  .token.untested {
    border-bottom: 2px dotted var(--state-draft-ink);
  }
  .token.accepted {
    border-bottom-color: var(--state-accepted);
    background: color-mix(in srgb, var(--state-accepted) 9%, transparent);
  }
  .token.accepted sup {
    color: var(--state-accepted-ink);
  }
  .token.rejected {
    color: var(--state-rejected-ink);
    text-decoration: line-through;
    text-decoration-thickness: 1.5px;
    background: repeating-linear-gradient(
      -45deg,
      color-mix(in srgb, var(--state-rejected) 26%, transparent) 0 1.5px,
      transparent 1.5px 5px
    );
  }
  .token.recovered {
    border-bottom: 3px double var(--state-recovered-ink);
    background: color-mix(in srgb, var(--state-recovered) 16%, transparent);
  }
  .token.recovered sup {
    color: var(--state-recovered-ink);
  }
  .token.bonus {
    border-bottom: 2px dotted var(--state-bonus-ink);
    background: color-mix(in srgb, var(--state-bonus) 14%, transparent);
  }
  .token.bonus sup {
    color: var(--state-bonus-ink);
  }
  .token.special {
    font: var(--size-1) var(--font-code);
    color: var(--ink-3);
    padding-right: 0.4em;
  }
  .token.unproved {
    border-bottom: 2px dotted var(--ink-2);
    color: var(--ink-3);
  }
  .token.old {
    background: none;
  }
  .token.pruned {
    color: var(--ink-3);
  }
  .token[marked] {
    background-color: var(--mark);
    outline: 1.5px solid var(--ink);
    outline-offset: 1px;
  }
  .token:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`;
