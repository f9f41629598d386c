// How a figure is laid out: text, then stage with the explanation beside it, then the scrubber.
// Below 600 px the explanation becomes a sheet at the foot.

import { css } from "lit";

export const figureStyles = css`
  :host {
    display: block;
    container: figure / inline-size;
    color: var(--ink);
    font: var(--size-3) / 1.5 var(--font-label);
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]) {
    display: none;
  }
  .figure {
    background: var(--paper);
    border: 1px solid var(--rule);
    border-radius: 6px;
  }
  /* For a lecture room: sentences in letters of a 36th of the screen's height. */
  :host([large]) .figure {
    zoom: 1.4;
    @media (min-width: 1600px) {
      zoom: 1.75;
    }
    @media (min-width: 1900px) {
      zoom: 2;
    }
  }
  :host([boxed]) .figure {
    box-sizing: border-box;
    height: 100%;
    display: flex;
    flex-direction: column;
    overflow: hidden;
  }
  :host([boxed]) .figure > .text {
    flex: none;
    max-height: 28%;
  }
  :host([boxed]) .middle {
    flex: 1;
    min-height: 0;
  }
  :host([boxed]) .stage {
    overflow-y: auto;
  }
  :host([boxed]) .stage-body {
    flex: none;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: pre;
  }
  .figure > .text {
    box-sizing: content-box;
    position: relative;
    padding: var(--space-3) var(--space-4);
    overflow-y: auto;
    border-bottom: 1px solid var(--rule);
    font-size: var(--size-4);
  }
  .middle {
    display: grid;
    grid-template-columns: minmax(0, 1fr) clamp(14rem, 30%, 20rem);
    min-height: 32rem;
  }
  .middle.alone {
    grid-template-columns: minmax(0, 1fr);
  }
  .stage {
    min-width: 0;
    display: flex;
    flex-direction: column;
  }
  .stage-body {
    position: relative;
    flex: 1;
    overflow-x: auto;
    overflow-y: hidden;
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-4);
    padding: var(--space-1) var(--space-4) 0;
    margin-bottom: var(--space-2);
  }
  .tabs button {
    padding: var(--space-2) 0 0.4rem;
    border: 0;
    border-bottom: 2px solid transparent;
    background: none;
    color: var(--ink-2);
    font: var(--size-2) / 1.4 var(--font-label);
    cursor: pointer;
  }
  .tabs button:hover {
    color: var(--ink);
  }
  .tabs button[aria-selected="true"] {
    color: var(--ink);
    border-bottom-color: var(--accent);
  }
  .side {
    position: relative;
    border-left: 1px solid var(--rule);
    min-width: 0;
  }
  .side-body {
    /* The stage sets the height; a long explanation scrolls instead of moving the scrubber. */
    position: absolute;
    inset: 0;
    overflow-y: auto;
    padding: var(--space-3) var(--space-4);
    display: grid;
    gap: var(--space-4);
    align-content: start;
  }
  .sheet-handle {
    display: none;
  }
  h3 {
    margin: 0 0 var(--space-1);
    font: italic var(--size-3) / 1.4 var(--font-text);
    color: var(--ink-2);
  }
  .pseudo {
    padding: var(--space-2) var(--space-4) var(--space-3);
    border-top: 1px solid var(--rule);
  }
  .pseudo ol {
    margin: 0;
    padding: 0;
    list-style: none;
    counter-reset: line;
    font: var(--size-1) / 1.55 var(--font-code);
  }
  .pseudo li {
    counter-increment: line;
    display: grid;
    grid-template-columns: 2em 1fr;
    padding: 0.1em 0.3em 0.1em 0;
    border-left: 3px solid transparent;
    color: var(--ink-2);
  }
  .pseudo li::before {
    content: counter(line);
    color: var(--ink-3);
    text-align: right;
    padding-right: 0.6em;
  }
  .pseudo code {
    font: inherit;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    text-indent: -1em;
    padding-left: 1em;
  }
  .pseudo i {
    /* A remark that has no room beside its line goes below it as a whole. */
    display: inline-block;
    text-indent: 0;
    color: var(--ink-3);
    font-style: normal;
  }
  .pseudo li.now {
    background: var(--paper-3);
    border-left-color: var(--accent);
    color: var(--ink);
  }
  .scrubber {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto auto auto;
    align-items: center;
    gap: var(--space-3);
    padding: var(--space-2) var(--space-4);
    border-top: 1px solid var(--rule);
    background: var(--paper-2);
    border-radius: 0 0 6px 6px;
  }
  .buttons {
    display: flex;
  }
  .buttons button {
    display: grid;
    place-items: center;
    width: 30px;
    min-width: 24px;
    height: 32px;
    padding: 0;
    border: 0;
    border-radius: var(--radius);
    background: none;
    color: var(--ink-2);
    cursor: pointer;
  }
  .buttons button:hover {
    color: var(--ink);
    background: var(--paper-3);
  }
  .buttons button:nth-child(4) {
    color: var(--on-accent);
    background: var(--accent);
    border-radius: 50%;
    flex: none;
    width: 32px;
    margin-inline: var(--space-1);
  }
  .line {
    position: relative;
    height: 40px;
  }
  .line .track {
    /* The thumb's middle travels half its width short of both ends. */
    width: calc(100% - 16px);
    margin-inline: 8px;
  }
  .line input {
    position: absolute;
    /* Taller than it looks: a finger needs 24 pixels. */
    inset: auto 0 -4px;
    width: 100%;
    height: 24px;
    margin: 0;
    accent-color: var(--accent);
  }
  .mark {
    position: absolute;
    inset: 0 auto 16px calc(8px + (100% - 16px) * var(--at) - 12px);
    width: 24px;
    padding: 0;
    border: 0;
    background: none;
    cursor: pointer;
  }
  .mark::after {
    content: "";
    position: absolute;
    inset: -3px auto auto 7px;
    width: 10px;
    height: 10px;
    box-sizing: border-box;
    border: 1.5px solid var(--ink);
    border-radius: 50%;
    background: var(--mark);
  }
  .round-now {
    font-size: var(--size-2);
    min-width: 4.5em;
    text-align: right;
  }
  .round-now .of {
    color: var(--ink-3);
  }
  .speed select,
  .live {
    font: var(--size-2) var(--font-label);
    color: var(--ink);
    background: var(--paper);
    border: 1px solid var(--rule-strong);
    border-radius: var(--radius);
    height: 28px;
  }
  .live {
    font-weight: 600;
    letter-spacing: 0.06em;
    cursor: pointer;
  }
  .live.on {
    color: var(--on-accent);
    background: var(--accent);
    border-color: var(--accent);
  }
  button:focus-visible,
  select:focus-visible,
  input:focus-visible,
  .stage-body:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .stage-body:focus-visible {
    outline-offset: -2px;
  }

  @container figure (max-width: 600px) {
    .figure {
      display: flex;
      flex-direction: column;
    }
    .middle {
      display: contents;
    }
    :host([boxed]) .figure {
      overflow-y: auto;
    }
    :host([boxed]) .stage {
      flex: none;
    }
    :host([boxed]) .scrubber {
      position: sticky;
      bottom: 0;
      /* Above the columns that stand still while a picture scrolls. */
      z-index: 3;
    }
    .scrubber {
      grid-template-columns: minmax(0, 1fr) auto auto auto;
      gap: var(--space-2);
      border-radius: 0;
    }
    .buttons {
      grid-row: 2;
      justify-content: space-between;
    }
    .line {
      grid-column: 1 / -1;
    }
    .side {
      order: 1;
      border-left: 0;
      border-top: 1px solid var(--rule);
    }
    .side-body {
      position: static;
      max-height: 9rem;
      overflow: hidden;
      mask-image: linear-gradient(#000 80%, transparent);
    }
    .side.open .side-body {
      max-height: none;
      mask-image: none;
    }
    .sheet-handle {
      display: flex;
      justify-content: space-between;
      width: 100%;
      min-height: 40px;
      padding: var(--space-2) var(--space-4);
      border: 0;
      background: none;
      color: var(--ink-2);
      font: var(--size-2) var(--font-label);
      text-align: left;
    }
    .sheet-handle::after {
      content: attr(data-more) " ▾";
    }
    .open .sheet-handle::after {
      content: attr(data-more) " ▴";
    }
  }

  @media (forced-colors: active) {
    .tabs button[aria-selected="false"] {
      border-bottom-color: Canvas;
    }
    .pseudo li:not(.now) {
      border-left-color: Canvas;
    }
    .token.prompt,
    .token.chosen {
      border-bottom-color: Canvas;
    }
    .legend i,
    .key i,
    .clock-bar i {
      forced-color-adjust: none;
    }
  }

  @media print {
    .side-body {
      position: static;
    }
    .scrubber,
    .tabs,
    .sheet-handle {
      display: none;
    }
  }
`;
