// Two models on one clock: a lane for each, what each pass was for, and the gaps in which a model
// waits. Shows `score` with its group, the recorded times, and what became of the guesses. Where
// passes overlap the clock is a model, and says so; below it the same passes as they were measured.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { Pass, State } from "../trace/state.ts";
import { inTurn, median, overlapped, type Block, type Clock, type Timed } from "./layout/clock.ts";
import { columnAt } from "./layout/table.ts";
import { milliseconds, percent } from "./parts.ts";
import { follow } from "./part/follow.ts";
import { boxStyles } from "./part/styles.ts";
import type { Scene, View } from "./view.ts";
import { inline } from "./part/inline.ts";

/** Left edge of the clock, and the column of names beside it, which does not scroll. */
const LEFT = 4;
const NAMES = 66;
const RIGHT = 12;
const HEAD = 22;
const LANE = 30;
const BLOCK = 20;
const AXIS = 22;
/** Pixels that the middle pass of the faster role gets at least. */
const READABLE = 9;
const WIDEST = 12_000;

/** A stretch of the clock in words. */
const lasting = (length: number, known: boolean): string =>
  known ? milliseconds(length) : `${length} ${length === 1 ? "pass" : "passes"}`;

/** Words for what became of the guess that a draft pass made. */
type Fate = "waiting" | "kept" | "lost";

const rolesOf = (state: State): string[] => [...new Set(state.passes.map((it) => it.role))];

const overlaps = (state: State): boolean => state.passes.some((it) => it.group !== null);

/** Milliseconds of each pass; `null` while they are not known. */
function measured({ end, recorded }: Scene): number[] | null {
  const ms = recorded?.pass_ms ?? [];
  return ms.length >= end.passes.length ? ms.slice(0, end.passes.length) : null;
}

const timed = (passes: readonly Pass[]): Timed[] =>
  passes.map(({ role, round, group }) => ({ role, round, group }));

/** What became of the guesses below the nodes of a pass that were made in its round. */
export function fateOf(state: State, pass: Pass): Fate {
  const guesses = pass.nodes
    .flatMap((id) => state.nodes[id]!.children)
    .map((id) => state.nodes[id]!)
    .filter((it) => it.round === pass.round && it.by !== "padding" && it.born > pass.index);
  if (guesses.some((it) => it.status === "accepted" || it.committed)) return "kept";
  const gone = guesses.filter((it) => it.status === "rejected" || it.status === "pruned");
  return guesses.length > 0 && gone.length === guesses.length ? "lost" : "waiting";
}

/** The name that a method gives to a round, in a table `mode`. */
function modesOf(state: State): Map<number, string> {
  const table = state.tables.get("mode");
  const modes = new Map<number, string>();
  if (!table) return modes;
  const [round, mode] = [columnAt(table, "round"), columnAt(table, "mode")];
  for (const { cells } of table.rows.values())
    modes.set(Number(cells[round]), String(cells[mode] ?? ""));
  return modes;
}

interface Drawn {
  readonly clock: Clock;
  /** Whether the times are known, or every pass counts as one. */
  readonly known: boolean;
  /** What the reader has seen of it. */
  readonly seen: number;
  readonly x: (ms: number) => number;
  readonly y: number;
}

