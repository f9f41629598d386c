// Small drawings that several views share: the look of a token's state, numbers, hatching.

import { css, svg, type SVGTemplateResult } from "lit";
import type { TopRow } from "../generated/TopRow.ts";
import type { NodeState, State } from "../trace/state.ts";
import { fixed } from "./part/number.ts";
import { tokenName } from "../trace/words.ts";
import type { Scene } from "./view.ts";
import { digits, t } from "../language/t.ts";

/** Hatches for rejected guesses; each drawing brings its own, for `url(#…)` stays in one tree. */
export const hatch = (id: string): SVGTemplateResult =>
  svg`<pattern id=${id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <line class="hatch-line" x1="0" y1="0" x2="0" y2="5"></line>
  </pattern>`;

/** A probability as people read it: two significant digits, never a rounded 0 or 1. */
export function probability(p: number): string {
  if (p >= 0.9995 && p < 1) return `> ${digits("0.999")}`;
  if (p > 0 && p < 0.0005) return `< ${digits("0.001")}`;
  return fixed(p, p >= 0.0995 || p === 0 ? 2 : 3);
}

/** "q = 0.62", or "q > 0.999" where the digits end. */
export function equals(name: string, p: number): string {
  const said = probability(p);
  return /^[<>]/.test(said) ? `${name} ${said}` : `${name} = ${said}`;
}

export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return digits("< 0.1 %");
  if (value > 99.9 && value < 100) return digits("> 99.9 %");
  return `${fixed(value, value < 9.95 && value > 0 ? 1 : 0)} %`;
}

export const number = (value: number): string =>
  digits(Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1));

/** A name of a table or column, in words. */
export const spaced = (name: string): string => name.replaceAll("_", " ");

export function milliseconds(ms: number): string {
  if (ms >= 10_000) return `${fixed(ms / 1000, 1)} s`;
  return `${fixed(ms, ms < 10 ? 1 : 0)} ms`;
}

/** What became text without a proof, by who proposed it, and how that is said. */
export const UNPROVED: Readonly<Record<string, string>> = {
  approximate: "a guess, taken as it stood: nothing proved it",
  given: "written by the method, not chosen by the model",
};

/** What a node reads, in words. */
export function nodeName(scene: Pick<Scene, "vocabulary">, node: NodeState): string {
  if (node.token !== null) return tokenName(scene.vocabulary, node.token);
  if ("blend" in node.input)
    return node.input.blend.map(([token]) => tokenName(scene.vocabulary, token)).join("+");
  return "vector" in node.input ? t`⟨vector ${node.input.vector}⟩` : "";
}

/** Probability of a token in a row; `null` when the row does not list it. */
export function probIn(row: TopRow | null | undefined, token: number | null): number | null {
  const found = row?.top.find(([id]) => id === token);
  return found ? Math.exp(found[1]) : null;
}

/** The target's last word on what follows `node`. */
export function targetRow(state: State, node: number | null): TopRow | null {
  const scored = node === null ? undefined : state.nodes[node]?.scored;
  return scored?.findLast((it) => it.role === "target" && it.variant === null)?.row ?? null;
}

/** Probability the proposer gave a guess; the target's own tokens had no proposer. */
export function proposed(node: NodeState): number | null {
  if (["target", "recovered", "bonus"].includes(node.by)) return null;
  const judged = node.judges.at(-1)?.event.q ?? null;
  return judged ?? (node.logProb === null ? null : Math.exp(node.logProb));
}

/** Probability the target gives a node, after filters where a test has said so. */
export function targeted(state: State, node: NodeState): number | null {
  return node.judges.at(-1)?.event.p ?? probIn(targetRow(state, node.parent), node.token);
}

/** Fewest bits a row's entropy can have: the tokens it does not list count as one. */
export function entropyAtLeast(row: TopRow): number {
  const parts = [...row.top.map(([, logProb]) => Math.exp(logProb)), row.rest];
  return parts.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
}

export const partStyles = css`
  svg text {
    font-family: var(--font-label);
    fill: var(--ink);
  }
  /* Where a pointer finds a mark, and what is lit up then. */
  .reach {
    fill: transparent;
  }
  [marked] .reach {
    fill: var(--mark) !important;
  }
  .hatch-line {
    stroke: var(--state-rejected);
    stroke-width: 2.4;
  }
  .view {
    padding: var(--space-3) var(--space-4);
  }
  .empty {
    padding: var(--space-4);
    color: var(--ink-2);
    font-style: italic;
    font-family: var(--font-text);
  }
  .caption {
    font-size: 12px;
    fill: var(--ink-2);
  }
  .fine,
  .small {
    font-size: 11px;
    fill: var(--ink-2);
  }
  svg[role] {
    display: block;
  }
  /* Parts of bars: what there is room for, and whose probability. */
  .ground {
    fill: var(--paper-3);
  }
  rect.of-draft {
    fill: var(--of-draft);
  }
  rect.of-target {
    fill: var(--of-target);
  }
  /* The end of a text. */
  .cap {
    fill: var(--ink);
  }
  .switch {
    font: var(--size-1) / 1.4 var(--font-label);
    color: var(--ink);
    background: none;
    border: 1px solid var(--rule-strong);
    border-radius: 99px;
    padding: 0.15rem 0.7rem;
    cursor: pointer;
  }
  /* A picture with a switch in its upper right corner. */
  .switched {
    position: relative;
  }
  .switched .switch {
    position: absolute;
    top: var(--space-1);
    right: var(--space-4);
  }
  .switch[aria-pressed="true"] {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
`;
