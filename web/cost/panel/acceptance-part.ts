/** The second part of the panel: what guessing can gain (acceptance-theory). */
import { html, nothing, type TemplateResult } from "lit";
import { stats } from "../../trace/stats.ts";
import type { Scene } from "../../views/view.ts";
import type { PassTimes } from "../acceptance.ts";
import { alphaOf, measuredC, reachOf, roundsOf } from "../measured.ts";
import { networkOf, type Network } from "../network.ts";
import { passCost } from "../roofline.ts";
import { workOf } from "../replay.ts";
import { bestMap } from "./best-map.ts";
import { current } from "./chosen.ts";
import { gainPlot, gainSentence, operationsPlot, type Run } from "./gain-plots.ts";
import { positionPlot } from "./position-plot.ts";

/** What the reader set; `null` follows the run, or the machine. */
export interface Knobs {
  readonly alpha: number | null;
  readonly c: number | null;
  readonly gamma: number | null;
}

/** Stand-ins where a run has nothing of its own. */
const ALPHA = 0.7;
const COST = 0.1;
const GAMMA = 4;

/** The networks of a run: who guesses, who tests, over how many keys. */
interface Pair {
  target: Network;
  /** `null` where nothing guesses with a network. */
  draft: Network | null;
  cached: number;
}

function pairOf({ end, models }: Scene): Pair | null {
  const info = models["target"];
  const target = info ? networkOf(info) : null;
  if (target === null) return null;
  const helpers = new Map<string, { network: Network; passes: number }>();
  for (const pass of end.passes) {
    const own = models[pass.role];
    if (!own || (pass.role === "target" && pass.variant === null)) continue;
    const network = networkOf(own, pass.variant);
    if (network === null) continue;
    const key = `${pass.role} ${network.layers}`;
    helpers.set(key, { network, passes: (helpers.get(key)?.passes ?? 0) + 1 });
  }
  const most = [...helpers.values()].sort((a, b) => b.passes - a.passes)[0];
  const last = end.passes.at(-1);
  return { target, draft: most?.network ?? null, cached: last ? workOf(end, last).cached : 0 };
}

