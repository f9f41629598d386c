/** Links to the settings, to this moment, and one that holds the whole run. */
import { html, type TemplateResult } from "lit";
import { soFar } from "../trace/so-far.ts";
import { MAX_PACKED, pack } from "../app/packed.ts";
import { copied, type Host } from "./parts.ts";

export class LinkTab {
  readonly #host: Host;
  /** The run as a hash; empty while it is packed. */
  #packed = "";

  constructor(host: Host) {
    this.#host = host;
    void pack(JSON.stringify(soFar(host.shared.trace))).then((packed) => {
      this.#packed = packed;
      host.requestUpdate();
    });
  }

  render(): TemplateResult {
    const { settings, moment, figure, origin } = this.#host.shared;
    const place = `step ${figure.index} of ${figure.length}`;
    const again = origin === "run" || origin === "file";
    return html`
      ${copied(this.#host, "settings", "These settings", settings)}
      ${copied(this.#host, "moment", `This moment: ${place}`, moment)}
      ${
        again
          ? html`<p class="help">
              Who opens it makes the run again, with the same seed, and sees this moment of it.
            </p>`
          : ""
      }
      ${this.#whole(moment.split("#")[0]!)}
    `;
  }

  #whole(moment: string): TemplateResult {
    const packed = this.#packed;
    if (packed && packed.length <= MAX_PACKED)
      return copied(this.#host, "trace", "The whole run, without a server", moment + packed);
    const { origin, from, settings } = this.#host.shared;
    const page = settings.split("?")[0]!;
    const said = packed
      ? html`The whole run takes ${(packed.length / 1000).toFixed(1)} kB in a link, more than the
        ${MAX_PACKED / 1000} kB that links carry safely.`
      : "";
    const known = origin === "example" || origin === "address";
    return html`<p class="help" data-testid="too-long">
      ${said}
      ${
        known
          ? html`The links above name the run where it
            lies${origin === "address" ? html`, ${from}` : ""}.`
          : html`Save it as a file (under Data), put that on a server that other pages may read, and
              share <code>${page}?trace=https://…/${this.#host.shared.method}.json</code>`
      }
    </p>`;
  }
}