function render(scene: Scene): TemplateResult {
  const { state, end, width } = scene;
  const known = measured(scene);
  const ms = known ?? end.passes.map(() => 1);
  const all = timed(end.passes);
  const modelled = overlapped(all, ms);
  const serial = inTurn(all, ms);
  const together = overlaps(end);
  const each = modelled.lanes.map((it) => median(it.blocks.map((b) => b.to - b.from)));
  const finest = Math.max(1e-6, Math.min(...each.filter((it) => it > 0)));
  const longest = Math.max(1e-6, together ? serial.length : modelled.length);
  const fitting = (width - NAMES - LEFT - RIGHT) / longest;
  const scale = Math.max(fitting, Math.min(READABLE / finest, WIDEST / longest));
  const across = Math.ceil(LEFT + longest * scale + RIGHT);
  const x = (at: number) => LEFT + at * scale;
  const seen = state.passes.length;
  const lanesAt = HEAD;
  const serialAt = lanesAt + modelled.lanes.length * LANE + AXIS + HEAD;
  const height = together ? serialAt + LANE + AXIS : lanesAt + modelled.lanes.length * LANE + AXIS;
  const now = modelled.lanes
    .flatMap((it) => it.blocks)
    .filter((it) => it.pass < seen)
    .reduce((most, it) => Math.max(most, it.to), 0);
  return html`<p class="lanes-say">${saying(scene, modelled, serial, known !== null)}</p>
    <div class="lanes-frame">
      <div class="lanes-names" aria-hidden="true" style=${inline(`height: ${height}px`)}>
        ${modelled.lanes.map(
          ({ role }, i) =>
            html`<span style=${inline(`top: ${lanesAt + i * LANE}px`)}>${role}</span>`,
        )}
        ${together ? html`<span style=${inline(`top: ${serialAt}px`)}>in turn</span>` : nothing}
      </div>
      <div
        class="box lanes"
        ${follow({ left: Math.max(0, x(now) - 60), right: x(now) + 40 }, scene.motion)}
      >
        <svg
          width=${across}
          height=${height}
          viewBox="0 0 ${across} ${height}"
          role="img"
          aria-label=${summary(state, modelled, seen)}
        >
          ${turns(scene, { clock: modelled, known: known !== null, seen, x, y: lanesAt })}
          ${modelled.lanes.map((lane, i) =>
            laneOf(scene, lane.role, lane.blocks, {
              clock: modelled,
              known: known !== null,
              seen,
              x,
              y: lanesAt + i * LANE,
            }),
          )}
          ${axis(modelled.length, x, lanesAt + modelled.lanes.length * LANE, known !== null)}
          ${together ? inTurnRow(scene, { clock: serial, known: known !== null, seen, x, y: serialAt }) : nothing}
        </svg>
      </div>
    </div>
    ${keys(together, known !== null)}`;
}

/** The share of the clock that a lane has worked, as far as the reader has seen. */
function busy(clock: Clock, seen: number): { role: string; share: number }[] {
  const until = clock.lanes
    .flatMap((it) => it.blocks)
    .filter((it) => it.pass < seen)
    .reduce((most, it) => Math.max(most, it.to), 0);
  return clock.lanes.map(({ role, blocks }) => {
    const worked = blocks
      .filter((it) => it.pass < seen)
      .reduce((sum, it) => sum + it.to - it.from, 0);
    return { role, share: until > 0 ? worked / until : 0 };
  });
}

const summary = (state: State, clock: Clock, seen: number): string =>
  `${state.rounds.length} rounds. ` +
  busy(clock, seen)
    .map(({ role, share }) => `The ${role} works ${percent(share)} of the time`)
    .join(", ");

function saying(scene: Scene, modelled: Clock, serial: Clock, known: boolean): TemplateResult {
  const seen = scene.state.passes.length;
  const shares = busy(modelled, seen)
    .map(({ role, share }) => `${role} ${percent(share)}`)
    .join(", ");
  const work = seen > 0 ? html` At work so far: ${shares}.` : nothing;
  if (!known)
    return html`Every pass is drawn equally long: its time is known when the run has ended.${work}`;
  if (!overlaps(scene.end))
    return html`<b>Measured.</b> The models take turns: while one works, the other waits.${work}`;
  const until = (clock: Clock) =>
    clock.lanes
      .flatMap((it) => it.blocks)
      .filter((it) => it.pass < seen)
      .reduce((most, it) => Math.max(most, it.to), 0);
  const saved =
    seen > 0
      ? html` So far ${milliseconds(until(modelled))} for two devices, modelled, and
        ${milliseconds(until(serial))} one after another, measured.`
      : nothing;
  return html`<b>Modelled:</b> a device for each model, with pass times measured one after another
    on this one.${saved}${work}${balance(scene.end, modelled)}`;
}

/** How many draft passes fit into one target pass. */
function balance(end: State, clock: Clock): string {
  const of = (role: string) =>
    median(
      (clock.lanes.find((it) => it.role === role)?.blocks ?? [])
        // The first passes read the prompt.
        .filter((it) => end.passes[it.pass]!.pass > 0)
        .map((it) => it.to - it.from),
    );
  const [draft, target] = [of("draft"), of("target")];
  if (draft <= 0 || target <= 0) return "";
  const ratio = target / draft;
  return ` A target pass of this run lasts as long as ${ratio.toFixed(ratio < 10 ? 1 : 0)} draft passes: with about so many guesses a round both would be busy.`;
}

