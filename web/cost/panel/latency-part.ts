/** The third part of the panel: what a draft's time is made of (draft-latency-model). */
import { html, nothing, type TemplateResult } from "lit";
import { isTargetPass, passTimes, stats } from "../../trace/stats.ts";
import type { Scene } from "../../views/view.ts";
import { fitLine, throughput, tokensToBreakEven } from "../draft-latency.ts";
import { roundsOf, timedKinds, type TimedKind } from "../measured.ts";
import { depthPlot, exchangePlot, type DraftPoint } from "./latency-plots.ts";
import { short, times } from "./units.ts";
import { inline } from "../../views/part/inline.ts";

/** Passes after the first round: that one reads the prompt. */
function draftPoint({ end, recorded }: Scene): DraftPoint | null {
  const ms = passTimes(end.passes, recorded);
  const rounds = roundsOf(end);
  if (!ms || rounds === null) return null;
  const first = end.rounds[0]?.index ?? 0;
  const later = end.passes
    .map((pass, i) => ({ pass, ms: ms[i]! }))
    .filter((it) => it.pass.round > first);
  const draft = later.filter((it) => !isTargetPass(it.pass));
  const target = later.filter((it) => isTargetPass(it.pass));
  if (draft.length === 0 || target.length === 0) return null;
  const mean = (list: typeof later) => list.reduce((sum, it) => sum + it.ms, 0) / list.length;
  return {
    ms: mean(draft),
    tokens: rounds.tokens,
    guesses: draft.length / target.length,
    target: mean(target),
  };
}

export function latencyPart(scene: Scene, width: number): TemplateResult {
  const { end, models, recorded } = scene;
  const kinds = timedKinds(end, models, recorded);
  const draft = draftPoint(scene);
  const half = width < 480 ? width : Math.floor((width - 24) / 2);
  return html`<p class="lead">
      A draft is a chain of small passes, each of which waits for the one before: its time follows
      its depth. So a wide and shallow draft may beat a deeper one that guesses better.
      <a href="#about=draft-latency-model">The model</a>
    </p>
    <div class="plots">
      <figure>
        <figcaption><span class="tag solid">measured</span> time by depth</figcaption>
        ${
          kinds.length === 0
            ? html`<p class="said">
                No pass over a single token was timed in this run often enough.
              </p>`
            : depthPlot(kinds, half)
        }
        <p class="said">${fitSentence(kinds)}</p>
      </figure>
      <figure>
        <figcaption><span class="tag">modelled</span> what a slower draft must bring</figcaption>
        ${
          draft === null
            ? html`<p class="said">
                Nothing guesses with passes of its own in this run, or no times were recorded: there
                is no draft to place.
              </p>`
            : html`${exchangePlot(draft, half)}
                <p class="said">${exchangeSentence(draft)}</p>`
        }
      </figure>
    </div>
    ${draft === null ? nothing : checkOf(scene, draft)}
    <p class="help" style=${inline(`margin-top: var(--space-3)`)}>
      Which property of a draft decides, its perplexity or its time, shows only over several drafts
      of one size and different depth. The shipped models hold one draft, so that scatter is not
      drawn here.
    </p>`;
}

function fitSentence(kinds: readonly TimedKind[]): TemplateResult | typeof nothing {
  const fit = fitLine(kinds);
  if (kinds.length === 0) return nothing;
  if (fit === null) return html`One depth fixes no line: this needs a second network.`;
  const { fixed, perLayer, error } = fit;
  if (perLayer <= 0)
    return html`The deeper network was not the slower one here: the difference drowns in the scatter
    of the clock.`;
  const sign = fixed < 0 ? "−" : "";
  const sum = html`<i>t</i> ≈ ${sign}${short(Math.abs(fixed))} ms + ${short(perLayer)} ms for each
    layer`;
  const widths = new Set(kinds.map((it) => it.role)).size > 1;
  return html`${sum}.
  ${
    error === null
      ? html`Two depths fix the line and test nothing: this needs more drafts.`
      : html`The ${kinds.length} networks lie ${short(error)} ms from it.`
  }
  ${fixed < 0 ? html`Less than nothing is fixed, so time does not follow depth alone.` : nothing}
  ${
    widths
      ? html`They differ in width as well, so a layer of one is not a layer of the other.`
      : html`All are the same network with layers left out, so only the depth differs.`
  }`;
}

const exchangeSentence = ({ ms, tokens, guesses, target }: DraftPoint): TemplateResult =>
  html`A round of this run: ${guesses.toFixed(1)} draft passes of ${short(ms)} ms, a target pass of
  ${short(target)} ms, ${tokens.toFixed(2)} tokens. Drafts on one line are equally fast. One that
  takes twice as long must raise the tokens of a round
  ${times(tokensToBreakEven(guesses, ms, 2 * ms, target))} to break even.`;

/** The formula and the clock side by side: both from this run, never in one series. */
function checkOf({ end, recorded }: Scene, draft: DraftPoint): TemplateResult | typeof nothing {
  const { tokens, targetPasses, times: spent } = stats(end, recorded, true);
  if (!spent || targetPasses === 0) return nothing;
  const formula = 1000 * throughput(draft.tokens, draft.guesses, draft.ms, draft.target);
  const clock = (1000 * tokens) / spent.total;
  const off = formula / clock - 1;
  const rest = spent.total - (1000 * tokens) / formula;
  return html`<table class="check-table">
      <caption>
        Tokens a second
      </caption>
      <tbody>
        <tr>
          <th scope="row">
            <span class="tag">modelled</span> tokens a round over the time of its passes
          </th>
          <td class="number">${short(formula)}</td>
        </tr>
        <tr>
          <th scope="row">
            <span class="tag solid">measured</span> tokens over time, prompt and all
          </th>
          <td class="number">${short(clock)}</td>
        </tr>
        <tr>
          <th scope="row">difference</th>
          <td class="number">${off > 0 ? "+" : "−"}${Math.abs(100 * off).toFixed(0)} %</td>
        </tr>
      </tbody>
    </table>
    ${
      rest > 0
        ? html`<p class="help">
            The formula leaves out the prompt’s passes, rules and book-keeping: ${short(rest)} ms of
            ${short(spent.total)} ms in this run.
          </p>`
        : nothing
    }`;
}
