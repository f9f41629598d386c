/** The playground: ties the page's state, its runs and its figures together. */
import { LitElement, html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { Choice } from "../engine/capability.ts";
import type { Engines, EngineStatus } from "../engine/handles.ts";
import type { Moment } from "./address.ts";
import { OPENING_ROUNDS, placeOf } from "../player/place.ts";
import { controls } from "./controls.ts";
import { gallery } from "./gallery.ts";
import "./method-page.ts";
import { openFirst, openLink, previewAll } from "./opening.ts";
import { PageState, type Host } from "./page-state.ts";
import type { Panel } from "./panel.ts";
import { pictures } from "./pictures.ts";
import { Runs } from "./runs.ts";
import type { Shared } from "./share.ts";
import { statusLine, type Kept } from "./status.ts";
import { t } from "../language/t.ts";

@customElement("decodescope-app")
export class App extends LitElement implements Host {
  /** Set by `main.ts` before the element joins the page. */
  engines!: Engines;

  @state() private status: EngineStatus = { state: "waiting" };
  /** The first picture stands: what it need not wait for may load now. */
  @state() private shown = false;
  @state() private downloadBytes: number | null = null;
  /** The files of the models, and whether the browser had deleted those of an earlier visit. */
  @state() private models: Kept = { files: [], evicted: false };
  /** Lets the models load, while a reader who saves data is asked. */
  @state() private allow: (() => void) | null = null;

  /** A picture has been placed where the address says. */
  #opened = false;
  readonly #page = new PageState(this, location.search);
  readonly #runs = new Runs(this.#page, () => this.status.state === "failed");

  constructor() {
    super();
    this.#page.onMethods = () => previewAll(this.#page);
  }

  /** What each figure shows, for scripts and tests. */
  get panels(): readonly Panel[] {
    return this.#page.panels;
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
    const { theme, teach } = this.#page.presentation;
    if (theme) document.documentElement.dataset["theme"] = theme;
    document.documentElement.toggleAttribute("data-teach", teach);
    document.addEventListener("visibilitychange", () => {
      for (const figure of this.#figures()) figure.sleep(document.hidden);
    });
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
    const { wasEvicted } = await import("./kept-model.ts");
    const files = await this.engines.files().catch(() => []);
    this.models = { files, evicted: await wasEvicted(files) };
    return this.engines.prepare();
  }

  async #open(): Promise<void> {
    const page = this.#page;
    const { moment } = page;
    if (!(await openLink(page))) {
      await openFirst(page);
      // A link to a moment of a run of one's own: make the run again, then go there.
      const [shown] = page.panels;
      if (moment && !page.example && !page.trace && shown?.origin !== "run") {
        void this.#runs.run().then(() => this.#goTo(moment, this.#figures()[0]));
      }
    }
    await this.updateComplete;
    this.shown = true;
    this.dispatchEvent(new CustomEvent("shown"));
    // Without it, a file can still be opened with the button.
    import("./afterwards.ts").then(
      ({ afterwards }) => afterwards(page, this.#figures()),
      () => undefined,
    );
  }

  readonly #shared = (): Shared | null => {
    const [panel] = this.panels;
    if (!panel?.trace || panel.live) return null;
    const [figure] = this.#figures();
    if (!figure) return null;
    const { settings, moment } = this.#links(figure);
    // A run that came in the hash goes on in the hash.
    const hash = panel.origin === "link" ? location.hash : "";
    const { method, trace, origin, from } = panel;
    return { figure, method, trace, origin, from, settings, moment: moment + hash };
  };

  #links(figure: DecodescopeFigure): { settings: string; moment: string } {
    const page = location.origin + location.pathname;
    const view = figure.openView?.id ?? null;
    const at = { at: figure.index, node: figure.selection.node };
    return { settings: page + this.#page.query(null), moment: page + this.#page.query(at, view) };
  }

  // ── Figures ────────────────────────────────────────────────────────────────────────────────

  readonly #figures = (): DecodescopeFigure[] => [...this.querySelectorAll("decodescope-figure")];

  protected override updated(): void {
    for (const figure of this.#figures()) {
      const panel = this.panels[Number(figure.dataset.panel)];
      if (!panel?.given || panel.isShownBy(figure)) continue;
      void figure.updateComplete.then(() => {
        if (panel.isShownBy(figure)) return;
        panel.attach(figure);
        if (!panel.live) this.#place(panel, figure);
      });
    }
  }

  #goTo({ at, node }: Moment, figure: DecodescopeFigure | undefined): void {
    figure?.seek(at);
    if (node !== null) figure?.select({ node, token: null, round: null });
  }

  /** Where a picture opens. */
  #place(panel: Panel, figure: DecodescopeFigure): void {
    const { moment } = this.#page;
    const { startAt, autoplay } = this.#page.presentation;
    const first = panel === this.panels[0];
    const opens = first && !this.#opened;
    this.#opened ||= first;
    const start = opens && startAt ? placeOf(startAt, figure.length, figure.marks) : null;
    if (moment && first) {
      this.#page.moment = null;
      this.#goTo(moment, figure);
    } else if (start !== null) {
      figure.seek(start);
    } else if (panel.origin === "example" && !this.#page.comparing) {
      figure.step(OPENING_ROUNDS, "round");
    } else {
      figure.seekFraction(1);
    }
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (opens && autoplay && !calm) figure.play();
  }

  // ── Drawing ────────────────────────────────────────────────────────────────────────────────

  protected override render(): TemplateResult {
    const page = this.#page;
    const status = statusLine(this.status, {
      downloadBytes: this.downloadBytes,
      models: this.models,
      allow: this.allow,
      cancel: () => this.engines.cancelLoad(),
      retry: () => void this.#runs.prepare(),
    });
    return html`
      <a class="skip" href="#picture">${t`Skip to the picture`}</a>
      <header class="top">
        <h1>Decodescope</h1>
        <p>${t`Watch a language model choose its words, one step at a time.`}</p>
      </header>
      <main class=${page.comparing ? "comparing" : ""} data-hide=${page.shown.hide.join(" ")}>
        <form class="controls" aria-label=${t`What to run`} @submit=${this.#submitted}>
          ${controls(page, this.#runs, this.#shared, status)}
        </form>
        <section id="picture" class="picture" tabindex="-1" aria-label=${t`The run`}>
          ${pictures(page, this.#figures)}
        </section>
        <section class="reading">
          <decodescope-method-page
            .method=${this.shown ? page.settings.method : ""}
          ></decodescope-method-page>
          ${gallery(page)}
        </section>
      </main>
    `;
  }

  readonly #submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#runs.run();
  };
}
