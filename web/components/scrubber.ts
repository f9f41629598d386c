// The scrubber: buttons, the rounds in miniature under a slider, speed, and the way back to the
// newest event of a run that goes on.

import { html, nothing, type TemplateResult } from "lit";
import type { Mark } from "../player/place.ts";
import { SPEEDS, type Player } from "../player/player.ts";
import { renderTrack, TRACK_HEIGHT } from "../views/timeline.ts";
import { icon } from "./icons.ts";
import type { Command } from "./keys.ts";
import { inline } from "../views/part/inline.ts";
import { digits, t } from "../language/t.ts";

/** Milliseconds between places that are drawn while the slider is dragged. */
const DRAG_MS = 50;

/** `run` does what a button says. */
export function renderScrubber(
  player: Player,
  run: (command: Command) => void,
  marks: readonly Mark[] = [],
  showsSpeed = true,
): TemplateResult {
  const { state, end, index, length, playing, speed } = player;
  const button = (name: string, label: string, command: Command, first = false) =>
    html`<button
      aria-label=${label}
      title=${label}
      tabindex=${first ? 0 : -1}
      @click=${() => run(command)}
    >
      ${icon(name)}
    </button>`;
  const round = state.rounds.length;
  const rounds = end.rounds.length;
  return html`<div class="scrubber">
    <div class="buttons" role="toolbar" aria-label=${t`Steps`}>
      ${button("first", t`To the start (Home)`, "first")}
      ${button("round-back", t`One round back (Shift+←)`, "round-back")}
      ${button("event-back", t`One event back (←)`, "event-back")}
      ${
        playing
          ? button("pause", t`Pause (Space)`, "toggle", true)
          : button("play", t`Play (Space)`, "toggle", true)
      }
      ${button("event-forward", t`One event on (→)`, "event-forward")}
      ${button("round-forward", t`One round on (Shift+→)`, "round-forward")}
      ${button("last", t`To the end (End)`, "last")}
    </div>
    <div class="line">
      <svg
        class="track"
        viewBox="0 0 1000 ${TRACK_HEIGHT}"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        ${renderTrack(end, index, 1000)}
      </svg>
      <input
        type="range"
        min="0"
        max=${length}
        step="1"
        .value=${String(index)}
        aria-label=${t`Place in the run`}
        aria-valuetext=${t`event ${index} of ${length}, round ${round} of ${rounds}`}
        @input=${(event: Event) => scrub(player, event)}
        @change=${(event: Event) => scrub(player, event)}
      />
      ${marks.map((it) => renderMark(it, player))}
    </div>
    <output class="round-now" aria-live="off">${round}<span class="of"> / ${rounds}</span></output>
    ${showsSpeed ? renderSpeed(player, speed) : nothing}
    ${player.live ? renderLive(player) : nothing}
  </div>`;
}

function renderSpeed(player: Player, speed: number): TemplateResult {
  const all = SPEEDS.some((it) => it === speed) ? SPEEDS : [...SPEEDS, speed].sort((a, b) => a - b);
  return html`<label class="speed">
    <span class="unseen">${t`Speed`}</span>
    <select
      @change=${(it: Event) => player.setSpeed(Number((it.target as HTMLSelectElement).value))}
    >
      ${all.map((it) => html`<option value=${it} ?selected=${it === speed}>${digits(`${it}`)}×</option>`)}
    </select>
  </label>`;
}

/** A named place on the track; the keys [ and ] go there as well. */
function renderMark({ at, label }: Mark, player: Player): TemplateResult {
  const share = at / Math.max(1, player.length);
  return html`<button
    class="mark"
    tabindex="-1"
    title=${label}
    aria-label=${t`To the marker “${label}”`}
    style=${inline(`--at: ${share}`)}
    @click=${() => player.seek(at)}
  ></button>`;
}

function renderLive(player: Player): TemplateResult {
  return html`<button
    class="live ${player.following ? "on" : ""}"
    aria-pressed=${player.following}
    title=${t`Follow the newest event`}
    @click=${() => player.follow()}
  >
    ${t`LIVE`}
  </button>`;
}

/** Where a drag has got to while its last place is still being looked at. */
const dragging = new WeakMap<Player, number>();

/** Dragging asks for many places a second; one is drawn every `DRAG_MS`, the last one always. */
function scrub(player: Player, event: Event): void {
  const index = Number((event.target as HTMLInputElement).value);
  player.pause();
  if (event.type === "change" || !dragging.has(player)) player.seek(index);
  if (event.type === "change") return void dragging.delete(player);
  const waits = dragging.has(player);
  dragging.set(player, index);
  if (waits) return;
  setTimeout(() => {
    const last = dragging.get(player);
    dragging.delete(player);
    if (last !== undefined && last !== player.index) player.seek(last);
  }, DRAG_MS);
}
