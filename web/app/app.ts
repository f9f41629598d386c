/** The playground: what the reader chose, the runs on the page, and the engine that makes them. */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import examples from "virtual:examples";
import methods from "virtual:methods";
import "../components/decodescope-figure.ts";
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { Family } from "../generated/Family.ts";
import type { Trace } from "../generated/Trace.ts";
import type { Choice } from "../engine/capability.ts";
import type { EngineClient } from "../engine/client.ts";
import { failureOf } from "../engine/failure.ts";
import type { Engines, EngineStatus } from "../engine/handles.ts";
import { read, write, type Moment } from "./address.ts";
import "./compare-bar.ts";
import { fetchExample, type Example } from "./examples.ts";
import "./method-page.ts";
import { unpack } from "./packed.ts";
import { Panel, type Origin } from "./panel.ts";
import "./parameters.ts";
import { changed, controlsOf, type Params } from "./schema.ts";
import { MAX_COMPARED, MAX_LENGTH, type Settings } from "./settings.ts";
import "./share.ts";
import { sentence, statusLine } from "./status.ts";
import { promptOf } from "./text-of.ts";

const FAMILIES: Record<Family, string> = {
  sampling: "Sampling",
  speculative: "Draft and verify",
  parallel: "Parallel decoding",
  search: "Search",
  contrastive: "Contrastive",
};

/** A method parameter that all methods of a comparison share. */
const SHARED_PARAMETER = "temperature";

/** Rounds after which a recorded example opens: enough to see what the method does. */
const OPENING_ROUNDS = 3;

const titleOf = (id: string) => methods.find((it) => it.id === id)?.title ?? id;
const schemaOf = (id: string) => methods.find((it) => it.id === id)?.schema;

@customElement("decodescope-app")
export class App extends LitElement {
  /** Set by `main.ts` before the element joins the page. */
  engines!: Engines;

  @state() private settings: Settings;
  @state() private panels: Panel[] = [];
  @state() private status: EngineStatus = { state: "waiting" };
  @state() private downloadBytes: number | null = null;
  @state() private problem = "";
  @state() private running = false;
  /** Lets the models load, while a reader who saves data is asked. */
  @state() private allow: (() => void) | null = null;
  /** A run that rests between steps. */
  @state() private stepped: { client: EngineClient; run: number } | null = null;
  @state() private example: string | null;

  /** The reader pressed Stop: methods of a comparison that wait do not begin. */
  #stopped = false;
  #moment: Moment | null;
  /** The reader typed a prompt: nothing but the reader replaces it. */
  #typed: boolean;
  /** The reader, or the address, chose more than a method. */
  #touched: boolean;
  /** The last run of each method, to come back to. */
  readonly #runs = new Map<string, Trace>();

  constructor() {
    super();
    const address = read(location.search, methods);
    this.settings = address.settings;
    this.example = address.example;
    this.#moment = address.moment;
    const named = [...new URLSearchParams(location.search).keys()];
    this.#typed = named.includes("prompt");
    this.#touched = named.some((name) => !["device", "method", "with"].includes(name));
    this.panels = this.#panelsFor(address.settings);
  }