/** Rounds behind the lanes, each with what it gave. */
function turns(scene: Scene, { clock, seen, x, y }: Drawn): SVGTemplateResult[] {
  const { state } = scene;
  const modes = modesOf(state);
  const shown = clock.turns.filter(({ round }) => {
    const first = state.rounds[round]?.passes[0];
    return first !== undefined && first < seen;
  });
  return shown.map(({ round, from, to }) => {
    const wide = x(to) - x(from);
    const { emitted } = state.rounds[round]!;
    const gain = emitted > 0 ? `+${emitted}` : "";
    const mode = modes.get(round) ?? "";
    const letters = Math.floor((wide - 4) / 6.2);
    const whole = [mode, gain].filter((it) => it !== "").join(" ");
    const label = whole.length <= letters ? whole : gain.length <= letters ? gain : "";
    return svg`<g class="turn ${round % 2 === 0 ? "even" : ""}" data-round=${round}>
      <rect class="reach" x=${x(from)} y="0" width=${wide} height=${y + clock.lanes.length * LANE}></rect>
      <text class="small" x=${x(from) + 3} y="14">${label}</text>
      <title>round ${round + 1}${mode ? `, ${mode}` : ""}: ${emitted} tokens</title>
    </g>`;
  });
}

function laneOf(
  scene: Scene,
  role: string,
  blocks: readonly Block[],
  { clock, known, seen, x, y }: Drawn,
): SVGTemplateResult {
  const mid = y + LANE / 2;
  const now = clock.lanes
    .flatMap((it) => it.blocks)
    .filter((it) => it.pass < seen)
    .reduce((most, it) => Math.max(most, it.to), 0);
  const idle = clock.lanes.find((it) => it.role === role)?.idle ?? [];
  return svg`<g class="lane">
    ${idle
      .filter((it) => it.from < now)
      .map(({ from, to }) => {
        const [left, right] = [x(from), x(Math.min(to, now))];
        return svg`<g class="idle">
          <path d="M${left + 1} ${mid}H${right - 1}"></path>
          ${right - left > 34 ? svg`<text class="small" x=${(left + right) / 2} y=${mid - 3} text-anchor="middle">idle</text>` : nothing}
          <title>${role} waits ${lasting(to - from, known)}</title>
        </g>`;
      })}
    ${blocks.filter((it) => it.pass < seen).map((it) => blockOf(scene, it, x, mid - BLOCK / 2))}
  </g>`;
}

function blockOf(scene: Scene, block: Block, x: Drawn["x"], top: number): SVGTemplateResult {
  const pass = scene.state.passes[block.pass]!;
  const target = pass.role === "target";
  const fate = target ? "" : fateOf(scene.state, pass);
  const left = x(block.from);
  const wide = Math.max(1.5, x(block.to) - left - 1);
  const rows = pass.nodes.length + pass.ancestors.length;
  const said = {
    waiting: "its guess is open",
    kept: "its guess was kept",
    lost: "its guess was lost",
  };
  const words = fate === "" ? "" : `, ${said[fate]}`;
  const child = pass.nodes.length === 1 ? pass.nodes[0] : nothing;
  return svg`<g class="pass ${target ? "of-target" : `of-draft ${fate}`}" data-node=${child}>
    <rect x=${left} y=${top} width=${wide} height=${BLOCK}></rect>
    ${fate === "lost" ? svg`<path class="struck" d=${strokes(left, top, wide)}></path>` : nothing}
    ${target && wide > 26 ? svg`<text class="rows" x=${left + wide / 2} y=${top + 14} text-anchor="middle">${rows}</text>` : nothing}
    <title>${pass.role}, pass ${pass.pass + 1}: ${rows} ${rows === 1 ? "row" : "rows"}${words}</title>
  </g>`;
}

/** Diagonals across a block: what was done there was for nothing. */
function strokes(left: number, top: number, wide: number): string {
  const parts: string[] = [];
  for (let at = -BLOCK; at < wide; at += 6) {
    const from = Math.max(0, at);
    const to = Math.min(wide, at + BLOCK);
    if (to > from)
      parts.push(`M${left + from} ${top + (from - at)}L${left + to} ${top + (to - at)}`);
  }
  return parts.join("");
}

function inTurnRow(scene: Scene, { clock, known, seen, x, y }: Drawn): SVGTemplateResult {
  const top = y + (LANE - BLOCK) / 2;
  const blocks = clock.lanes.flatMap((it) => it.blocks).filter((it) => it.pass < seen);
  return svg`<g>
    ${blocks.map((it) => blockOf(scene, it, x, top))}
    ${axis(clock.length, x, y + LANE, known)}
  </g>`;
}