export function acceptancePart(
  scene: Scene,
  width: number,
  knobs: Knobs,
  set: (knobs: Partial<Knobs>) => void,
): TemplateResult {
  const { state, end, recorded } = scene;
  const { machine } = current();
  const pair = pairOf(scene);
  const counted = alphaOf(state);
  const passes: PassTimes | null =
    pair === null
      ? null
      : {
          draft: pair.draft
            ? passCost(pair.draft, machine, { rows: 1, cached: pair.cached }).seconds
            : 0,
          target: (rows) => passCost(pair.target, machine, { rows, cached: pair.cached }).seconds,
        };
  const modelledC = passes ? passes.draft / passes.target(1) : null;
  const timedC = measuredC(end, recorded);
  const rounds = roundsOf(state);
  const alpha = knobs.alpha ?? Math.min(0.95, Math.max(0.3, counted?.share ?? ALPHA));
  const c = knobs.c ?? modelledC ?? COST;
  const gamma = knobs.gamma ?? Math.max(1, Math.round(roundsOf(end)?.length ?? GAMMA));
  const complete = state.index === end.index && end.finishes.length > 0;
  const run: Run | null =
    rounds === null ? null : { ...rounds, measured: stats(state, recorded, complete).speedup };
  const half = width < 480 ? width : Math.floor((width - 24) / 2);
  const cost =
    pair?.draft == null
      ? 0
      : passCost(pair.draft, machine, { rows: 1, cached: pair.cached }).flops /
        passCost(pair.target, machine, { rows: 1, cached: pair.cached }).flops;
  const point = { alpha, c, gamma };
  // Times of the chosen machine belong to its own c.
  const own = passes !== null && Math.abs(c - (modelledC ?? -1)) < 1e-9 ? passes : null;
  return html`<p class="lead">
      If every guess is kept with the same chance <i>α</i>, a geometric series tells what drafts of
      γ guesses gain, when a draft pass takes <i>c</i> times as long as a pass of the target.
      <a href="#about=acceptance-theory">The formulas</a>
    </p>
    <div class="knobs">
      ${knob(
        html`<i>α</i>`,
        "acceptance rate",
        [0.3, 0.95, 0.01],
        alpha,
        (it) => it.toFixed(2),
        (it) => set({ alpha: it }),
        counted === null
          ? html`no guess of this run was tested yet`
          : html`<button class="link" type="button" @click=${() => set({ alpha: null })}>
                counted: ${counted.share.toFixed(2)}
              </button>
              ${counted.kept} of ${counted.tested} tested
              ${
                counted.expected === null
                  ? nothing
                  : html`<span
                      title="Mean over the tests of min(1, p/q); its expectation is Σ min(p, q)."
                      >Σ min(p, q) ≈ ${counted.expected.toFixed(2)}</span
                    >`
              }`,
        "alpha",
      )}
      ${knob(
        html`<i>c</i>`,
        "time of a draft pass over that of a target pass",
        [0, 1, 0.01],
        c,
        (it) => it.toFixed(2),
        (it) => set({ c: it }),
        html`${
          modelledC === null
            ? nothing
            : html`<button class="link" type="button" @click=${() => set({ c: null })}>
                modelled, ${machine.name}: ${modelledC.toFixed(2)}
              </button>`
        }
        ${
          timedC === null
            ? nothing
            : html`<button
                class="link"
                type="button"
                @click=${() => set({ c: Math.min(1, timedC) })}
              >
                measured here: ${timedC.toFixed(2)}
              </button>`
        }`,
        "c",
      )}
      ${knob(
        html`γ`,
        "guesses a round",
        [1, 16, 1],
        gamma,
        String,
        (it) => set({ gamma: it }),
        rounds === null
          ? nothing
          : html`this run: ${rounds.length.toFixed(1)} guesses, ${rounds.tokens.toFixed(2)} tokens a
            round`,
        "gamma",
      )}
    </div>
    <p class="said" data-testid="gain">${gainSentence(point, cost)}</p>
    <div class="plots">
      <figure>
        <figcaption><span class="tag">modelled</span> the gain</figcaption>
        ${gainPlot(point, own, run, half)}
        <ul class="keys">
          <li>${stroke("curve")} passes of any width alike</li>
          ${own ? html`<li>${stroke("curve wide")} as wide as they are, on ${machine.name}</li>` : nothing}
          ${run ? html`<li>${disc("run")} its tokens a round, at this c</li>` : nothing}
          ${run?.measured != null ? html`<li>${rhomb()} its measured gain in time, here</li>` : nothing}
        </ul>
      </figure>
      <figure>
        <figcaption><span class="tag solid">counted</span> against <i>αⁱ</i></figcaption>
        ${positionPlot(reachOf(state), reachOf(end).length, alpha, half)}
        <ul class="keys">
          <li>${square()} this run so far, of the drafts that were long enough</li>
          <li>${stroke("curve wide")} every guess kept with α</li>
        </ul>
      </figure>
      <figure>
        <figcaption><span class="tag">modelled</span> the best γ</figcaption>
        ${bestMap(alpha, c, half)}
      </figure>
      <figure>
        <figcaption><span class="tag">modelled</span> time falls, operations rise</figcaption>
        ${operationsPlot(point, cost, run, half)}
      </figure>
    </div>`;
}

function knob(
  name: TemplateResult,
  title: string,
  [low, high, step]: [number, number, number],
  value: number,
  said: (value: number) => string,
  set: (value: number) => void,
  from: unknown,
  id: string,
): TemplateResult {
  return html`<div class="knob">
    <label class="slider" title=${title}>
      <span>${name}</span>
      <input
        type="range"
        data-own-keys
        data-own-keys
        min=${low}
        max=${high}
        step=${step}
        .value=${String(value)}
        aria-label="${id}: ${title}"
        data-testid="knob-${id}"
        @input=${(event: Event) => set(Number((event.target as HTMLInputElement).value))}
      />
      <output>${said(value)}</output>
    </label>
    <div class="from">${from}</div>
  </div>`;
}

const stroke = (kind: string): TemplateResult =>
  html`<svg width="22" height="10" aria-hidden="true">
    <path class=${kind} d="M0 5h22"></path>
  </svg>`;
const disc = (kind: string): TemplateResult =>
  html`<svg width="12" height="12" aria-hidden="true">
    <g class=${kind}><circle cx="6" cy="6" r="5"></circle></g>
  </svg>`;
const rhomb = (): TemplateResult =>
  html`<svg width="12" height="12" aria-hidden="true">
    <path class="run-measured" d="M6 0l6 6-6 6-6-6z"></path>
  </svg>`;
const square = (): TemplateResult =>
  html`<svg width="12" height="12" aria-hidden="true">
    <rect class="counted" x="1" y="1" width="10" height="10"></rect>
  </svg>`;
