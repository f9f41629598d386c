/**
 * <decodescope-cost>: what a run costs, in three parts. Loaded when a reader opens the view; it
 * takes the figure's scene and holds nothing but the reader's choices.
 */
import { LitElement, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Scene } from "../../views/view.ts";
import { acceptancePart, type Knobs } from "./acceptance-part.ts";
import { watch } from "./chosen.ts";
import { latencyPart } from "./latency-part.ts";
import { machinePart } from "./machine-part.ts";
import { costStyles } from "./styles.ts";

type Part = "machine" | "acceptance" | "latency";

const PARTS: readonly { id: Part; title: string }[] = [
  { id: "machine", title: "Machine" },
  { id: "acceptance", title: "Guessing" },
  { id: "latency", title: "Draft latency" },
];

/** Stages narrower than this, in CSS pixels, put figures below one another. */
const NARROW = 512;
/** Padding on both sides. */
const MARGINS = 32;

@customElement("decodescope-cost")
export class CostPanel extends LitElement {
  static override styles = costStyles;

  /** What the figure shows now. */
  @property({ attribute: false }) scene: Scene | null = null;
  @state() private open: Part = "machine";
  @state() private knobs: Knobs = { alpha: null, c: null, gamma: null };
  #leave: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#leave = watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave?.();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("scene")) this.toggleAttribute("narrow", (this.scene?.width ?? 0) < NARROW);
  }

  protected override render(): TemplateResult {
    const { scene } = this;
    if (!scene) return html``;
    const width = Math.max(240, scene.width - MARGINS);
    return html`<div class="parts" role="group" aria-label="Parts of the cost">
        ${PARTS.map(
          ({ id, title }) =>
            html`<button
              type="button"
              aria-pressed=${id === this.open}
              data-testid="part-${id}"
              @click=${() => (this.open = id)}
            >
              ${title}
            </button>`,
        )}
      </div>
      ${this.#body(scene, width)}`;
  }

  #body(scene: Scene, width: number): TemplateResult {
    switch (this.open) {
      case "machine":
        return machinePart(scene, width);
      case "acceptance":
        return acceptancePart(scene, width, this.knobs, (change) => {
          this.knobs = { ...this.knobs, ...change };
        });
      case "latency":
        return latencyPart(scene, width);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "decodescope-cost": CostPanel;
  }
}
