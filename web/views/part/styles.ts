/** What pictures of the second half share: their scrolling box, words for ears only, labels. */
import { css } from "lit";

export const boxStyles = css`
  .box {
    position: relative;
    max-width: 100%;
    max-height: 100%;
    overflow: auto;
    overscroll-behavior-inline: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--rule-strong) transparent;
    /* A shade at each side where there is more to scroll to; at the end, paper covers it. */
    background:
      linear-gradient(to right, var(--paper) 12px, transparent) left / 28px 100% no-repeat local,
      linear-gradient(to left, var(--paper) 12px, transparent) right / 28px 100% no-repeat local,
      linear-gradient(to right, var(--shade), transparent) left / 12px 100% no-repeat scroll,
      linear-gradient(to left, var(--shade), transparent) right / 12px 100% no-repeat scroll;
  }
  .box svg {
    display: block;
    font-family: var(--font-label);
    font-size: 12px;
    fill: var(--ink);
  }
  .box .code {
    font-family: var(--font-code);
    white-space: pre;
  }
  .box .small {
    /* A rim of paper keeps numbers legible where strands pass below them. */
    paint-order: stroke;
    stroke: var(--paper);
    stroke-width: 3px;
    stroke-linejoin: round;
  }
  .box [data-stop] {
    cursor: pointer;
    outline: none;
  }
  /* Chips. */
  .word .body {
    fill: var(--paper);
    stroke: var(--rule-strong);
    stroke-width: 1.5;
  }
  g.word[marked] .body {
    fill: var(--mark);
    stroke: var(--ink);
  }
  g.word:focus-visible .body {
    stroke: var(--accent);
    stroke-width: 3;
  }
  .ears-only {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .box .tick {
    stroke: var(--rule);
  }
  .says {
    margin: 0 var(--space-4) var(--space-2);
    font: var(--size-2) / 1.4 var(--font-label);
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2rem 1rem;
    margin: 0 var(--space-4) var(--space-2);
    padding: 0;
    list-style: none;
    font: var(--size-1) / 1.5 var(--font-label);
    color: var(--ink-2);
  }
  .keys svg {
    overflow: visible;
    vertical-align: -2px;
    margin-inline-end: 0.35em;
  }
  @media print {
    .box {
      overflow: visible;
      max-height: none;
    }
    .box svg {
      max-width: 100%;
      height: auto;
    }
  }
`;
