/**
 * What a run costs beside plain decoding: modelled on one machine, and, in a frame of its own,
 * measured where it was recorded. The table lists all machines.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Recorded } from "../../generated/Recorded.ts";
import type { Stats } from "../../trace/stats.ts";
import type { Machine } from "../machine.ts";
import type { Verdict } from "../replay.ts";
import { choose } from "./chosen.ts";
import { times, unit } from "./units.ts";
import { inline } from "../../views/part/inline.ts";

interface Part {
  readonly name: string;
  readonly kind: string;
  readonly seconds: number;
}

function bar(label: string, parts: readonly Part[], most: number, total: number): TemplateResult {
  return html`<div class="bar-row">
    <span>${label}</span>
    <span class="bar"
      >${parts.map(
        (it) =>
          html`<i
            class=${it.kind}
            style=${inline(`width: ${((100 * it.seconds) / most).toFixed(2)}%`)}
            title="${it.name}: ${unit(it.seconds, "s")}"
          ></i>`,
      )}</span
    >
    <span class="value">${unit(total, "s")}</span>
  </div>`;
}

function faster(factor: number | null): string {
  if (factor === null) return "";
  if (Math.abs(factor - 1) < 0.005) return "as fast as plain decoding";
  return factor > 1
    ? `${times(factor)} as fast as plain decoding`
    : `slower than plain decoding: ${times(factor)} its speed`;
}

export function modelled(
  { machine, run, plain, speedUp }: Verdict,
  apart: boolean,
): TemplateResult {
  // Where passes overlap, the parts are shares of the time, not stretches of it.
  const share = run.seconds / Math.max(run.guessing + run.verifying, 1e-30);
  const most = Math.max(run.seconds, plain?.seconds ?? 0, 1e-30);
  const parts: Part[] = [
    { name: "guessing", kind: "draft", seconds: run.guessing * share },
    { name: "target passes", kind: "target", seconds: run.verifying * share },
  ];
  return html`<section class="clock modelled" data-testid="modelled">
    <h3><span class="tag">modelled</span> on ${machine.name}</h3>
    ${bar("this run", parts, most, run.seconds)}
    ${
      plain === null
        ? nothing
        : bar(
            "plain",
            [{ name: "plain", kind: "plain", seconds: plain.seconds }],
            most,
            plain.seconds,
          )
    }
    <p class="verdict">${faster(speedUp)}${apart && share < 0.999 ? "; passes overlap" : ""}</p>
  </section>`;
}

export function measuredHere(stats: Stats, recorded: Recorded | null): TemplateResult {
  const { times: spent, plainMs, speedup } = stats;
  const where = recorded ? [recorded.device, recorded.backend].filter(Boolean).join(", ") : "";
  const most = Math.max(spent?.total ?? 0, plainMs ?? 0, 1e-30) / 1000;
  return html`<section class="clock measured" data-testid="measured">
    <h3><span class="tag solid">measured</span> ${where === "" ? "" : `here: ${where}`}</h3>
    ${
      spent === null
        ? html`<p class="help">No times were recorded with this run.</p>`
        : html`${bar(
              "this run",
              [
                { name: "guessing", kind: "draft", seconds: spent.draft / 1000 },
                { name: "target passes", kind: "target", seconds: spent.verify / 1000 },
                { name: "everything else", kind: "other", seconds: spent.other / 1000 },
              ],
              most,
              spent.total / 1000,
            )}
            ${
              plainMs === null
                ? html`<p class="help">Plain decoding was not measured.</p>`
                : bar(
                    "plain",
                    [{ name: "plain", kind: "plain", seconds: plainMs / 1000 }],
                    most,
                    plainMs / 1000,
                  )
            }
            <p class="verdict">${faster(speedup)}</p>`
    }
  </section>`;
}

/** One row a machine; a click chooses it. */
export function priceTable(verdicts: readonly Verdict[], chosen: Machine): TemplateResult {
  const most = Math.max(1, ...verdicts.map((it) => it.speedUp ?? 0));
  return html`<table class="prices" data-testid="prices">
    <caption>
      <span class="tag">modelled</span>
      this run so far on every machine
    </caption>
    <thead>
      <tr>
        <th scope="col">machine</th>
        <th scope="col" class="number">time</th>
        <th scope="col" class="number">energy</th>
        <th scope="col" class="number plain">plain</th>
        <th scope="col">speed-up<span class="plain"> over plain decoding</span></th>
      </tr>
    </thead>
    <tbody>
      ${verdicts.map(
        ({ machine, run, plain, speedUp }) =>
          html`<tr aria-current=${machine.name === chosen.name ? "true" : nothing}>
            <th scope="row">
              <button type="button" class="link" @click=${() => choose(machine.name)}>
                ${machine.name}
              </button>
            </th>
            <td class="number">${unit(run.seconds, "s")}</td>
            <td class="number">${unit(run.joules, "J")}</td>
            <td class="number plain">${plain === null ? "–" : unit(plain.seconds, "s")}</td>
            <td class="gain">${speedUp === null ? "–" : gain(speedUp, most)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A bar with a line where plain decoding is. */
export const gain = (speedUp: number, most: number): TemplateResult =>
  html`<span class="gain-bar"
      ><i
        class=${speedUp < 0.995 ? "slow" : ""}
        style=${inline(`width: ${(100 * speedUp) / most}%`)}
      ></i
      ><b style=${inline(`left: ${100 / most}%`)}></b></span
    ><span class="gain-value">${times(speedUp)}</span>`;
