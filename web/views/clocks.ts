// Two clocks: passes of the target, and time on this device with its split. Both beside plain
// decoding, and when the second is slower it says why. Shows `score` and the recorded times.

import { css, html, type TemplateResult } from "lit";
import type { State } from "../trace/state.ts";
import { isTargetPass, type Stats } from "../trace/stats.ts";
import { milliseconds, percent } from "./parts.ts";
import { inline } from "./part/inline.ts";
import { digits, t } from "../language/t.ts";

/** "2.6 tokens per pass · 0.9× wall time on this device" */
export function headline(stats: Stats): string {
  if (stats.tokensPerPass === null) return "";
  const passes = t`${digits(stats.tokensPerPass.toFixed(stats.tokensPerPass < 10 ? 2 : 1))} tokens per pass of the target`;
  return stats.speedup === null
    ? passes
    : t`${passes} · ${digits(stats.speedup.toFixed(stats.speedup < 10 ? 2 : 1))}× as fast as plain decoding on this device`;
}

/** Why fewer passes did not make it faster; `null` when they did. */
export function whySlower(state: State, stats: Stats, plainMsPerToken: number): string | null {
  const { times, speedup } = stats;
  if (!times || speedup === null || speedup >= 1 || stats.targetPasses === 0) return null;
  const parts: string[] = [];
  const one = times.verify / stats.targetPasses;
  const nodes = state.passes
    .filter(isTargetPass)
    .reduce((sum, it) => sum + it.nodes.length + it.ancestors.length, 0);
  const each = nodes / stats.targetPasses;
  if (one > plainMsPerToken * 1.05)
    parts.push(
      t`a pass over ${digits(each.toFixed(1))} nodes takes ${digits((one / plainMsPerToken).toFixed(1))} times as long as one over a single token`,
    );
  if (times.draft > 0)
    parts.push(t`guessing takes ${percent(times.draft / times.total)} of the time`);
  if (times.other > 0.1 * times.total)
    parts.push(t`rules and book-keeping take ${percent(times.other / times.total)}`);
  if (parts.length === 0) parts.push(t`too few guesses are kept`);
  return t`Slower in seconds, because ${parts.join(t`, and `)}.`;
}

/** A part of a bar: its look, its name and how long it is. */
type Part = readonly [kind: string, name: string, value: number];

function bar(
  label: string,
  most: number,
  say: (value: number) => string,
  ...parts: Part[]
): TemplateResult {
  return html`<div class="clock-row">
    <span class="clock-label">${label}</span>
    <span class="clock-bar"
      >${parts.map(
        ([kind, name, value]) =>
          html`<i
            class=${kind}
            style=${inline(`width: ${(100 * value) / most}%`)}
            title="${name}: ${say(value)}"
          ></i>`,
      )}</span
    >
    <span class="clock-value">${say(parts.reduce((sum, [, , value]) => sum + value, 0))}</span>
  </div>`;
}

const note = (said: string): TemplateResult => html`<p class="fine-note">${said}</p>`;

export function renderClocks(
  state: State,
  stats: Stats,
  plainMsPerToken: number | null,
): TemplateResult {
  const { times, plainMs, targetPasses, tokens } = stats;
  const passes = Math.max(targetPasses, tokens, 1);
  const split: Part[] = times
    ? [
        ["draft", t`guessing`, times.draft],
        ["verify", t`target`, times.verify],
        ["other", t`other`, times.other],
      ]
    : [];
  const longest = Math.max(times?.total ?? 0, plainMs ?? 0, 1e-6);
  return html`<section class="clocks">
    <p class="headline">${headline(stats)}</p>
    <div class="clock">
      <h3>${t`Passes of the target`}</h3>
      ${bar(t`this run`, passes, String, ["verify", t`passes`, targetPasses])}
      ${bar(t`plain`, passes, String, ["plain", t`passes`, tokens])}
    </div>
    <div class="clock">
      <h3>
        ${t`Wall time`}
        ${split.map(([kind, name]) => html`<span class="key"><i class=${kind}></i>${name}</span>`)}
      </h3>
      ${times ? bar(t`this run`, longest, milliseconds, ...split) : note(t`No times were recorded with this run.`)}
      ${
        times &&
        (plainMs === null
          ? note(t`Plain decoding was not measured here.`)
          : bar(t`plain`, longest, milliseconds, ["plain", t`measured`, plainMs]))
      }
    </div>
    <p class="slow">${plainMsPerToken === null ? "" : whySlower(state, stats, plainMsPerToken)}</p>
  </section>`;
}

export const clockStyles = css`
  .clocks {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-2) var(--space-5);
    padding: var(--space-3) var(--space-4) 0;
  }
  .clocks .headline,
  .clocks .slow {
    grid-column: 1 / -1;
    margin: 0;
    min-height: 1.5em;
    font: var(--size-3) / 1.5 var(--font-text);
  }
  .clocks .headline {
    font-size: var(--size-4);
  }
  .clocks h3 {
    margin: 0 0 var(--space-1);
    font: var(--size-1) / 1.5 var(--font-label);
    color: var(--ink-2);
  }
  .clock {
    min-height: 4.6rem;
  }
  .clock-row {
    display: grid;
    grid-template-columns: 4rem minmax(0, 1fr) 4.5rem;
    align-items: center;
    gap: var(--space-2);
    font-size: var(--size-2);
    line-height: 1.6;
  }
  .clock-bar {
    display: flex;
    height: 12px;
    background: var(--paper-3);
  }
  .clock-bar i {
    height: 100%;
    box-sizing: border-box;
    border-right: 1px solid var(--paper);
  }
  .clock-value {
    text-align: right;
  }
  .clock-bar .verify,
  .key .verify {
    background: var(--of-target);
  }
  .clock-bar .draft,
  .key .draft {
    background: repeating-linear-gradient(
      45deg,
      var(--of-draft) 0 3px,
      color-mix(in srgb, var(--of-draft) 60%, var(--paper)) 3px 5px
    );
  }
  .clock-bar .other,
  .key .other {
    background: var(--rule-strong);
  }
  .clock-bar .plain {
    background: none;
    border: 1px solid var(--ink-2);
  }
  .key {
    margin-left: var(--space-2);
  }
  .key i {
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-right: 4px;
  }
  @container figure (max-width: 600px) {
    .clocks {
      grid-template-columns: 1fr;
    }
  }
  .fine-note {
    margin: 0;
    font-size: var(--size-1);
    color: var(--ink-2);
  }
`;
