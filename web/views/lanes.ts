// Two models on one clock: a lane for each, what each pass was for, and the gaps in which a model
// waits. Shows `score` with its group, the recorded times, and what became of the guesses. Where
// passes overlap the clock is a model, and says so; below it the same passes as they were measured.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { nodesOf, type Pass, type State } from "../trace/state.ts";
import { passTimes, TARGET } from "../trace/stats.ts";
import { inTurn, lasting, median, overlapped } from "./layout/clock.ts";
import type { Block, Clock, Lane, Stretch, Turn } from "./layout/clock.ts";
import { ticksWithin } from "./layout/scale.ts";
import { cellsOf } from "./layout/table.ts";
import { hatch, milliseconds, percent } from "./parts.ts";
import { follow } from "./part/follow.ts";
import { ofRound, picture, rect, words } from "./part/picture.ts";
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
const HATCH = "lanes-hatch";
/** Pixels that the middle pass of the faster role gets at least. */
const READABLE = 9;
const WIDEST = 12_000;

/** What became of the guess that a draft pass made, in words. */
const FATE = {
  waiting: "is open",
  kept: "was kept",
  lost: "was lost",
};

const rolesOf = (state: State): string[] => [...new Set(state.passes.map((it) => it.role))];

const overlaps = (state: State): boolean => state.passes.some((it) => it.group !== null);

/** One clock alone, or the modelled one and below it the measured one. */
const clocksOf = (end: State): number => (overlaps(end) ? 2 : 1);

const heightOf = (end: State): number =>
  clocksOf(end) * (HEAD + AXIS) + (rolesOf(end).length + clocksOf(end) - 1) * LANE;

/** What became of the guesses below the nodes of a pass that were made in its round. */
export function fateOf(state: State, pass: Pass): keyof typeof FATE {
  const guesses = nodesOf(state, state.rounds[pass.round]?.nodes ?? []).filter(
    (it) => pass.nodes.includes(it.parent!) && it.by !== "padding" && it.born > pass.index,
  );
  if (guesses.some((it) => it.status === "accepted" || it.committed)) return "kept";
  const gone = guesses.every((it) => it.status === "rejected" || it.status === "pruned");
  return gone && guesses.length > 0 ? "lost" : "waiting";
}

