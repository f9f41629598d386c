/** One scrubber for several runs, aligned by passes, tokens or time. */
import { LitElement, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Trace } from "../generated/Trace.ts";
import { course, type Axis, type Course } from "./align.ts";
import { t } from "../language/t.ts";

const AXES: { axis: Axis; label: string; unit: string }[] = [
  { axis: "passes", label: "Target passes", unit: "passes" },
  { axis: "tokens", label: "Tokens", unit: "tokens" },
  { axis: "time", label: "Time", unit: "ms" },
];

/** @event places - `detail`: for each trace, the number of events to show */
@customElement("decodescope-compare-bar")
export class CompareBar extends LitElement {
  @property({ attribute: false }) traces: Trace[] = [];
  @state() private axis: Axis = "passes";
  @state() private value = 0;
  #courses: Course[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("traces") && !changed.has("axis")) return;
    const share = changed.has("traces") ? 1 : this.value / (this.#length || 1);
    this.#courses = this.traces.map((trace) => course(trace, this.axis));
    this.value = share * this.#length;
  }

  get #length(): number {
    return Math.max(0, ...this.#courses.map((it) => it.length));
  }

  protected override render(): TemplateResult {
    const { unit } = AXES.find((it) => it.axis === this.axis)!;
    const now = `${this.axis === "time" ? this.value.toFixed(0) : Math.round(this.value)} ${unit}`;
    return html`
      <div class="compare-bar" role="group" aria-label=${t`All runs together`}>
        <label>
          ${t`Aligned by`}
          <select
            data-testid="axis"
            @change=${(event: Event) => {
              this.axis = AXES[(event.target as HTMLSelectElement).selectedIndex]!.axis;
            }}
          >
            ${AXES.map((it) => html`<option ?selected=${it.axis === this.axis}>${t(it.label)}</option>`)}
          </select>
        </label>
        <input
          type="range"
          data-testid="shared-scrubber"
          aria-label=${t`Place in all runs`}
          aria-valuetext=${now}
          min="0"
          max=${this.#length}
          step=${this.axis === "time" ? Math.max(this.#length / 500, 0.1) : 1}
          .value=${String(this.value)}
          @input=${(event: Event) => this.#go((event.target as HTMLInputElement).valueAsNumber)}
        />
        <output>${now}</output>
      </div>
    `;
  }

  #go(value: number): void {
    this.value = value;
    const detail = this.#courses.map((course) => course.indexAt(value));
    this.dispatchEvent(new CustomEvent<number[]>("places", { detail }));
  }
}
