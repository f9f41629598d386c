// What the looks of the states mean, in one line under a picture.

import { css, html, type TemplateResult } from "lit";
import type { Status } from "../trace/state.ts";

export const LEGEND_HEIGHT = 30;

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

export const renderLegend = (statuses: readonly Status[]): TemplateResult =>
  html`<p class="legend">
    ${statuses.map((it) => html`<span><i class=${it}></i>${WORDS[it]}</span>`)}
  </p>`;

export const legendStyles = css`
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-4);
    margin: 0;
    padding: 2px var(--space-4) 6px;
    min-height: 24px;
    align-items: center;
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
