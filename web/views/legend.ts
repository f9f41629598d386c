// What the looks of the states mean, in one line under a picture.

import { css, html, nothing, type TemplateResult } from "lit";
import type { Status } from "../trace/state.ts";
import { t } from "../language/t.ts";

const LINE = 20;
/** About what an entry takes, and what the legend's sides take. */
const ENTRY = 96;
const SIDES = 32;

/** Room for so many entries below a picture of this width, in pixels. */
export const legendHeight = (width: number, entries: number): number =>
  10 + LINE * Math.ceil(entries / Math.max(1, Math.floor((width - SIDES) / ENTRY)));

const WORDS: Readonly<Record<Status, string>> = {
  prompt: "prompt",
  chosen: "chosen by the target",
  draft: "guess",
  accepted: "kept",
  rejected: "rejected",
  recovered: "put in its place",
  bonus: "bonus",
  pruned: "never tested",
};

/** The two bars of a node: only where the picture has them. */
const BARS = [
  ["of-draft", "q of the draft"],
  ["of-target", "p of the target"],
] as const;

export const renderLegend = (statuses: readonly Status[], bars = false): TemplateResult =>
  html`<p class="legend">
    ${statuses.map((it) => html`<span><i class=${it}></i>${t(WORDS[it])}</span>`)}
    ${bars ? BARS.map(([name, words]) => html`<span><i class="bar-key ${name}"></i>${t(words)}</span>`) : nothing}
  </p>`;

export const legendStyles = css`
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-4);
    margin: 0;
    padding: 2px var(--space-4) 8px;
    align-items: center;
    line-height: ${LINE}px;
    font-size: var(--size-1);
    color: var(--ink-2);
  }
  .legend span {
    display: inline-flex;
    align-items: center;
    gap: 5px;
  }
  .legend i {
    box-sizing: border-box;
    width: 15px;
    height: 11px;
    border: 1.5px solid var(--rule-strong);
    border-radius: 2px;
  }
  .legend .bar-key {
    height: 4px;
    border: 0;
  }
  .legend .of-draft {
    background: var(--of-draft);
  }
  .legend .of-target {
    background: var(--of-target);
  }
  .legend .draft {
    border: 1.5px dashed var(--state-draft-ink);
  }
  .legend .accepted {
    background: var(--state-accepted);
    border-color: var(--state-accepted-ink);
  }
  .legend .rejected {
    border-color: var(--state-rejected-ink);
    background: repeating-linear-gradient(
      -45deg,
      var(--state-rejected) 0 1.5px,
      transparent 1.5px 4px
    );
  }
  .legend .recovered {
    background: color-mix(in srgb, var(--state-recovered) 55%, var(--paper));
    border-color: var(--ink);
    clip-path: polygon(0 0, 70% 0, 100% 40%, 100% 100%, 0 100%);
  }
  .legend .bonus {
    background: color-mix(in srgb, var(--state-bonus) 50%, var(--paper));
    border-color: var(--state-bonus-ink);
    border-radius: 6px;
  }
  .legend .pruned {
    border-color: var(--state-pruned);
  }
  .legend .chosen {
    background: var(--ink-3);
  }
`;
