// How the parts of an embedded player stand: message, figure, text of the method, fallback.

import { css } from "lit";

export const playerStyles = css`
  .player {
    display: grid;
    gap: var(--space-2);
  }
  .notice {
    margin: 0;
    padding: var(--space-2) var(--space-3);
    border: 1px solid var(--rule);
    border-left: 4px solid var(--state-rejected);
    background: var(--paper);
    font: var(--size-2) / 1.5 var(--font-label);
    overflow-wrap: anywhere;
  }
  :is(.door, .live-bar) button {
    padding: 0.2em 0.9em;
    border: 1px solid var(--rule-strong);
    border-radius: 4px;
    background: var(--paper);
    color: var(--ink);
    font: inherit;
    cursor: pointer;
  }
  .door {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2) var(--space-3);
    margin: 0;
    padding: 3px;
    /* The host's page may be light around a dark figure. */
    border-radius: 6px;
    background: var(--paper);
    font: var(--size-2) / 1.5 var(--font-label);
    color: var(--ink-2);
  }
  /* No run of the model has been asked for yet. */
  .player > div:empty {
    display: none;
  }
  .waiting {
    display: grid;
    place-items: center;
    min-height: 420px;
    margin: 0;
    border: 1px solid var(--rule);
    border-radius: 6px;
    background: var(--paper);
    color: var(--ink-2);
    font: italic var(--size-3) / 1.5 var(--font-text);
  }
  .frame > [hidden] {
    display: none;
  }
  .about {
    padding: 0 var(--space-4);
    border: 1px solid var(--rule);
    border-radius: 6px;
    background: var(--paper);
    font: var(--size-3) / 1.6 var(--font-text);
  }
  .about summary {
    padding: var(--space-2) 0;
    font: var(--size-2) / 1.5 var(--font-label);
    color: var(--ink-2);
    cursor: pointer;
  }
  .about-text {
    max-width: 42rem;
    padding-bottom: var(--space-3);
    overflow-x: auto;
  }
  .about-text a {
    color: var(--accent);
  }
  .about-text h2,
  .about-text h3 {
    font: 600 var(--size-3) / 1.4 var(--font-label);
    color: var(--ink);
  }
  .about-text table {
    border-collapse: collapse;
  }
  .about-text :is(td, th) {
    padding: 0.2em 0.7em 0.2em 0;
    text-align: left;
    vertical-align: top;
  }
  .replaced {
    display: none;
  }
  @media print {
    .has-fallback > :not(slot) {
      display: none;
    }
    .replaced {
      display: contents;
    }
  }
`;
