/** Another trace beside this run: where their texts part, and what was set otherwise. */
import { html, nothing, type TemplateResult } from "lit";
import { failureOf } from "../engine/failure.ts";
import { MAX_BYTES } from "../import/imported.ts";
import { read } from "../import/read.ts";
import { diff, type Difference, type Side } from "../trace/diff.ts";
import type { Host } from "./parts.ts";

export class CompareTab {
  readonly #host: Host;
  #name = "";
  #found: Difference | null = null;
  #problem = "";

  constructor(host: Host) {
    this.#host = host;
  }

  /** What stands on the page stays, whatever the file holds. */
  async open(file: File | undefined): Promise<void> {
    if (!file) return;
    [this.#name, this.#found, this.#problem] = [file.name, null, ""];
    try {
      if (file.size > MAX_BYTES)
        throw new Error(
          `it has ${Math.round(file.size / 1e6)} MB, and at most ${MAX_BYTES / 1e6} MB are read.`,
        );
      const other = read(await file.text());
      if (other.kind === "aggregates")
        throw new Error("it holds counts of a server, not a run with its tokens.");
      this.#found = diff(this.#host.shared.trace, other.trace);
    } catch (thrown) {
      this.#problem = `“${file.name}” cannot be compared: ${failureOf(thrown).message}`;
    }
    this.#host.requestUpdate();
  }

  render(): TemplateResult {
    const found = this.#found;
    return html`
      <label
        class="other"
        @dragover=${(event: DragEvent) => event.preventDefault()}
        @drop=${(event: DragEvent) => {
          event.preventDefault();
          event.stopPropagation();
          void this.open(event.dataTransfer?.files[0]);
        }}
      >
        Another trace, to be compared with this run
        <input
          type="file"
          data-testid="other-trace"
          @change=${(event: Event) => void this.open((event.target as HTMLInputElement).files?.[0])}
        />
      </label>
      ${this.#problem ? html`<p class="problem" role="alert">${this.#problem}</p>` : nothing}
      ${found ? this.#shown(found) : nothing}
    `;
  }

  #shown({ settings, shared, parting, event }: Difference): TemplateResult {
    const text = shared.length > 160 ? `…${shared.slice(-160)}` : shared;
    return html`<div class="difference" data-testid="difference">
      ${
        parting
          ? html`<p>
                ${
                  shared
                    ? html`Both runs write <q>${text}</q>, then they part:`
                    : html`The runs differ from their first token on:`
                }
              </p>
              <div class="sides">
                ${this.#side("This run", parting[0], true)}
                ${this.#side(this.#name, parting[1], false)}
              </div>`
          : html`<p>
              Both runs write the same text.
              ${
                event === null
                  ? "Their events are the same as well."
                  : `What they did to write it differs from step ${event + 1} on.`
              }
            </p>`
      }
      ${
        settings.length > 0
          ? html`<table>
              <thead>
                <tr>
                  <th scope="col">What was set otherwise</th>
                  <th scope="col">This run</th>
                  <th scope="col">${this.#name}</th>
                </tr>
              </thead>
              <tbody>
                ${settings.map(
                  ({ name, values }) =>
                    html`<tr>
                      <th scope="row">${name}</th>
                      ${values.map((it) => html`<td>${it}</td>`)}
                    </tr>`,
                )}
              </tbody>
            </table>`
          : html`<p class="help">Method, prompt, seed, models and parameters are the same.</p>`
      }
    </div>`;
  }

  #side(name: string, side: Side, own: boolean): TemplateResult {
    const { token, place, step, status, u, choices } = side;
    return html`<section>
      <h3>${name}</h3>
      <p>
        ${
          token === null
            ? html`ends after ${place} tokens.`
            : html`writes <b class="token">${token}</b> as token ${place + 1}, at step
                ${step}${status ? html` (${status})` : nothing}${
                  u === null ? nothing : html`, u = ${u.toFixed(3)}`
                }.`
        }
      </p>
      ${
        choices.length > 0
          ? html`<table aria-label="Likeliest tokens under the model: ${name}">
              ${choices.map(
                ({ token, p, chosen }) =>
                  html`<tr class=${chosen ? "chosen" : ""}>
                    <th scope="row">${token}${chosen ? " ✓" : ""}</th>
                    <td>${(100 * p).toFixed(1)} %</td>
                  </tr>`,
              )}
            </table>`
          : token === null
            ? nothing
            : html`<p class="help">The trace holds no distribution for it.</p>`
      }
      ${
        own
          ? html`<button
              type="button"
              data-testid="go-to-parting"
              @click=${() => {
                this.#host.shared.figure.seek(step);
                this.#host.close();
              }}
            >
              Show this step
            </button>`
          : nothing
      }
    </section>`;
  }
}
