// What the passes cost: modelled on a machine that the reader chooses, beside what was measured.
// Shows `score`. The panel is loaded when it is first opened; this file only makes room for it.

import { css, html, nothing, type TemplateResult } from "lit";
import type { Scene, View } from "./view.ts";

let asked = false;

function render(scene: Scene): TemplateResult {
  // The element draws itself as soon as its script is there.
  if (!asked) void import("../cost/panel/panel.ts");
  asked = true;
  return html`<decodescope-cost .scene=${scene}>${nothing}</decodescope-cost>`;
}

export const cost: View = {
  id: "cost",
  title: "Cost",
  applies: (end) => end.passes.length > 0,
  rank: () => 0,
  height: ({ width }) => (width < 512 ? 1240 : 860),
  render,
  styles: css`
    decodescope-cost {
      display: block;
    }
  `,
};
