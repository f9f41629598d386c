/** The look of the cost panel. A dashed edge means modelled, a solid one measured or counted. */
import { css } from "lit";

export const costStyles = css`
  :host {
    display: block;
    padding: 0 var(--space-4) var(--space-4);
    font: var(--size-2) / 1.5 var(--font-label);
    font-variant-numeric: tabular-nums;
    color: var(--ink);
  }
  h3 {
    margin: 0 0 var(--space-1);
    font: var(--size-2) / 1.5 var(--font-label);
    color: var(--ink-2);
  }
  p {
    margin: 0;
  }
  a,
  .link {
    color: var(--accent);
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    font: inherit;
    text-align: left;
    text-decoration: underline;
    text-underline-offset: 2px;
    cursor: pointer;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .parts {
    display: flex;
    margin: var(--space-1) 0 var(--space-3);
  }
  .parts button {
    padding: 0.25rem 0.8rem;
    border: 1px solid var(--rule-strong);
    background: none;
    color: var(--ink);
    font: inherit;
    cursor: pointer;
  }
  .parts button:first-child {
    border-radius: 99px 0 0 99px;
  }
  .parts button:last-child {
    border-radius: 0 99px 99px 0;
  }
  .parts button + button {
    border-left: 0;
  }
  .parts button[aria-pressed="true"] {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .lead {
    max-width: 68ch;
    margin-bottom: var(--space-3);
    font: var(--size-3) / 1.5 var(--font-text);
  }
  .said {
    max-width: 72ch;
    margin-top: var(--space-2);
    font: var(--size-2) / 1.55 var(--font-text);
  }
  .help {
    max-width: 72ch;
    color: var(--ink-2);
    font-size: var(--size-1);
  }
  .tag {
    padding: 0 0.45em;
    border: 1px dashed var(--ink-2);
    border-radius: 99px;
    font-size: var(--size-1);
    color: var(--ink);
    white-space: nowrap;
  }
  .tag.solid {
    border-style: solid;
  }

  /* ── The machine ───────────────────────────────────────────────────────────────────────── */
  .choice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1) var(--space-4);
  }
  select {
    padding: 0.15rem 0.4rem;
    border: 1px solid var(--rule-strong);
    border-radius: var(--radius);
    background: var(--paper);
    color: var(--ink);
    font: inherit;
  }
  .brief {
    color: var(--ink-2);
  }
  .check input {
    accent-color: var(--accent);
    vertical-align: -2px;
  }
  .constants {
    margin: var(--space-1) 0 var(--space-3);
  }
  summary {
    width: fit-content;
    color: var(--accent);
    cursor: pointer;
  }
  .sliders {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr));
    gap: 0.15rem var(--space-5);
    padding: var(--space-2) 0;
  }
  .slider {
    display: grid;
    grid-template-columns: 8rem minmax(0, 1fr) 5.6rem;
    align-items: center;
    gap: var(--space-2);
    min-height: 1.75rem;
  }
  .slider input {
    width: 100%;
    min-width: 0;
    accent-color: var(--accent);
  }
  .slider output {
    white-space: nowrap;
  }
  .slider select {
    justify-self: start;
  }

  /* ── Clocks ────────────────────────────────────────────────────────────────────────────── */
  .pair {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-3) var(--space-4);
  }
  .clock {
    padding: var(--space-2) var(--space-3);
    border: 1px solid var(--rule-strong);
    border-radius: var(--radius);
  }
  .clock.modelled {
    border-style: dashed;
  }
  .bar-row {
    display: grid;
    grid-template-columns: 3.6rem minmax(0, 1fr) 4rem;
    align-items: center;
    gap: var(--space-2);
    line-height: 1.6;
  }
  .bar {
    display: flex;
    height: 12px;
    background: var(--paper-3);
  }
  .bar i {
    box-sizing: border-box;
    border-right: 1px solid var(--paper);
  }
  .bar .target,
  .key.target {
    background: var(--of-target);
  }
  .bar .draft,
  .key.draft {
    background: repeating-linear-gradient(
      45deg,
      var(--of-draft) 0 3px,
      color-mix(in srgb, var(--of-draft) 60%, var(--paper)) 3px 5px
    );
  }
  .bar .other,
  .key.other {
    background: var(--rule-strong);
  }
  .bar .plain {
    background: none;
    border: 1px solid var(--ink-2);
  }
  .bar-row .value {
    text-align: right;
    white-space: nowrap;
  }
  .verdict {
    margin-top: var(--space-1);
    min-height: 1.5em;
    font: var(--size-2) / 1.5 var(--font-text);
  }
  .keys {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-4);
    margin: var(--space-1) 0 0;
    padding: 0;
    list-style: none;
    color: var(--ink-2);
    font-size: var(--size-1);
  }
  .key {
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-right: 4px;
  }
  .keys svg {
    margin-right: 4px;
    vertical-align: -2px;
    overflow: visible;
  }

  /* ── Figures ───────────────────────────────────────────────────────────────────────────── */
  figure {
    margin: var(--space-4) 0 0;
    min-width: 0;
  }
  figcaption {
    margin-bottom: var(--space-1);
    font: italic var(--size-3) / 1.4 var(--font-text);
    color: var(--ink-2);
  }
  figcaption .tag {
    font-style: normal;
    font-family: var(--font-label);
  }
  .plots {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0 var(--space-5);
  }
  :host([narrow]) .parts button {
    flex: 1;
    padding-inline: 0.2rem;
  }
  :host([narrow]) .brief,
  :host([narrow]) .prices .plain {
    display: none;
  }
  :host([narrow]) .gain {
    min-width: 6.5rem;
  }
  :host([narrow]) th,
  :host([narrow]) td {
    padding-right: var(--space-2);
  }
  :host([narrow]) .plots,
  :host([narrow]) .pair {
    grid-template-columns: minmax(0, 1fr);
  }
  .plot {
    display: block;
    max-width: 100%;
    font-family: var(--font-label);
    fill: var(--ink);
  }
  .small,
  .axis,
  .roof-name {
    font-size: 11px;
    fill: var(--ink-2);
  }
  .small,
  .roof-name {
    paint-order: stroke;
    stroke: var(--paper);
    stroke-width: 3px;
    stroke-linejoin: round;
  }
  .grid {
    fill: none;
    stroke: var(--rule);
  }
  .one,
  .cursor,
  .ridge {
    fill: none;
    stroke: var(--ink-3);
    stroke-dasharray: 2 3;
  }
  .one {
    stroke-dasharray: none;
  }
  .curve {
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
    stroke-linejoin: round;
  }
  .curve.wide {
    stroke: var(--ink-2);
    stroke-width: 1.6;
    stroke-dasharray: 5 3;
  }
  .curve.faint {
    stroke: var(--ink-3);
    stroke-width: 1;
  }
  .best,
  .theory {
    fill: var(--paper);
    stroke: var(--accent);
    stroke-width: 2;
  }
  .theory {
    stroke: var(--ink-2);
    stroke-width: 1.6;
  }
  .run circle,
  .counted {
    fill: var(--state-accepted);
    stroke: var(--paper);
    stroke-width: 1.5;
  }
  .run-measured {
    fill: var(--state-rejected);
    stroke: var(--paper);
    stroke-width: 1.5;
  }
  .roof {
    fill: none;
    stroke: var(--ink);
    stroke-width: 2;
    stroke-linejoin: round;
  }
  .pass {
    fill: color-mix(in srgb, var(--of-target) 45%, var(--paper));
    stroke: var(--of-target);
  }
  .pass.draft {
    fill: color-mix(in srgb, var(--of-draft) 45%, var(--paper));
    stroke: var(--of-draft);
  }
  .pass.ahead {
    opacity: 0.25;
  }
  .pass.now {
    fill: var(--accent);
    stroke: var(--paper);
    stroke-width: 2;
  }
  .cell {
    fill: color-mix(in srgb, var(--state-accepted) var(--share), var(--paper-2));
    stroke: var(--paper);
  }
  .cell-text {
    font-size: 11px;
  }
  .cell-text.light {
    fill: var(--on-accent);
  }
  .cell-text.none {
    fill: var(--ink-3);
  }
  .here circle {
    fill: none;
    stroke: var(--ink);
    stroke-width: 2;
  }
  .here .rim {
    stroke: var(--paper);
    stroke-width: 5;
  }

  /* ── Tables ────────────────────────────────────────────────────────────────────────────── */
  .scroll {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  caption {
    padding-bottom: var(--space-1);
    text-align: left;
    font: italic var(--size-3) / 1.4 var(--font-text);
    color: var(--ink-2);
  }
  caption .tag {
    font-style: normal;
    font-family: var(--font-label);
  }
  th,
  td {
    padding: 0.2rem var(--space-3) 0.2rem 0;
    border-bottom: 1px solid var(--rule);
    text-align: left;
    font-weight: normal;
    white-space: nowrap;
  }
  thead th {
    color: var(--ink-2);
    font-size: var(--size-1);
    border-bottom-color: var(--rule-strong);
  }
  .number {
    text-align: right;
  }
  tr[aria-current] {
    background: var(--mark);
  }
  .gain {
    width: 40%;
    min-width: 9rem;
  }
  .gain-bar {
    position: relative;
    display: inline-block;
    width: calc(100% - 4.2rem);
    height: 10px;
    background: var(--paper-3);
    vertical-align: middle;
  }
  .gain-bar i {
    position: absolute;
    inset: 0 auto 0 0;
    background: var(--state-accepted);
  }
  .gain-bar i.slow {
    background: repeating-linear-gradient(
      45deg,
      var(--state-rejected) 0 3px,
      color-mix(in srgb, var(--state-rejected) 55%, var(--paper)) 3px 5px
    );
  }
  .gain-bar b {
    position: absolute;
    top: -3px;
    bottom: -3px;
    border-left: 1.5px solid var(--ink);
  }
  .gain-value {
    display: inline-block;
    width: 3.6rem;
    text-align: right;
  }
  .check-table {
    margin-top: var(--space-4);
  }
  .check-table th {
    white-space: normal;
  }
  .check-table + .help {
    margin-top: var(--space-2);
  }
  .knobs {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
    gap: 0 var(--space-5);
    margin-bottom: var(--space-2);
  }
  .knob .slider {
    grid-template-columns: 1.4rem minmax(0, 1fr) 3rem;
  }
  .knob em {
    font-family: var(--font-text);
  }
  .knob .from {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-3);
    min-height: 1.5em;
    color: var(--ink-2);
    font-size: var(--size-1);
  }
  @media print {
    .sliders {
      display: none;
    }
  }
`;
