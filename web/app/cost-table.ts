/**
 * Every recorded run on every machine: modelled speed-up over plain decoding. The runs are fetched
 * when the reader asks for them, since together they are far larger than the page.
 */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import examples from "virtual:examples";
import methods from "virtual:methods";
import { current, machines, watch } from "../cost/panel/chosen.ts";
import { times } from "../cost/panel/units.ts";
import { judge, type Models } from "../cost/replay.ts";
import { fold } from "../trace/fold.ts";
import type { State } from "../trace/state.ts";
import { stats } from "../trace/stats.ts";
import { fetchExample } from "./examples.ts";

interface Run {
  readonly title: string;
  readonly end: State;
  readonly models: Models;
}

@customElement("decodescope-cost-table")
export class CostTable extends LitElement {
  @state() private runs: readonly Run[] = [];
  @state() private asked = false;
  @state() private problem = "";
  #leave: (() => void) | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#leave = watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave?.();
  }

  readonly #load = async (): Promise<void> => {
    this.asked = true;
    // In the order of the list of methods, which is that of their families.
    for (const { id, title } of methods) {
      const example = examples.find((it) => it.method === id);
      if (!example) continue;
      try {
        const trace = await fetchExample(example.id);
        this.runs = [...this.runs, { title, end: fold(trace.events), models: trace.models }];
      } catch (thrown) {
        this.problem = (thrown as Error).message;
      }
    }
  };

  protected override render(): TemplateResult {
    if (!this.asked) {
      return html`<button type="button" data-testid="price-all" @click=${() => void this.#load()}>
        Price all ${examples.length} recorded runs
      </button>`;
    }
    const chosen = current();
    const all = machines(chosen);
    return html`<div class="cost-table">
      <table data-testid="cost-table">
        <caption>
          <b>Modelled</b>
          speed-up over plain decoding of the same text, of the recorded runs. Their prompts and
          settings differ: compare machines along a row, not methods down a column.
        </caption>
        <thead>
          <tr>
            <th scope="col">recorded run</th>
            <th scope="col">tokens a pass</th>
            ${all.map((it) => html`<th scope="col">${it.name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${this.runs.map(({ title, end, models }) => {
            const gains = all.map((it) => judge(end, models, it, chosen.apart)?.speedUp ?? null);
            const tokens = stats(end, null, false).tokensPerPass;
            return html`<tr>
              <th scope="row">${title}</th>
              <td>${tokens === null ? "–" : tokens.toFixed(2)}</td>
              ${gains.map(
                (it) =>
                  html`<td
                    class=${it === null ? nothing : it >= 1.005 ? "gains" : it < 0.995 ? "loses" : nothing}
                  >
                    ${it === null ? "–" : times(it)}
                  </td>`,
              )}
            </tr>`;
          })}
        </tbody>
      </table>
      ${this.problem === "" ? nothing : html`<p role="alert">${this.problem}</p>`}
    </div>`;
  }
}