  /** Called with every change of the engine's state. */
  onStatus = (status: EngineStatus): void => {
    this.status = status;
  };

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#open();
  }

  /** Loads the engine. A reader who saves data is asked first. */
  async wake(): Promise<Choice> {
    await this.updateComplete;
    this.downloadBytes = await this.engines.downloadBytes().catch(() => null);
    const { connection } = navigator as { connection?: { saveData?: boolean } };
    if (connection?.saveData) {
      await new Promise<void>((allow) => {
        this.allow = allow;
      });
      this.allow = null;
    }
    return this.engines.prepare();
  }

  // ── What is shown first ────────────────────────────────────────────────────────────────────

  async #open(): Promise<void> {
    const fromLink = await this.#openLink();
    if (!fromLink) await this.#openFirst();
    await this.updateComplete;
    this.dispatchEvent(new CustomEvent("shown"));
  }

  /** A trace that the address itself holds. */
  async #openLink(): Promise<boolean> {
    try {
      const json = await unpack(location.hash);
      if (json === undefined) return false;
      const { loadTrace } = await import("../trace/load.ts");
      this.#adopt(loadTrace(json), "link");
      return true;
    } catch (thrown) {
      this.problem = failureOf(thrown).message;
      return false;
    }
  }

  async #openFirst(): Promise<void> {
    if (this.example) return this.#openExample(this.example);
    const moment = this.#moment;
    await this.#preview(0);
    this.panels.forEach((_, index) => void this.#preview(index));
    // A link to a moment of a run of one's own: make the run again, then go there.
    if (moment && this.panels[0]?.origin !== "run") {
      void this.#run().then(() => this.#goTo(moment, this.#figures()[0]));
    }
  }

  /** Shows the recorded example of a panel's method, if there is one. */
  async #preview(index: number): Promise<void> {
    const panel = this.panels[index];
    const example = examples.find((it) => it.method === panel?.method);
    if (!panel || !example || panel.trace) return;
    try {
      const trace = await fetchExample(example.id);
      if (panel.trace || !this.panels.includes(panel)) return;
      if (index === 0 && !this.#touched) this.settings = this.#settingsOf(trace);
      // Side by side, only runs of the same prompt are worth a look.
      if (index > 0 && promptOf(trace) !== this.settings.prompt) return;
      panel.show(trace, "example");
      this.panels = [...this.panels];
    } catch (thrown) {
      this.problem = failureOf(thrown).message;
    }
  }

  async #openExample(id: string): Promise<void> {
    this.problem = "";
    try {
      const trace = await fetchExample(id);
      this.example = id;
      this.#adopt(trace, "example");
    } catch (thrown) {
      this.example = null;
      this.problem = failureOf(thrown).message;
    }
  }

  /** Shows a trace and takes its settings over, so that Run makes it again. */
  #adopt(trace: Trace, origin: Origin): void {
    this.settings = { ...this.#settingsOf(trace), compared: [] };
    const panel = new Panel(trace.method);
    panel.show(trace, origin);
    this.stepped = null;
    this.panels = [panel];
  }

  /** The settings that make a trace again; a prompt that the reader typed stays. */
  #settingsOf(trace: Trace): Settings {
    const { method, seed, max_new_tokens: length } = trace;
    // A run of a method that this page does not know can be looked at, not made again.
    if (!methods.some((it) => it.id === method)) return this.settings;
    const params = changed(controlsOf(schemaOf(method)), trace.params as Params);
    const prompt = this.#typed ? this.settings.prompt : promptOf(trace);
    return { ...this.settings, method, params, seed, length, prompt };
  }

  // ── What the reader chooses ────────────────────────────────────────────────────────────────

  #panelsFor(settings: Settings): Panel[] {
    return [settings.method, ...settings.compared].map((method) => {
      const panel = new Panel(method);
      const run = this.#runs.get(method);
      if (run) panel.show(run, "run");
      return panel;
    });
  }

  /** Takes new settings; the pictures stay unless the methods are others. */
  #choose(change: Partial<Settings>): void {
    if (!("method" in change || "compared" in change)) this.#touched = true;
    const before = [this.settings.method, ...this.settings.compared].join();
    this.settings = { ...this.settings, ...change };
    this.example = null;
    this.stepped = null;
    const after = [this.settings.method, ...this.settings.compared].join();
    if (before !== after) {
      this.engines.stop();
      this.panels = this.#panelsFor(this.settings);
      this.panels.forEach((_, index) => void this.#preview(index));
    }
    this.#writeAddress();
  }

  #chooseMethod(method: string): void {
    const names = new Set(controlsOf(schemaOf(method)).map((it) => it.name));
    const kept = Object.entries(this.settings.params).filter(
      ([name]) => name === SHARED_PARAMETER && names.has(name),
    );
    this.#choose({ method, params: Object.fromEntries(kept) });
  }

  #writeAddress(): void {
    history.replaceState(null, "", location.pathname + this.#query(null));
  }

  #query(moment: Moment | null): string {
    const device = new URLSearchParams(location.search).get("device");
    return write({ settings: this.settings, example: this.example, moment }, device);
  }

  readonly #links = () => {
    const figure = this.#figures()[0];
    const moment = figure ? { at: figure.index, node: figure.selection.node } : null;
    const page = location.origin + location.pathname;
    return { settings: page + this.#query(null), moment: page + this.#query(moment) };
  };

  // ── Runs ───────────────────────────────────────────────────────────────────────────────────

  /** The parameters for a method of the comparison. */
  #paramsFor(method: string): Params {
    if (method === this.settings.method) return this.settings.params;
    const shared = this.settings.params[SHARED_PARAMETER];
    const knows = controlsOf(schemaOf(method)).some((it) => it.name === SHARED_PARAMETER);
    return shared !== undefined && knows ? { [SHARED_PARAMETER]: shared } : {};
  }

  #request(method: string) {
    const { prompt, seed, length } = this.settings;
    return { method, params: this.#paramsFor(method), prompt, seed, maxNewTokens: length };
  }

  #watch(panel: Panel) {
    return {
      onBegin: (trace: Trace) => {
        panel.begin(trace);
        this.panels = [...this.panels];
      },
      onBatch: (batch: Parameters<Panel["append"]>[0]) => panel.append(batch),
    };
  }

  async #run(): Promise<void> {
    if (this.running) return;
    await this.#guarded(async () => {
      const stepped = this.stepped;
      if (stepped) {
        // Goes on where the steps have led.
        this.stepped = null;
        const { trace } = await stepped.client.advance(stepped.run, Infinity);
        return this.#settle(this.panels[0]!, trace);
      }
      this.example = null;
      this.#writeAddress();
      for (const panel of [...this.panels]) {
        if (this.#stopped || !this.panels.includes(panel)) return;
        this.#settle(
          panel,
          await this.engines.run(this.#request(panel.method), this.#watch(panel)),
        );
      }
    });
  }

  /** One step of the method; the first begins a run. */
  async #step(): Promise<void> {
    if (this.running) return;
    await this.#guarded(async () => {
      const panel = this.panels[0]!;
      let { stepped } = this;
      if (!stepped) {
        this.example = null;
        this.#writeAddress();
        const request = this.#request(panel.method);
        const client = await this.engines.client();
        const roles = this.engines.rolesOf(panel.method);
        const run = await client.begin(request, roles, this.#watch(panel));
        stepped = { client, run };
        await this.updateComplete;
      }
      const { finished, trace } = await stepped.client.advance(stepped.run, 1);
      this.stepped = finished ? null : stepped;
      if (finished) this.#settle(panel, trace);
    });
  }

  async #guarded(job: () => Promise<void>): Promise<void> {
    this.problem = "";
    this.#stopped = false;
    if (this.status.state === "failed" && !(await this.#prepare())) return;
    this.running = true;
    try {
      await job();
    } catch (thrown) {
      this.problem = failureOf(thrown).message;
      this.stepped = null;
      for (const panel of this.panels) {
        if (panel.live) panel.finish();
      }
    } finally {
      this.running = false;
      this.panels = [...this.panels];
    }
  }

  #settle(panel: Panel, trace: Trace): void {
    panel.finish(trace);
    this.#runs.set(panel.method, trace);
    this.panels = [...this.panels];
  }

  #stop(): void {
    this.#stopped = true;
    this.engines.stop();
  }

  async #prepare(): Promise<boolean> {
    return this.engines.prepare().then(
      () => true,
      () => false,
    );
  }

  async #openFile(file: File | undefined): Promise<void> {
    if (!file) return;
    this.problem = "";
    try {
      const { loadTrace } = await import("../trace/load.ts");
      this.#adopt(loadTrace(await file.text()), "file");
      this.#writeAddress();
    } catch (thrown) {
      this.problem = `This file cannot be opened: ${failureOf(thrown).message}`;
    }
  }

  // ── Figures ────────────────────────────────────────────────────────────────────────────────

  #figures(): DecodescopeFigure[] {
    return [...this.querySelectorAll("decodescope-figure")];
  }

  protected override updated(): void {
    const figures = this.#figures();
    figures.forEach((figure) => {
      const panel = this.panels[Number(figure.dataset.panel)];
      if (!panel?.given || panel.isShownBy(figure)) return;
      void figure.updateComplete.then(() => {
        if (panel.isShownBy(figure)) return;
        panel.attach(figure);
        if (!panel.live) this.#place(panel, figure);
      });
    });
  }

  #goTo({ at, node }: Moment, figure: DecodescopeFigure | undefined): void {
    figure?.seek(at);
    if (node !== null) figure?.select({ node, token: null, round: null });
  }

  /** Where a picture opens. */
  #place(panel: Panel, figure: DecodescopeFigure): void {
    const moment = this.#moment;
    if (moment && panel === this.panels[0]) {
      this.#moment = null;
      this.#goTo(moment, figure);
    } else if (panel.origin === "example" && this.panels.length === 1) {
      figure.step(OPENING_ROUNDS, "round");
    } else {
      figure.seekFraction(1);
    }
  }

  // ── Drawing ────────────────────────────────────────────────────────────────────────────────

  protected override render(): TemplateResult {
    const comparing = this.panels.length > 1;
    return html`
      <a class="skip" href="#picture">Skip to the picture</a>
      <header class="top">
        <h1>Decodescope</h1>
        <p>Watch a language model choose its words, one step at a time.</p>
      </header>
      <main class=${comparing ? "comparing" : ""}>
        <form class="controls" aria-label="What to run" @submit=${this.#submitted}>
          ${this.#controls()}
        </form>
        <section id="picture" class="picture" tabindex="-1" aria-label="The run">
          ${this.#pictures(comparing)}
        </section>
        <section class="reading">
          <decodescope-method-page .method=${this.settings.method}></decodescope-method-page>
          ${this.#gallery()}
        </section>
      </main>
    `;
  }

  readonly #submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#run();
  };

  #controls(): TemplateResult {
    const { settings } = this;
    const controls = controlsOf(schemaOf(settings.method));
    return html`
      <div class="field">
        <label for="prompt">Beginning of a text</label>
        <textarea
          id="prompt"
          data-testid="prompt"
          rows="3"
          .value=${settings.prompt}
          @input=${(event: Event) => {
            this.#typed = true;
            this.#choose({ prompt: (event.target as HTMLTextAreaElement).value });
          }}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.#run();
          }}
        ></textarea>
      </div>
      <div class="field">
        <label for="method">Method</label>
        ${this.#methodSelect("method", settings.method, (id) => this.#chooseMethod(id))}
      </div>
      ${this.#comparison()}
      <div class="pair">
        ${this.#whole("length", "New tokens", settings.length, 1, MAX_LENGTH, (length) => ({ length }))}
        ${this.#whole("seed", "Seed", settings.seed, 0, 2 ** 32 - 1, (seed) => ({ seed }))}
      </div>
      <div class="actions">
        ${
          this.running
            ? html`<button type="button" class="primary" data-testid="stop" @click=${this.#stop}>
                Stop
              </button>`
            : html`<button type="submit" class="primary" data-testid="run">
                ${this.stepped ? "Go on" : "Run"}
              </button>`
        }
        <button
          type="button"
          data-testid="step"
          ?disabled=${this.running || settings.compared.length > 0}
          title="One step of the method, usually one pass of the model"
          @click=${() => void this.#step()}
        >
          Step
        </button>
        <decodescope-share
          .trace=${this.running ? null : (this.panels[0]?.trace ?? null)}
          .links=${this.#links}
        ></decodescope-share>
      </div>
      <div role="alert" class="problem" data-testid="problem">${sentence(this.problem)}</div>
      ${statusLine(this.status, {
        downloadBytes: this.downloadBytes,
        allow: this.allow,
        cancel: () => this.engines.cancelLoad(),
        retry: () => void this.#prepare(),
      })}
      <decodescope-parameters
        .controls=${controls}
        .params=${settings.params}
        @params=${(event: CustomEvent<Params>) => this.#choose({ params: event.detail })}
      ></decodescope-parameters>
    `;
  }

  #methodSelect(id: string, chosen: string, choose: (id: string) => void, none?: string) {
    const families = (Object.keys(FAMILIES) as Family[]).map((family) => ({
      family,
      members: methods.filter((it) => it.family === family),
    }));
    return html`<select
      id=${id}
      data-testid=${id}
      @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
    >
      ${none === undefined ? nothing : html`<option value="" ?selected=${!chosen}>${none}</option>`}
      ${families
        .filter(({ members }) => members.length > 0)
        .map(
          ({ family, members }) =>
            html`<optgroup label=${FAMILIES[family]}>
              ${members.map(
                (it) =>
                  html`<option
                    value=${it.id}
                    ?selected=${it.id === chosen}
                    .selected=${it.id === chosen}
                  >
                    ${it.title}
                  </option>`,
              )}
            </optgroup>`,
        )}
    </select>`;
  }

  #comparison(): TemplateResult {
    const { compared } = this.settings;
    const rows = compared.length < MAX_COMPARED - 1 ? [...compared, ""] : compared;
    const set = (index: number, id: string) => {
      const next = [...compared];
      if (id) next[index] = id;
      else next.splice(index, 1);
      this.#choose({ compared: next });
    };
    return html`<details class="compare" ?open=${compared.length > 0}>
      <summary data-testid="compare">Compare with another method</summary>
      ${rows.map(
        (id, index) =>
          html`<div class="field">
            <label for="compare-${index}"> ${index === 0 ? "Beside it" : "And beside that"} </label>
            ${this.#methodSelect(`compare-${index}`, id, (next) => set(index, next), "none")}
          </div>`,
      )}
      <p class="help">
        Same prompt, seed, length and temperature; other parameters as they are by default.
      </p>
    </details>`;
  }

  #whole(
    id: string,
    label: string,
    value: number,
    min: number,
    max: number,
    change: (value: number) => Partial<Settings>,
  ): TemplateResult {
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
          const typed = Math.round(input.valueAsNumber);
          const next = Number.isFinite(typed) ? Math.min(max, Math.max(min, typed)) : value;
          input.value = String(next);
          this.#choose(change(next));
        }}
      />
    </div>`;
  }

  #pictures(comparing: boolean): TemplateResult {
    const traces = this.panels.map((it) => it.trace);
    const whole = traces.every((it) => it !== null) && !this.running;
    return html`
      ${
        comparing && whole
          ? html`<decodescope-compare-bar
              .traces=${this.#sameList(traces as Trace[])}
              @places=${(event: CustomEvent<number[]>) =>
                this.#figures().forEach((figure, i) => figure.seek(event.detail[i] ?? 0))}
            ></decodescope-compare-bar>`
          : nothing
      }
      <div class="panels" data-count=${this.panels.length}>
        ${repeat(
          this.panels,
          (panel) => panel,
          (panel, index) => this.#picture(panel, index),
        )}
      </div>
    `;
  }

  /** The same array while its items are the same, so that the scrubber keeps its place. */
  #sameList = ((last: Trace[]) => (next: Trace[]) => {
    if (next.length !== last.length || next.some((it, i) => it !== last[i])) last = next;
    return last;
  })([]);

  #picture(panel: Panel, index: number): TemplateResult {
    const method = methods.find((it) => it.id === panel.method);
    return html`<article class="panel" aria-labelledby="panel-${index}">
      <div class="heading">
        <h2 id="panel-${index}">${method?.title ?? panel.method}</h2>
        ${this.#caption(panel)}
      </div>
      ${
        panel.given
          ? html`<decodescope-figure
              data-testid="figure"
              data-panel=${index}
              .trace=${panel.given}
              .live=${panel.live}
              .method=${method ?? null}
            ></decodescope-figure>`
          : html`<p class="empty">Press Run to see this method write.</p>`
      }
    </article>`;
  }

  #caption(panel: Panel): TemplateResult | typeof nothing {
    const { trace } = panel;
    if (!trace) return nothing;
    const where = trace.recorded.device === "webgpu" ? "on WebGPU" : "on the CPU";
    const words = {
      example: "A recorded example",
      run: `A run ${where}, seed ${trace.seed}`,
      file: "From a file",
      link: "From a link",
    }[panel.origin];
    const prompt = promptOf(trace);
    const other = prompt !== this.settings.prompt && panel.origin !== "run";
    return html`<p class="caption" data-testid="caption">
      ${words}${
        other
          ? html`, with another beginning:
              <button
                type="button"
                class="link"
                @click=${() => {
                  this.#typed = false;
                  this.#choose({ prompt });
                }}
              >
                use it
              </button>`
          : nothing
      }
    </p>`;
  }

  #gallery(): TemplateResult {
    // In the order of the list of methods, which is that of their families.
    const order = (method: string) => methods.findIndex((it) => it.id === method);
    const sorted = [...examples].sort((a, b) => order(a.method) - order(b.method));
    return html`<aside class="gallery" aria-labelledby="gallery">
      <h2 id="gallery">Recorded examples</h2>
      <p class="help">They play at once, without a model.</p>
      <ul>
        ${sorted.map((example) => this.#exampleLink(example))}
      </ul>
      <label class="file">
        Open a run from a file
        <input
          type="file"
          accept=".json,application/json"
          data-testid="open-file"
          @change=${(event: Event) => void this.#openFile((event.target as HTMLInputElement).files?.[0])}
        />
      </label>
    </aside>`;
  }

  #exampleLink({ id, method, prompt }: Example): TemplateResult {
    return html`<li>
      <a
        href="?example=${id}"
        data-testid="example"
        data-example=${id}
        aria-current=${id === this.example ? "true" : nothing}
        @click=${(event: MouseEvent) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          void this.#openExample(id).then(() => this.#writeAddress());
        }}
      >
        ${titleOf(method)}
      </a>
      <q>${shortened(prompt)}</q>
    </li>`;
  }
}

/** A prompt for a list: its beginning. */
function shortened(text: string): string {
  const LONGEST = 60;
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).trimEnd()}…`;
}