function render(scene: Scene): TemplateResult {
  const { state, end, width } = scene;
  const times = passTimes(end.passes, scene.recorded);
  const ms = times ?? end.passes.map(() => 1);
  const modelled = overlapped(end.passes, ms);
  const serial = inTurn(end.passes, ms);
  const together = overlaps(end);
  const each = modelled.lanes.map((it) => median(it.blocks.map((b) => b.to - b.from)));
  const finest = Math.max(1e-6, Math.min(...each.filter((it) => it > 0)));
  const longest = Math.max(1e-6, together ? serial.length : modelled.length);
  const fitting = (width - NAMES - LEFT - RIGHT) / longest;
  const scale = Math.max(fitting, Math.min(READABLE / finest, WIDEST / longest));
  const x = (at: number) => LEFT + at * scale;
  const height = heightOf(end);
  const foot = HEAD + modelled.lanes.length * LANE;
  // The names that a method gives to its rounds.
  const modes = new Map(
    cellsOf(state.tables.get("mode")).map((cell) => [cell("round"), String(cell("mode") ?? "")]),
  );
  const seen = (blocks: readonly Block[]) => blocks.filter((it) => it.pass < state.passes.length);
  /** How much of a clock the reader has seen. */
  const until = ({ blocks }: Clock) => Math.max(0, ...seen(blocks).map((it) => it.to));
  const now = until(modelled);
  const shares = modelled.lanes.map(({ role, blocks }) => ({
    role,
    share: percent(now > 0 ? lasting(seen(blocks)) / now : 0),
  }));

  /** A stretch of the clock in words. */
  const long = (length: number): string =>
    times ? milliseconds(length) : `${length} ${length === 1 ? "pass" : "passes"}`;

  /** A round behind the lanes, with what it gave. */
  const turn = ({ round, from, to }: Turn): SVGTemplateResult => {
    const wide = x(to) - x(from);
    const { emitted } = state.rounds[round]!;
    const gain = emitted > 0 ? `+${emitted}` : "";
    const mode = modes.get(round) ?? "";
    const room = (wide - 4) / 6.2;
    const label = [`${mode} ${gain}`.trim(), gain].find((it) => it.length <= room);
    return ofRound(
      `turn ${round % 2 === 0 ? "even" : ""}`,
      round,
      rect("reach", x(from), 0, wide, foot),
      words(x(from) + 3, 14, label ?? ""),
      `round ${round + 1}${mode && `, ${mode}`}: ${emitted} tokens`,
    );
  };

  const gap = (role: string, { from, to }: Stretch, mid: number): SVGTemplateResult => {
    const [left, right] = [x(from), x(Math.min(to, now))];
    return svg`<g class="idle">
      <path d="M${left + 1} ${mid}H${right - 1}"></path>
      ${right - left > 34 ? words((left + right) / 2, mid - 3, "idle", "middle") : nothing}
      <title>${role} waits ${long(to - from)}</title>
    </g>`;
  };

  const block = ({ pass: index, from, to }: Block, top: number): SVGTemplateResult => {
    const pass = state.passes[index]!;
    const fate = pass.role === TARGET ? null : fateOf(state, pass);
    const wide = Math.max(1.5, x(to) - x(from) - 1);
    const rows = pass.nodes.length + pass.ancestors.length;
    const guess = fate ? `, its guess ${FATE[fate]}` : "";
    return svg`<g class="pass ${fate ? `of-draft ${fate}` : "of-target"}" fill="url(#${HATCH})" data-node=${pass.nodes.length === 1 ? pass.nodes[0] : nothing}>
      ${rect("", x(from), top, wide, BLOCK)}
      ${!fate && wide > 26 ? words(x(from) + wide / 2, top + 14, rows, "middle", "rows") : nothing}
      <title>${pass.role}, pass ${pass.pass + 1}: ${rows} ${rows === 1 ? "row" : "rows"}${guess}</title>
    </g>`;
  };

  const axis = (length: number, y: number): SVGTemplateResult =>
    svg`<g class="axis">
      <path d="M${x(0)} ${y + 2}H${x(length)}"></path>
      ${ticksWithin(0, length, (length * scale) / 90).map((at) => {
        const inner = (length - at) * scale < 30 ? "end" : "middle";
        return svg`<path d="M${x(at)} ${y + 2}v4"></path>${words(x(at), y + 18, long(at), at > 0 ? inner : undefined)}`;
      })}
    </g>`;

  const lane = ({ role, blocks, idle }: Lane, i: number): SVGTemplateResult => {
    const mid = HEAD + (i + 0.5) * LANE;
    return svg`<g class="lane">
      ${idle.filter((it) => it.from < now).map((it) => gap(role, it, mid))}
      ${seen(blocks).map((it) => block(it, mid - BLOCK / 2))}
    </g>`;
  };

  const begun = state.passes.length > 0;
  const work = begun
    ? ` At work so far: ${shares.map(({ role, share }) => `${role} ${share}`).join(", ")}.`
    : "";
  const saved = begun
    ? ` So far ${long(now)} for two devices, modelled, and ${long(until(serial))} one after another, measured.`
    : "";
  const serialAt = foot + AXIS + HEAD;
  const inSight = modelled.turns.filter(
    ({ round }) => (state.rounds[round]?.passes[0] ?? Infinity) < state.passes.length,
  );
  const name = (role: string, top: number) =>
    html`<span style=${inline(`top: ${top}px`)}>${role}</span>`;
  return html`<p class="lanes-say">${saying(end, modelled, times !== null, work, saved)}</p>
    <div class="lanes-frame">
      <div class="lanes-names" aria-hidden="true" style=${inline(`height: ${height}px`)}>
        ${modelled.lanes.map(({ role }, i) => name(role, HEAD + i * LANE))}
        ${together ? name("in turn", serialAt) : nothing}
      </div>
      <div class="box lanes" ${follow({ left: x(now) - 60, right: x(now) + 40 }, scene.motion)}>
        ${picture(
          Math.ceil(x(longest) + RIGHT),
          height,
          `${state.rounds.length} rounds. ${shares.map(({ role, share }) => `The ${role} works ${share} of the time`).join(", ")}`,
          svg`<defs>${hatch(HATCH)}</defs>${inSight.map(turn)}${modelled.lanes.map(lane)}
            ${axis(modelled.length, foot)}
            ${together ? svg`${seen(serial.blocks).map((it) => block(it, serialAt + (LANE - BLOCK) / 2))}${axis(serial.length, serialAt + LANE)}` : nothing}`,
        )}
      </div>
    </div>
    <ul class="keys">
      ${KEYS.map(
        ([kind, what]) =>
          html`<li>
            <svg width="16" height="12" class="lanes" aria-hidden="true">
              <g class="pass ${kind}" fill="url(#${HATCH})">${rect("", 1, 1, 14, 10)}</g></svg
            >${what}
          </li>`,
      )}
      ${together ? html`<li>in turn: one after another${times ? ", as measured" : ""}</li>` : nothing}
    </ul>`;
}

const KEYS = [
  ["of-target", "target pass, with the rows it read"],
  ["of-draft kept", "draft pass, guess kept"],
  ["of-draft lost", "guess lost"],
  ["of-draft waiting", "guess open"],
] as const;

/** What the clock is; `work` and `saved` say what it came to so far. */
function saying(end: State, clock: Clock, known: boolean, work: string, saved: string) {
  if (!known)
    return html`Every pass is drawn equally long: its time is known when the run has ended.${work}`;
  return overlaps(end)
    ? html`<b>Modelled:</b> a device for each model, with pass times measured one after another on
        this one.${saved}${work}${balance(end, clock)}`
    : html`<b>Measured.</b> The models take turns: while one works, the other waits.${work}`;
}

/** How many draft passes fit into one target pass. */
function balance(end: State, clock: Clock): string {
  const [draft, target] = ["draft", TARGET].map((role) =>
    median(
      clock.blocks
        // The first passes read the prompt.
        .filter(({ pass }) => end.passes[pass]!.role === role && end.passes[pass]!.pass > 0)
        .map((it) => it.to - it.from),
    ),
  ) as [number, number];
  if (draft <= 0 || target <= 0) return "";
  const ratio = target / draft;
  return ` A target pass of this run lasts as long as ${ratio.toFixed(ratio < 10 ? 1 : 0)} draft passes: with about so many guesses a round both would be busy.`;
}

export const lanes: View = {
  id: "lanes",
  title: "Lanes",
  applies: (end) => rolesOf(end).length > 1 && end.lanes.length === 1,
  rank: (end) => (overlaps(end) ? 11 : 2),
  height: ({ end, width }) =>
    heightOf(end) + 14 + (width < 560 ? 52 * clocksOf(end) + 60 : 26 * clocksOf(end) + 50),
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
      .lanes .even .reach {
        fill: var(--paper-2);
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
      .lanes .of-draft:not(.lost) rect {
        fill: var(--paper);
      }
      .lanes .of-draft rect {
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
    `,
  ],
};
