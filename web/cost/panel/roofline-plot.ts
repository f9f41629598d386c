/**
 * The roof of a machine and every pass below it: how many operations a pass does for each byte it
 * moves, and how many it gets done in a second. Everything here is modelled.
 */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { round } from "../../views/layout/curve.ts";
import type { Machine } from "../machine.ts";
import { breakEvenRows } from "../roofline.ts";
import type { Priced } from "../replay.ts";
import { type Area, columns, line, plotFrame, powers, rows } from "./axes.ts";
import { short, unit } from "./units.ts";

const HEIGHT = 250;

const intensity = ({ cost }: Priced): number => cost.flops / cost.bytes;
const attained = ({ cost }: Priced): number => cost.flops / cost.seconds;

/** `all`: the passes of the whole run, which set the axes · `seen`: how many the reader has seen. */
export function rooflinePlot(
  all: readonly Priced[],
  seen: number,
  machine: Machine,
  width: number,
): TemplateResult {
  const area: Area = { left: 52, right: width - 12, top: 22, bottom: HEIGHT - 34 };
  const ridge = machine.peak / machine.bandwidth;
  const reach = all.map(intensity);
  const speeds = all.map(attained);
  const least = Math.min(...reach, ridge / 2) * 0.6;
  const most = Math.max(...reach, ridge * 4);
  const x = powers(least, most, [area.left, area.right]);
  const roof = (at: number) => Math.min(machine.peak, machine.bandwidth * at);
  const lowest = Math.min(...speeds, roof(Math.min(...reach))) * 0.5;
  const y = powers(lowest, machine.peak * 1.8, [area.bottom, area.top]);
  const start = Math.max(least, lowest / machine.bandwidth);
  const top: [number, number][] = [
    [start, roof(start)],
    [ridge, machine.peak],
    [most, machine.peak],
  ];
  const now = all[seen - 1];
  const dot = (it: Priced, at: number): SVGTemplateResult => {
    const [cx, cy] = [round(x.scale(reach[at]!)), round(y.scale(speeds[at]!))];
    const here = at === seen - 1 ? "now" : at < seen ? "" : "ahead";
    return it.pass.role === "target"
      ? svg`<circle class="pass ${here}" cx=${cx} cy=${cy} r=${here === "now" ? 6 : 3.5} />`
      : svg`<path class="pass draft ${here}" d="M${cx} ${cy - (here === "now" ? 7 : 4.5)}l${here === "now" ? "7 7-7 7-7-7" : "4.5 4.5-4.5 4.5-4.5-4.5"}z" />`;
  };
  const others = all.map((it, at) => (at === seen - 1 ? nothing : dot(it, at)));
  const ridgeX = round(x.scale(ridge));
  const words =
    now === undefined
      ? "no pass yet"
      : `the pass of ${now.pass.role} over ${now.work.rows} rows does ${short(intensity(now))} operations a byte`;
  const label = `Modelled roofline of ${machine.name}: ${words}; the roof bends at ${short(ridge)}.`;
  return plotFrame(
    { width, height: HEIGHT, label, look: "plot roofline" },
    svg`
    ${rows(y, area)} ${columns(x, area)}
    <text class="axis" x=${area.left - 40} y="11">operations per second</text>
    <text class="axis" x=${area.right} y=${HEIGHT - 4} text-anchor="end">operations per byte</text>
    <path class="roof" d=${line(top, x.scale, y.scale)} />
    <path class="ridge" d="M${ridgeX} ${round(y.scale(machine.peak))}V${area.bottom}" />
    ${slope(machine, top, x.scale, y.scale)}
    <text
      class="roof-name"
      x=${area.right - 4}
      y=${round(y.scale(machine.peak)) - 6}
      text-anchor="end"
    >
      ${unit(machine.peak, "FLOP/s")}
    </text>
    ${others} ${now === undefined ? nothing : dot(now, seen - 1)}
  `,
  );
}

/** The bandwidth, written along the slope of the roof. */
function slope(
  machine: Machine,
  top: readonly [number, number][],
  x: (value: number) => number,
  y: (value: number) => number,
): SVGTemplateResult {
  const [x0, y0] = [x(top[0]![0]), y(top[0]![1])];
  const [x1, y1] = [x(top[1]![0]), y(top[1]![1])];
  const angle = (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI;
  const share = 0.5;
  const at = [round(x0 + (x1 - x0) * share), round(y0 + (y1 - y0) * share)];
  return svg`<text class="roof-name" text-anchor="middle" transform="translate(${at[0]} ${at[1]}) rotate(${round(angle)})" dy="-7">${unit(machine.bandwidth, "B/s")}</text>`;
}

/** What the current pass is made of, in one sentence or two. */
export function passSentence(now: Priced | undefined, machine: Machine): TemplateResult {
  if (now === undefined) return html`No pass has run yet.`;
  const { pass, work, cost, network } = now;
  const free = breakEvenRows(network, machine, work.cached);
  const bound =
    cost.launches > Math.max(cost.memory, cost.compute)
      ? "starting the kernels takes most of it"
      : cost.memory >= cost.compute
        ? "memory is the limit"
        : "arithmetic is the limit";
  return html`<b>This pass</b> of the ${pass.role} runs ${work.rows}
    ${work.rows === 1 ? "row" : "rows"} over ${work.cached} cached keys: ${unit(cost.bytes, "B")}
    moved (${unit(cost.memory, "s")}), ${unit(cost.flops, "FLOP")} done
    (${unit(cost.compute, "s")}), kernels started in ${unit(cost.launches, "s")}. Together
    <b>${unit(cost.seconds, "s")}</b>, as moving and computing overlap; ${bound}. Up to about
    ${free < 10 ? free.toFixed(1) : short(Math.round(free))} rows, the time would hardly grow.`;
}
