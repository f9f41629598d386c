// Two clocks: passes of the target, and time on this device with its split. Both beside plain
// decoding, and when the second is slower it says why. Shows `score` and the recorded times.

import { css, html, nothing, type TemplateResult } from "lit";
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

interface Part {
  readonly name: string;
  readonly value: number;
  readonly kind: string;
}

function bar(label: string, parts: readonly Part[], most: number, said: string): TemplateResult {
  return html`<div class="clock-row">
    <span class="clock-label">${label}</span>
    <span class="clock-bar"
      >${parts.map(
        (it) =>
          html`<i
            class=${it.kind}
            style=${inline(`width: ${(100 * it.value) / most}%`)}
            title="${it.name}: ${said === "ms" ? milliseconds(it.value) : it.value}"
          ></i>`,
      )}</span
    >
    <span class="clock-value"
      >${
        said === "ms"
          ? milliseconds(parts.reduce((sum, it) => sum + it.value, 0))
          : parts.reduce((sum, it) => sum + it.value, 0)
      }</span
    >
  </div>`;
}

export function renderClocks(
  state: State,
  stats: Stats,
  plainMsPerToken: number | null,
): TemplateResult {
  const { times, plainMs } = stats;
  const passes = Math.max(stats.targetPasses, stats.tokens, 1);
  const split: Part[] = times
    ? [
        { name: t`guessing`, value: times.draft, kind: "draft" },
        { name: t`target passes`, value: times.verify, kind: "verify" },
        { name: t`everything else`, value: times.other, kind: "other" },
      ]
    : [];
  const longest = Math.max(times?.total ?? 0, plainMs ?? 0, 1e-6);
  const slow = plainMsPerToken === null ? null : whySlower(state, stats, plainMsPerToken);
  return html`<section class="clocks">
    <p class="headline">${headline(stats)}</p>
    <div class="clock">
      <h3>${t`Passes of the target`}</h3>
      ${bar(t`this run`, [{ name: t`passes`, value: stats.targetPasses, kind: "verify" }], passes, "")}
      ${bar(t`plain`, [{ name: t`passes`, value: stats.tokens, kind: "plain" }], passes, "")}
    </div>
    <div class="clock">
      <h3>
        ${t`Wall time`}${
          times
            ? html` <span class="key"><i class="draft"></i>${t`guessing`}</span>
                <span class="key"><i class="verify"></i>${t`target`}</span>
                <span class="key"><i class="other"></i>${t`other`}</span>`
            : nothing
        }
      </h3>
      ${
        times
          ? bar(t`this run`, split, longest, "ms")
          : html`<p class="fine-note">${t`No times were recorded with this run.`}</p>`
      }
      ${
        times && plainMs !== null
          ? bar(t`plain`, [{ name: t`measured`, value: plainMs, kind: "plain" }], longest, "ms")
          : times
            ? html`<p class="fine-note">${t`Plain decoding was not measured here.`}</p>`
            : nothing
      }
    </div>
    <p class="slow">${slow ?? ""}</p>
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
