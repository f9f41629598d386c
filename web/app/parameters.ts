/** The controls of a method's parameters, built from its JSON Schema. */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { t } from "../language/t.ts";
import { customElement, property } from "lit/decorators.js";
import {
  SLIDER_STEPS,
  clamp,
  fromSlider,
  hasSlider,
  parseList,
  toSlider,
  type ChoiceControl,
  type Control,
  type NumberControl,
  type Params,
  type SwitchControl,
  type TextControl,
  type Value,
} from "./schema.ts";

/**
 * @event params - the values changed; `detail` holds those that differ from their defaults
 */
@customElement("decodescope-parameters")
export class Parameters extends LitElement {
  @property({ attribute: false }) controls: Control[] = [];
  /** Values that differ from their defaults. */
  @property({ attribute: false }) params: Params = {};

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.controls.length === 0) return nothing;
    const changed = Object.keys(this.params).length;
    // Where there is little room the picture comes first, and these wait to be opened.
    return html`<details ?open=${!matchMedia("(max-width: 48rem)").matches}>
      <summary><h2 id="parameters">${t`Parameters`}</h2></summary>
      <button
        class="quiet"
        type="button"
        data-testid="reset"
        ?disabled=${changed === 0}
        @click=${() => this.#tell({})}
      >
        Reset
      </button>
      <div role="group" aria-labelledby="parameters" class="parameters">
        ${this.controls.map((control) => this.#row(control))}
      </div>
    </details>`;
  }

  #row(control: Control): TemplateResult {
    const id = `param-${control.name}`;
    const value = control.name in this.params ? this.params[control.name]! : control.default;
    return html`
      <div class="parameter" ?data-changed=${control.name in this.params}>
        <label for=${id}><code>${control.name}</code></label>
        ${this.#control(control, id, value)}
        <p class="help" id="${id}-help">${control.help}</p>
      </div>
    `;
  }

  #control(control: Control, id: string, value: Value): TemplateResult {
    switch (control.kind) {
      case "number":
        return this.#number(control, id, value as number | null);
      case "choice":
        return this.#choice(control, id, value);
      case "switch":
        return this.#switch(control, id, value as boolean);
      case "text":
        return this.#text(control, id, value);
    }
  }

  #number(control: NumberControl, id: string, value: number | null): TemplateResult {
    const set = (next: number | null) => this.#set(control, next);
    const typed = (event: globalThis.Event) => {
      const input = event.target as HTMLInputElement;
      if (input.value === "" && control.optional) return set(null);
      const next = input.valueAsNumber;
      if (Number.isFinite(next)) set(clamp(control, next));
      // What could not be read goes back to what it was.
      this.requestUpdate();
      input.value = String(
        Number.isFinite(next) ? clamp(control, next) : (value ?? control.default ?? ""),
      );
    };
    return html`
      <span class="number">
        ${
          hasSlider(control)
            ? html`<input
                type="range"
                min="0"
                max=${SLIDER_STEPS}
                .value=${String(toSlider(control, value ?? control.min ?? 0))}
                aria-label="${control.name}, slider"
                aria-valuetext=${String(value ?? "automatic")}
                @input=${(event: globalThis.Event) =>
                  set(fromSlider(control, Number((event.target as HTMLInputElement).value)))}
                @keydown=${(event: KeyboardEvent) => this.#key(event, control, value)}
              />`
            : nothing
        }
        <input
          type="number"
          id=${id}
          data-testid=${id}
          aria-describedby="${id}-help"
          min=${control.min ?? nothing}
          max=${control.max ?? nothing}
          step=${control.integer ? 1 : "any"}
          placeholder=${control.optional ? "auto" : nothing}
          .value=${value === null ? "" : String(value)}
          @change=${typed}
        />
      </span>
    `;
  }

  /** Arrow keys move a slider by one step of the parameter, whatever its curve. */
  #key(event: KeyboardEvent, control: NumberControl, value: number | null): void {
    const sign = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!sign) return;
    event.preventDefault();
    const next = (value ?? control.min ?? 0) + sign * control.step;
    this.#set(control, clamp(control, Number(next.toPrecision(7))));
  }

  #choice(control: ChoiceControl, id: string, value: Value): TemplateResult {
    return html`
      <select
        id=${id}
        data-testid=${id}
        aria-describedby="${id}-help"
        @change=${(event: globalThis.Event) => {
          const { selectedIndex } = event.target as HTMLSelectElement;
          this.#set(control, control.choices[selectedIndex]!.value);
        }}
      >
        ${control.choices.map(
          (choice) =>
            html`<option ?selected=${choice.value === value} title=${choice.help || nothing}>
              ${choice.label}
            </option>`,
        )}
      </select>
    `;
  }

  #switch(control: SwitchControl, id: string, value: boolean): TemplateResult {
    return html`<input
      type="checkbox"
      id=${id}
      data-testid=${id}
      aria-describedby="${id}-help"
      .checked=${value}
      @change=${(event: globalThis.Event) =>
        this.#set(control, (event.target as HTMLInputElement).checked)}
    />`;
  }

  #text(control: TextControl, id: string, value: Value): TemplateResult {
    const shown = control.list ? JSON.stringify(value ?? []) : String(value ?? "");
    return html`<input
      type="text"
      id=${id}
      data-testid=${id}
      aria-describedby="${id}-help"
      .value=${shown}
      @change=${(event: globalThis.Event) => {
        const input = event.target as HTMLInputElement;
        const next = control.list ? parseList(input.value) : input.value;
        if (next === undefined) input.value = shown;
        else this.#set(control, next);
      }}
    />`;
  }

  #set(control: Control, value: Value): void {
    const params = { ...this.params, [control.name]: value };
    if (JSON.stringify(value) === JSON.stringify(control.default)) delete params[control.name];
    this.#tell(params);
  }

  #tell(params: Params): void {
    this.params = params;
    this.dispatchEvent(new CustomEvent<Params>("params", { detail: params }));
  }
}
