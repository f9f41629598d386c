/** The best draft length for every α and c, with the reader's own point. By the formula alone. */
import { svg, type TemplateResult } from "lit";
import { plotFrame } from "./axes.ts";
import { round } from "../../views/layout/curve.ts";
import { bestGamma } from "../acceptance.ts";
import { inline } from "../../views/part/inline.ts";

const HEIGHT = 250;
const ALPHAS = [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];
const COSTS = [1, 0.7, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.05, 0.02];

const CELLS = COSTS.map((c) => ALPHAS.map((alpha) => bestGamma(alpha, c)));
const LONGEST = Math.max(...CELLS.flat().map((it) => it.gamma));

/** Where a value lies among rising or falling steps, between two of them by its share. */
export function place(steps: readonly number[], value: number): number {
  const rising = steps[1]! > steps[0]!;
  const list = rising ? steps : [...steps].reverse();
  const above = list.findIndex((it) => it >= value);
  const at =
    above === 0
      ? 0
      : above < 0
        ? list.length - 1
        : above - 1 + (value - list[above - 1]!) / (list[above]! - list[above - 1]!);
  return rising ? at : steps.length - 1 - at;
}

export function bestMap(alpha: number, c: number, width: number): TemplateResult {
  const area = { left: 40, right: width - 6, top: 18, bottom: HEIGHT - 34 };
  const wide = (area.right - area.left) / ALPHAS.length;
  const tall = (area.bottom - area.top) / COSTS.length;
  const x = area.left + (place(ALPHAS, alpha) + 0.5) * wide;
  const y = area.top + (place(COSTS, c) + 0.5) * tall;
  const best = bestGamma(alpha, c);
  const label = `Best draft length by acceptance rate and draft cost; at your point ${best.gamma}.`;
  return plotFrame(
    { width, height: HEIGHT, label, look: "plot map" },
    svg`
    <text class="axis" x="2" y="10">draft cost c</text>
    ${CELLS.map((cells, row) =>
      cells.map(({ gamma }, column) => {
        // Lengths grow by powers: a step of the shade is a factor.
        const share = gamma === 0 ? 0 : 0.12 + 0.88 * (Math.log(gamma) / Math.log(LONGEST));
        const [left, top] = [area.left + column * wide, area.top + row * tall];
        return svg`<rect class="cell" style=${inline(`--share: ${Math.round(100 * share)}%`)} x=${round(left)} y=${round(top)} width=${round(wide)} height=${round(tall)} />
          <text class="cell-text ${share > 0.8 ? "light" : ""} ${gamma === 0 ? "none" : ""}" x=${round(left + wide / 2)} y=${round(top + tall / 2 + 4)} text-anchor="middle">${gamma}</text>`;
      }),
    )}
    ${COSTS.map(
      (it, row) =>
        svg`<text class="small" x=${area.left - 6} y=${round(area.top + (row + 0.5) * tall + 4)} text-anchor="end">${it}</text>`,
    )}
    ${ALPHAS.map((it, column) =>
      column % 2 === 0
        ? svg`<text class="small" x=${round(area.left + (column + 0.5) * wide)} y=${area.bottom + 15} text-anchor="middle">${it}</text>`
        : "",
    )}
    <text class="axis" x=${area.right} y=${HEIGHT - 3} text-anchor="end">acceptance rate α</text>
    <g class="here">
      <circle class="rim" cx=${round(x)} cy=${round(y)} r="8" />
      <circle cx=${round(x)} cy=${round(y)} r="8" />
    </g>
  `,
  );
}
