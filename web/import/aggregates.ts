/** Acceptance as a server reports it, over many rounds at once: bars by place, and no steps. */
import { LitElement, html, nothing, svg, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Aggregate } from "./imported.ts";

const BAR = 40;
const HEIGHT = 108;
const TOP = 18;

/**
 * @event close The reader has seen enough.
 */
@customElement("decodescope-aggregates")
export class Aggregates extends LitElement {
  /** The file's name. */
  @property({ attribute: false }) name = "";
  @property({ attribute: false }) list: readonly Aggregate[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<article class="panel aggregates" aria-labelledby="aggregates">
      <div class="heading">
        <h2 id="aggregates">Acceptance, as a server reports it</h2>
        <p class="caption">From a file: ${this.name}</p>
      </div>
      <p class="help">
        Aggregates, no steps: these are totals over many rounds, so there is no run to play.
      </p>
      <div class="aggregate-list">${this.list.map(one)}</div>
      <button
        type="button"
        data-testid="close-aggregates"
        @click=${() => this.dispatchEvent(new CustomEvent("close"))}
      >
        Close
      </button>
    </article>`;
  }
}

function one(it: Aggregate): TemplateResult {
  const title = [it.source, it.of].filter((part) => part !== "").join(", ");
  return html`<figure class="aggregate">
    <figcaption>${title}</figcaption>
    ${it.byPosition.length > 0 ? bars(it.byPosition, title) : nothing}
    <dl>
      ${fact("Tokens a pass", it.meanLength?.toFixed(2), "the target's own token included")}
      ${fact("Guesses kept", it.rate === null ? undefined : percent(it.rate), counts(it))}
      ${fact("Rounds", it.drafts?.toLocaleString("en"), "")}
    </dl>
  </figure>`;
}

const counts = ({ accepted, drafted }: Aggregate): string =>
  accepted === null || drafted === null
    ? ""
    : `${accepted.toLocaleString("en")} of ${drafted.toLocaleString("en")}`;

function fact(name: string, value: string | undefined, more: string) {
  if (value === undefined) return nothing;
  return html`<div>
    <dt>${name}</dt>
    <dd><strong>${value}</strong>${more === "" ? nothing : html` <small>${more}</small>`}</dd>
  </div>`;
}

/** How often the guess at each place was kept. */
function bars(shares: readonly number[], title: string): TemplateResult {
  const width = shares.length * BAR + 4;
  const base = TOP + HEIGHT;
  const said = shares.map((share, i) => `place ${i + 1}: ${percent(share)}`).join(", ");
  return html`<div class="aggregate-bars">
    <svg
      width=${width}
      height=${base + 20}
      viewBox="0 0 ${width} ${base + 20}"
      role="img"
      aria-label="How often the guess at each place was kept (${title}): ${said}"
    >
      ${shares.map((share, i) => {
        const tall = Math.min(1, Math.max(0, share)) * HEIGHT;
        const x = i * BAR + BAR / 2 + 2;
        return svg`<rect class="reach" x=${x - 13} y=${TOP} width="26" height=${HEIGHT}></rect>
          <rect class="share" x=${x - 13} y=${base - tall} width="26" height=${tall}></rect>
          <text x=${x} y=${base - tall - 5} text-anchor="middle">${percent(share)}</text>
          <text class="place" x=${x} y=${base + 15} text-anchor="middle">${i + 1}</text>`;
      })}
      <line x1="0" x2=${width} y1=${base} y2=${base}></line>
    </svg>
    <p class="help">kept, by place of the guess after the text</p>
  </div>`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

declare global {
  interface HTMLElementTagNameMap {
    "decodescope-aggregates": Aggregates;
  }
}
