/** How far drafts were kept: bars as counted in this run, the line of the formula, α to the i. */
import { svg, type TemplateResult } from "lit";
import { round } from "../../views/layout/curve.ts";
import { reaches } from "../acceptance.ts";
import type { Reach } from "../measured.ts";
import { type Area, line, plain, plotFrame, rows } from "./axes.ts";

const HEIGHT = 210;
/** Positions beyond these are few and far between. */
const MOST = 12;

/** `room`: positions of the whole run, so that bars never move. */
export function positionPlot(
  reach: readonly Reach[],
  room: number,
  alpha: number,
  width: number,
): TemplateResult {
  const area: Area = { left: 42, right: width - 10, top: 18, bottom: HEIGHT - 46 };
  const count = Math.max(1, Math.min(MOST, room));
  const y = plain(0, 1, [area.bottom, area.top], 4);
  const step = (area.right - area.left) / count;
  const middle = (position: number) => area.left + (position - 0.5) * step;
  const shown = reach.slice(0, count);
  const theory = Array.from({ length: count }, (_, i) => [i + 1, reaches(alpha, i + 1)] as const);
  const said = shown.map((it) => `position ${it.position}: ${it.kept} of ${it.drafts}`).join(", ");
  const label = `Drafts kept up to each position, counted: ${said === "" ? "none yet" : said}.`;
  return plotFrame(
    { width, height: HEIGHT, label },
    svg`
    ${rows({ ...y, label: (it) => `${Math.round(it * 100)} %` }, area)}
    <text class="axis" x="2" y="10">drafts kept up to here</text>
    ${shown.map((it) => {
      const top = y.scale(it.drafts === 0 ? 0 : it.kept / it.drafts);
      const wide = Math.min(34, step * 0.6);
      return svg`<rect class="counted" x=${round(middle(it.position) - wide / 2)} y=${round(top)} width=${round(wide)} height=${round(area.bottom - top)} />
        <text class="small" x=${round(middle(it.position))} y=${area.bottom + 29} text-anchor="middle">${it.kept}/${it.drafts}</text>`;
    })}
    ${theory.map(
      ([it]) =>
        svg`<text class="small" x=${round(middle(it))} y=${area.bottom + 15} text-anchor="middle">${it}</text>`,
    )}
    <path class="curve wide" d=${line(theory, middle, y.scale)} />
    ${theory.map(
      ([it, share]) =>
        svg`<circle class="theory" cx=${round(middle(it))} cy=${round(y.scale(share))} r="3.5" />`,
    )}
    <text class="axis" x=${area.right} y=${HEIGHT - 3} text-anchor="end">
      position in the draft, i
    </text>
  `,
  );
}