function axis(length: number, x: Drawn["x"], y: number, known: boolean): SVGTemplateResult {
  const apart = 90 / Math.max(1e-6, x(1) - x(0));
  const power = 10 ** Math.floor(Math.log10(apart));
  const step = power * ([1, 2, 5, 10].find((it) => it * power >= apart) ?? 10);
  const marks = Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step);
  return svg`<g class="axis">
    <path d="M${x(0)} ${y + 2}H${x(length)}"></path>
    ${marks.map((at) => svg`<path d="M${x(at)} ${y + 2}v4"></path><text class="small" x=${x(at)} y=${y + 18} text-anchor=${at === 0 ? "start" : (length - at) * (x(1) - x(0)) < 30 ? "end" : "middle"}>${lasting(+at.toPrecision(6), known)}</text>`)}
  </g>`;
}

function keys(together: boolean, known: boolean): TemplateResult {
  const block = (kind: string, struck: boolean) =>
    html`<svg width="16" height="12" class="lanes" aria-hidden="true">
      <g class="pass ${kind}">
        <rect x="1" y="1" width="14" height="10"></rect>
        ${struck ? svg`<path class="struck" d="M1 1L11 11M7 1L15 9M1 7L5 11"></path>` : nothing}
      </g>
    </svg>`;
  return html`<ul class="keys">
    <li>${block("of-target", false)}target pass, with the rows it read</li>
    <li>${block("of-draft kept", false)}draft pass, guess kept</li>
    <li>${block("of-draft lost", true)}guess lost</li>
    <li>${block("of-draft waiting", false)}guess open</li>
    ${together ? html`<li>in turn: one after another${known ? ", as measured" : ""}</li>` : nothing}
  </ul>`;
}

export const lanes: View = {
  id: "lanes",
  title: "Lanes",
  applies: (end) => rolesOf(end).length > 1 && end.lanes.length === 1,
  rank: (end) => (overlaps(end) ? 11 : 2),
  height: ({ end, width }) => {
    const rows = HEAD + rolesOf(end).length * LANE + AXIS;
    const serial = overlaps(end) ? HEAD + LANE + AXIS : 0;
    const says = overlaps(end) ? 4 : 2;
    return rows + serial + 14 + (width < 560 ? 26 * says + 60 : 13 * says + 50);
  },
  render,
  styles: [
    boxStyles,
    css`
      .lanes-say {
        margin: 0;
        padding: var(--space-2) var(--space-4);
        font: var(--size-2) / 1.5 var(--font-label);
        color: var(--ink-2);
      }
      .lanes-say b {
        color: var(--ink);
      }
      .lanes-frame {
        display: flex;
      }
      .lanes-names {
        position: relative;
        flex: 0 0 ${NAMES}px;
        font: var(--size-1) / ${LANE}px var(--font-label);
      }
      .lanes-names span {
        position: absolute;
        inset-inline-end: 6px;
      }
      .lanes .turn .reach {
        fill: transparent;
      }
      .lanes .turn.even .reach {
        fill: var(--paper-2);
      }
      .lanes .turn[marked] .reach {
        fill: var(--mark);
      }
      .lanes .pass rect {
        stroke: var(--rule-strong);
      }
      .lanes .of-target rect {
        fill: var(--of-target);
        stroke: var(--of-target);
      }
      .lanes .of-target .rows {
        fill: var(--paper);
        font-size: 11px;
      }
      .lanes .of-draft rect {
        fill: var(--paper);
        stroke: var(--state-draft-ink);
        stroke-dasharray: 3 2;
      }
      .lanes .of-draft.kept rect {
        fill: var(--state-accepted);
        stroke: var(--state-accepted-ink);
        stroke-dasharray: none;
      }
      .lanes .of-draft.lost rect {
        stroke: var(--state-rejected-ink);
        stroke-dasharray: none;
      }
      .lanes .struck {
        stroke: var(--state-rejected-ink);
        stroke-width: 1.3;
        fill: none;
        pointer-events: none;
      }
      .lanes .pass[marked] rect {
        stroke: var(--ink);
        stroke-width: 2.5;
      }
      .lanes .idle path {
        stroke: var(--rule-strong);
        stroke-dasharray: 2 3;
      }
      .lanes .axis path {
        stroke: var(--rule-strong);
        fill: none;
      }
      @media (forced-colors: active) {
        .lanes .of-target rect {
          fill: CanvasText;
        }
      }
    `,
  ],
};
