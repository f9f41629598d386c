/** The form: what to run. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { prompts } from "./address.ts";
import { beginnings } from "./beginnings.ts";
import { fileButton } from "./files.ts";
import "./parameters.ts";
import { methodSelect } from "./method-select.ts";
import { controlsFor, severalPrompts, type PageState } from "./page-state.ts";
import type { Runs } from "./runs.ts";
import type { Params } from "./schema.ts";
import { MAX_COMPARED, MAX_LENGTH, MAX_OTHERS } from "./settings.ts";
import "./share.ts";
import type { Shared } from "./share.ts";
import { sentence } from "./status.ts";
import { t } from "../language/t.ts";

/** `status` says how the engine is; it stands between the buttons and the parameters. */
export function controls(
  page: PageState,
  runs: Runs,
  shared: () => Shared | null,
  status: TemplateResult,
): TemplateResult {
  const { settings } = page;
  return html`
    <div class="field">
      <label for="prompt">${t`Beginning of a text`}</label>
      <textarea
        id="prompt"
        data-testid="prompt"
        rows="3"
        .value=${settings.prompt}
        @input=${(event: Event) => {
          page.typed = true;
          page.choose({ prompt: (event.target as HTMLTextAreaElement).value });
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void runs.run();
        }}
      ></textarea>
      ${beginnings(page)}
    </div>
    ${furtherPrompts(page, runs)}
    <div class="field">
      <label for="method">${t`Method`}</label>
      ${methodSelect("method", settings.method, (id) => page.chooseMethod(id))}
    </div>
    ${comparison(page)}
    <div class="pair">
      ${whole(page, "length", t`New tokens`, [1, MAX_LENGTH])}
      ${whole(page, "seed", t`Seed`, [0, 2 ** 32 - 1])}
    </div>
    ${actions(page, runs, shared)}
    <div role="alert" class="problem" data-testid="problem">${sentence(page.problem)}</div>
    ${
      page.broken && !page.running
        ? html`<p class="broken">
            The run is kept as far as it came.
            <button type="button" data-testid="go-on-cpu" @click=${() => void runs.goOnOnCpu()}>
              Go on with the CPU
            </button>
          </p>`
        : nothing
    }
    ${status}
    <decodescope-parameters
      .controls=${controlsFor(settings.method)}
      .params=${settings.params}
      @params=${(event: CustomEvent<Params>) => page.choose({ params: event.detail })}
    ></decodescope-parameters>
  `;
}

/** A line for each further prompt, where a method on the page reads several. */
function furtherPrompts(page: PageState, runs: Runs): TemplateResult | typeof nothing {
  const { method, compared, others } = page.settings;
  if (![method, ...compared].some(severalPrompts)) return nothing;
  return html`<div class="field">
    <label for="others">${t`Further prompts, one a line`}</label>
    <textarea
      id="others"
      data-testid="others"
      rows=${Math.min(MAX_OTHERS, Math.max(3, others.length))}
      aria-describedby="others-help"
      .value=${live(others.join("\n"))}
      @change=${(event: Event) => {
        page.typed = true;
        const lines = (event.target as HTMLTextAreaElement).value.split("\n");
        page.choose({ others: prompts(lines) });
        const said = lines.filter((it) => it.trim() !== "");
        if (said.length > MAX_OTHERS)
          void import("./odd-address.ts").then(({ tooMany }) =>
            page.set({
              problem: tooMany(t`Further prompts, one a line`, said, MAX_OTHERS).join(" "),
            }),
          );
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.target?.dispatchEvent(new Event("change"));
        void runs.run();
      }}
    ></textarea>
    <p class="help" id="others-help">
      ${t`They share every pass with the first one. At most ${MAX_OTHERS}; the same prompt again gives another sample.`}
    </p>
  </div>`;
}

function actions(page: PageState, runs: Runs, shared: () => Shared | null): TemplateResult {
  const { running, stepped, settings } = page;
  return html`<div class="actions">
    ${
      running
        ? html`<button type="button" class="primary" data-testid="stop" @click=${() => runs.stop()}>
            ${t`Stop`}
          </button>`
        : html`<button type="submit" class="primary" data-testid="run">
            ${stepped ? t`Go on` : t`Run`}
          </button>`
    }
    <button
      type="button"
      data-testid="step"
      ?disabled=${running || settings.compared.length > 0}
      title=${t`One step of the method, usually one pass of the model`}
      @click=${() => void runs.step()}
    >
      ${t`Step`}
    </button>
    ${fileButton(page)}
    <decodescope-share
      .shared=${shared}
      ?disabled=${running || !page.panels[0]?.trace}
    ></decodescope-share>
  </div>`;
}

/** Which methods stand beside the first one. */
function comparison(page: PageState): TemplateResult {
  const { compared } = page.settings;
  const rows = compared.length < MAX_COMPARED - 1 ? [...compared, ""] : compared;
  const set = (index: number, id: string) => {
    const next = [...compared];
    if (id) next[index] = id;
    else next.splice(index, 1);
    page.choose({ compared: next });
  };
  return html`<details class="compare" ?open=${compared.length > 0}>
    <summary data-testid="compare">${t`Compare with another method`}</summary>
    ${rows.map(
      (id, index) =>
        html`<div class="field">
          <label for="compare-${index}"> ${index === 0 ? t`Beside it` : t`And beside that`} </label>
          ${methodSelect(`compare-${index}`, id, (next) => set(index, next), t`none`)}
        </div>`,
    )}
    <p class="help">
      ${t`Same prompt, seed, length and temperature; other parameters as they are by default.`}
    </p>
  </details>`;
}

/** A field for a whole number from `min` to `max`; what it cannot be is put right, and said. */
function whole(
  page: PageState,
  id: "length" | "seed",
  label: string,
  [min, max]: [number, number],
): TemplateResult {
  const value = page.settings[id];
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      data-testid=${id}
      type="number"
      min=${min}
      max=${max}
      step="1"
      .value=${String(value)}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const text = input.value;
        const typed = Math.round(input.valueAsNumber);
        const next = Number.isFinite(typed) ? Math.min(max, Math.max(min, typed)) : value;
        input.value = String(next);
        page.choose({ [id]: next });
        if (text !== "" && Number(text) !== next)
          void import("./odd-address.ts").then(({ cannotBe, wholeNumbers }) =>
            page.set({ problem: cannotBe(label, text, [wholeNumbers(min, max)]) }),
          );
      }}
    />
  </div>`;
}
