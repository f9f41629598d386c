// The signs on the buttons, drawn on a 16 × 16 grid in the colour of the text.

import { svg, html, type TemplateResult } from "lit";

const PATHS: Readonly<Record<string, string>> = {
  first: "M3 3h1.6v10H3zM13 3v10L5.5 8z",
  last: "M11.4 3H13v10h-1.6zM3 3l7.5 5L3 13z",
  "round-back": "M8 3v10L1.5 8zM14.5 3v10L8 8z",
  "round-forward": "M8 3l6.5 5L8 13zM1.5 3L8 8l-6.5 5z",
  "event-back": "M10.5 3v10L4 8zM11.5 3h1v10h-1z",
  "event-forward": "M5.5 3L12 8l-6.5 5zM3.5 3h1v10h-1z",
  play: "M4 2l10 6-10 6z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
};

export const icon = (name: string): TemplateResult =>
  html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    ${svg`<path d=${PATHS[name] ?? ""} fill="currentColor"></path>`}
  </svg>`;
