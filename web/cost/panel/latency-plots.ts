/** How long a pass takes by depth, as measured; and what a slower draft must bring, as modelled. */
import { nothing, svg, type TemplateResult } from "lit";
import { round } from "../../views/layout/curve.ts";
import { fitLine, throughput } from "../draft-latency.ts";
import type { TimedKind } from "../measured.ts";
import { type Area, columns, line, plain, plotFrame, rows } from "./axes.ts";
import { short } from "./units.ts";

const HEIGHT = 230;

/** A dot for each network that was timed on single tokens, and the line through them. */
export function depthPlot(kinds: readonly TimedKind[], width: number): TemplateResult {
  const area: Area = { left: 40, right: width - 14, top: 18, bottom: HEIGHT - 34 };
  const deepest = Math.max(...kinds.map((it) => it.layers));
  const slowest = Math.max(...kinds.map((it) => it.ms));
  const fit = fitLine(kinds);
  const x = plain(0, deepest + 0.5, [area.left, area.right], 5);
  const y = plain(0, slowest * 1.1, [area.bottom, area.top], 4);
  const at = (layers: number) => fit!.fixed + fit!.perLayer * layers;
  const from = fit === null ? 0 : Math.max(0, -fit.fixed / (fit.perLayer || 1));
  const end = x.marks.at(-1)!;
  const label = `Measured milliseconds of a pass over one token by layers: ${kinds
    .map((it) => `${it.role} with ${it.layers} layers ${short(it.ms)} ms`)
    .join(", ")}.`;
  return plotFrame(
    { width, height: HEIGHT, label },
    svg`
    ${rows(y, area)} ${columns(x, area)}
    <text class="axis" x="2" y="10">ms, one token</text>
    <text class="axis" x=${area.right} y=${HEIGHT - 3} text-anchor="end">layers that run</text>
    ${
      fit === null
        ? nothing
        : svg`<path class="curve wide" d=${line(
            [
              [from, at(from)],
              [end, Math.min(at(end), y.marks.at(-1)!)],
            ],
            x.scale,
            y.scale,
          )} />`
    }
    ${kinds.map((it) => {
      const [cx, cy] = [round(x.scale(it.layers)), round(y.scale(it.ms))];
      const late = cx > (area.left + area.right) / 2;
      return svg`<circle class="counted" cx=${cx} cy=${cy} r="5" />
        <text class="small" x=${cx + (late ? -9 : 9)} y=${cy + (it.whole ? -6 : 14)} text-anchor=${late ? "end" : "start"}>${nameOf(it)} ${short(it.ms)}</text>`;
    })}
  `,
  );
}

const nameOf = ({ role, whole, passes, layers }: TimedKind): string =>
  whole ? (passes === 0 ? `${role}, plain` : role) : `${role}, ${layers} layers`;

/** A draft on the plane of its time and of the tokens that a round with it gives. */
export interface DraftPoint {
  readonly ms: number;
  readonly tokens: number;
  /** Guesses a round. */
  readonly guesses: number;
  /** The target pass over all guesses, ms. */
  readonly target: number;
}

/** Lines along which drafts are equally good, through the draft at hand. */
export function exchangePlot(draft: DraftPoint, width: number): TemplateResult {
  const { ms, tokens, guesses, target } = draft;
  const area: Area = { left: 34, right: width - 52, top: 18, bottom: HEIGHT - 34 };
  const slowest = Math.max(ms * 4, target / 4);
  const own = throughput(tokens, guesses, ms, target);
  const x = plain(0, slowest, [area.left, area.right], 4);
  const high = Math.max(guesses + 1, tokens) * 1.05;
  const y = plain(0, high, [area.bottom, area.top], 4);
  const top = y.marks.at(-1)!;
  const end = x.marks.at(-1)!;
  const needed = (rate: number, at: number) => rate * (guesses * at + target);
  const rates = [1, 0.5, 2, 0.75, 1.5].map((it) => it * own);
  const labels: [number, number][] = [];
  const cx = round(x.scale(ms));
  const cy = round(y.scale(tokens));
  const label = `Tokens a round that a draft must give, by its time; on one line all drafts are equally fast.`;
  return plotFrame(
    { width, height: HEIGHT, label },
    svg`
    ${rows(y, area)} ${columns(x, area)}
    <text class="axis" x="2" y="10">tokens a round</text>
    <text class="axis" x=${area.right} y=${HEIGHT - 3} text-anchor="end">ms of a draft pass</text>
    ${rates.map((rate) => {
      const last = Math.min(end, (top / rate - target) / guesses);
      if (last <= 0) return nothing;
      const [tx, ty] = [x.scale(last) + 5, Math.max(y.scale(needed(rate, last)) + 4, area.top + 4)];
      // A name that would lie on another is left out; the draft's own line comes first.
      const free = labels.every(([a, b]) => Math.abs(a - tx) > 46 || Math.abs(b - ty) > 13);
      if (free) labels.push([tx, ty]);
      const path = line(
        [
          [0, needed(rate, 0)],
          [last, needed(rate, last)],
        ],
        x.scale,
        y.scale,
      );
      return svg`<path class="curve ${rate === own ? "" : "faint"}" d=${path} />
        ${free ? svg`<text class="small" x=${round(tx)} y=${round(ty)}>${short(1000 * rate)}/s</text>` : nothing}`;
    })}
    <g class="run"><circle cx=${cx} cy=${cy} r="5" /></g>
  `,
  );
}
