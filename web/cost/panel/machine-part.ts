/** The first part of the panel: this run on an imaginary machine (hades-cost-panel). */
import { html, nothing, type TemplateResult } from "lit";
import { stats } from "../../trace/stats.ts";
import type { Scene } from "../../views/view.ts";
import { judge, priced, together, type Verdict } from "../replay.ts";
import { current, machines } from "./chosen.ts";
import { machineForm } from "./machine-form.ts";
import { measuredHere, modelled, priceTable } from "./prices.ts";
import { passSentence, rooflinePlot } from "./roofline-plot.ts";
import { inline } from "../../views/part/inline.ts";

export function machinePart(scene: Scene, width: number): TemplateResult {
  const { state, end, models, recorded } = scene;
  const chosen = current();
  const { machine } = chosen;
  const overlap = together(end.passes);
  const apart = chosen.apart && overlap.length > 1;
  const complete = state.index === end.index && end.finishes.length > 0;
  const spent = stats(state, recorded, complete);
  const all = priced(end, models, machine);
  const verdicts = machines(chosen)
    .map((it) => judge(state, models, it, apart))
    .filter((it): it is Verdict => it !== null);
  const own = verdicts.find((it) => it.machine === machine);
  if (all === null || own === undefined) {
    return html`<p class="lead">
        The file does not say how large the models of this run are, so its passes have no modelled
        price.
      </p>
      <div class="pair">${measuredHere(spent, recorded)}</div>`;
  }
  const seen = state.passes.length;
  return html`<p class="lead">
      <b>Modelled, not measured:</b> what the passes of this run would cost on an imaginary machine.
      A pass takes as long as moving its bytes or doing its arithmetic, whichever is slower, and the
      time to start its kernels. <a href="#about=hades-cost-panel">How it is computed</a>
    </p>
    ${machineForm(overlap)}
    <div class="pair">${modelled(own, apart)} ${measuredHere(spent, recorded)}</div>
    <ul class="keys">
      <li><i class="key draft"></i>guessing</li>
      <li><i class="key target"></i>target passes</li>
      <li><i class="key other"></i>everything else</li>
      <li>The prompt’s pass is in every time but that of plain decoding as measured.</li>
    </ul>
    <figure>
      <figcaption><span class="tag">modelled</span> the roof of ${machine.name}</figcaption>
      ${rooflinePlot(all, seen, machine, width)}
      <ul class="keys">
        <li>${dot("pass")} pass of the target</li>
        ${end.passes.some((it) => it.role !== "target") ? html`<li>${diamond()} of another model</li>` : nothing}
        <li>${dot("pass now")} the pass at your place in the run</li>
      </ul>
      <p class="said" style=${inline(`min-height: ${width < 480 ? 8 : 5}em`)}>
        ${passSentence(all[seen - 1], machine)}
      </p>
    </figure>
    <figure class="scroll">${priceTable(verdicts, machine)}</figure>`;
}

const dot = (kind: string): TemplateResult =>
  html`<svg width="12" height="12" aria-hidden="true">
    <circle class=${kind} cx="6" cy="6" r="4.5"></circle>
  </svg>`;

const diamond = (): TemplateResult =>
  html`<svg width="12" height="12" aria-hidden="true">
    <path class="pass draft" d="M6 1l5 5-5 5-5-5z"></path>
  </svg>`;
