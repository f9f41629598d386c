// <decodescope-figure>: one run, with its text, its picture, its explanation and its scrubber.
// Plays any trace without a model. Holds the reader's place and selection; draws nothing itself.

import {
  LitElement,
  html,
  nothing,
  unsafeCSS,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Event as TraceEvent } from "../generated/Event.ts";
import type { Recorded } from "../generated/Recorded.ts";
import type { Trace } from "../generated/Trace.ts";
import { Player, SPEEDS } from "../player/player.ts";
import tokens from "../styles/tokens.css?inline";
import { pseudoLines } from "../trace/pseudo.ts";
import { EMPTY } from "../trace/fold.ts";
import type { State } from "../trace/state.ts";
import type { Vocabulary } from "../trace/words.ts";
import { coinStyles } from "../views/coin.ts";
import { bestView, VIEWS, viewsFor } from "../views/index.ts";
import { inspectorStyles, renderInspector, sentence } from "../views/inspector.ts";
import { legendStyles } from "../views/legend.ts";
import { partStyles } from "../views/parts.ts";
import { ribbonStyles } from "../views/ribbon.ts";
import { plainText, renderText, textStyles } from "../views/text.ts";
import { treeListStyles } from "../views/tree-list.ts";
import { renderTrack, timelineStyles, TRACK_HEIGHT } from "../views/timeline.ts";
import type { Scene, Selection, View } from "../views/view.ts";
import { figureStyles } from "./figure-styles.ts";
import { icon } from "./icons.ts";
import { commandFor, keptByWidget, rove, type Command } from "./keys.ts";
import { treeMove } from "./tree-keys.ts";
import { mark, NOTHING, sameSelection, selectionAt } from "./link.ts";

/** A whole trace, or what is known of one while its run goes on. */
export type FigureTrace = Trace | (Pick<Trace, "events" | "vocabulary"> & Partial<Trace>);

/** What the figure needs of a method's page. */
export interface MethodPage {
  readonly title: string;
  /** Markdown with a ```pseudo block. */
  readonly page: string;
}

/**
 * One run of a decoding method, to be stepped through.
 *
 * @event select The reader points at something else; `detail` is a `Selection`.
 * @event place The reader is at another place; `detail` is `{ index, length, live }`.
 * @slot - Shown while there is no trace, for example a picture and its caption.
 */
@customElement("decodescope-figure")
export class DecodescopeFigure extends LitElement {
  static override styles = [
    unsafeCSS(tokens),
    partStyles,
    figureStyles,
    textStyles,
    timelineStyles,
    inspectorStyles,
    coinStyles,
    ribbonStyles,
    legendStyles,
    treeListStyles,
    ...VIEWS.flatMap((view) => (view.styles ? [view.styles] : [])),
  ];

  /** The run to show. Set anew, it starts over; a live one grows with `appendEvents`. */
  @property({ attribute: false }) trace: FigureTrace | null = null;
  /** Title and page of the method, for the pseudo-code. */
  @property({ attribute: false }) method: MethodPage | null = null;
  /** Id of the open view; `null` opens the one that fits best. */
  @property({ reflect: true }) view: string | null = null;
  /** `light`, `dark`, or nothing to follow the host's `color-scheme`. */
  @property({ reflect: true }) theme: "light" | "dark" | null = null;
  /** The run goes on: follow its newest event until the reader looks back. */
  @property({ type: Boolean, reflect: true }) live = false;

  @state() private width = 640;
  @state() private sheetOpen = false;
  @state() private options: Readonly<Record<string, Scene["options"]>> = {};
  @query(".stage-body") private stage?: HTMLElement;
  @query(".text") private textBand?: HTMLElement;

  #player: Player | null = null;
  #vocabulary: Vocabulary = {};
  #recorded: Recorded | null = null;
  /** The trace with what is known of it by now; its events are the player's. */
  #known: FigureTrace | null = null;
  /** Under the pointer or the focus, and what a click has left. */
  #hover: Selection | null = null;
  #pinned: Selection = NOTHING;
  #shown: Selection = NOTHING;
  #sizes: ResizeObserver | null = null;
  #scrub = 0;
  /** Lines kept for the text: never fewer than before, so that nothing below moves up. */
  #lines = 0;
  /** Width of the text band. */
  #textWidth = 640;
  /** The place for which the text was last scrolled to its end. */
  #textAt = -1;

  /** Events that have happened at the reader's place. */
  get index(): number {
    return this.#player?.index ?? 0;
  }

  /** Events of the trace so far. */
  get length(): number {
    return this.#player?.length ?? 0;
  }

  get playing(): boolean {
    return this.#player?.playing ?? false;
  }

  /** What is known at the reader's place. */
  get state(): State {
    return this.#player?.state ?? EMPTY;
  }

  get selection(): Selection {
    return this.#hover ?? this.#pinned;
  }

  /** New events of a live run, with the text of tokens that were not named before. */
  appendEvents(events: readonly TraceEvent[], vocabulary: Vocabulary = {}): void {
    this.#vocabulary = { ...this.#vocabulary, ...vocabulary };
    this.#player?.append(events);
  }

  /** The run has ended; `trace` brings its times. The reader stays where they are. */
  finish(trace?: Trace): void {
    if (trace) {
      this.#vocabulary = trace.vocabulary;
      this.#recorded = trace.recorded;
      this.#known = trace;
      const missing = trace.events.slice(this.length);
      if (missing.length > 0) this.#player?.append(missing);
    }
    this.live = false;
    this.#player?.endLive();
  }

  /** To a place, in events from the start. */
  seek(index: number): void {
    this.#player?.seek(index);
  }

  /** To a share of the trace, 0…1. */
  seekFraction(share: number): void {
    this.#player?.seekFraction(share);
  }

  /** By events, or by rounds. */
  step(by: number, unit: "event" | "round" = "event"): void {
    if (unit === "event") this.#player?.step(by);
    else for (let i = 0; i < Math.abs(by); i++) this.#player?.stepRound(by > 0 ? 1 : -1);
  }

  play(): void {
    this.#player?.play();
  }

  pause(): void {
    this.#player?.pause();
  }

  /** Pins a selection, as a click does. */
  select(selection: Selection): void {
    this.#pinned = selection;
    this.#selectionChanged();
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = new ResizeObserver(() => this.#measure());
    if (this.stage) this.#sizes.observe(this.stage);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
    this.#player?.pause();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("trace")) this.#open();
    else if (changed.has("live") && this.live) this.#player?.startLive();
  }

  protected override updated(): void {
    // Told once, then whenever it changes: measuring at every step would lay the page out twice.
    if (this.stage) this.#sizes?.observe(this.stage);
    mark(this.renderRoot as ShadowRoot, this.selection, this.state);
    this.#followText();
  }

  #open(): void {
    this.#player?.pause();
    this.#hover = null;
    this.#pinned = NOTHING;
    this.#lines = 0;
    this.#known = this.trace;
    this.#vocabulary = this.trace?.vocabulary ?? {};
    this.#recorded = this.trace?.recorded ?? null;
    this.#player = this.trace ? new Player(this.trace.events, () => this.#moved()) : null;
    if (this.live) this.#player?.startLive();
  }

  #moved(): void {
    this.requestUpdate();
    const { index, length } = this;
    this.dispatchEvent(new CustomEvent("place", { detail: { index, length, live: this.live } }));
  }

  #measure(): void {
    const width = Math.round(this.stage?.clientWidth ?? 0);
    if (width === 0 || width === this.width) return;
    this.#textWidth = this.clientWidth;
    this.#lines = 0;
    this.width = width;
  }

  /** Keeps the end of the text in sight while it grows. */
  #followText(): void {
    const band = this.textBand;
    if (!band || this.#textAt === this.index) return;
    this.#textAt = this.index;
    requestAnimationFrame(() => (band.scrollTop = band.scrollHeight));
  }

  // ── What the reader points at ──────────────────────────────────────────────────────────────

  #pointed(event: Event): void {
    this.#setHover(selectionAt(event.composedPath()));
  }

  #setHover(selection: Selection | null): void {
    this.#hover = selection;
    this.#selectionChanged();
  }

  #clicked(event: Event): void {
    const found = selectionAt(event.composedPath());
    if (!found) return;
    this.#pinned = sameSelection(found, this.#pinned) ? NOTHING : found;
    if (found.round !== null) {
      const round = this.#player?.end.rounds[found.round];
      if (round) this.seek(round.last + 1);
    }
    this.#selectionChanged();
  }

  #selectionChanged(): void {
    if (sameSelection(this.selection, this.#shown)) return;
    this.#shown = this.selection;
    mark(this.renderRoot as ShadowRoot, this.selection, this.state);
    this.dispatchEvent(new CustomEvent("select", { detail: this.selection }));
    this.requestUpdate();
  }

  // ── Keys ───────────────────────────────────────────────────────────────────────────────────

  #pressed(event: KeyboardEvent): void {
    const target = event.composedPath()[0];
    if (!(target instanceof HTMLElement || target instanceof SVGElement)) return;
    if (this.#moveInside(target, event)) return event.preventDefault();
    if (event.key === "Escape") return this.select(NOTHING);
    if (keptByWidget(target, event)) return;
    const command = commandFor(event);
    if (command === null) return;
    event.preventDefault();
    this.#run(command);
  }

  /** Arrows inside a widget that is one tab stop. */
  #moveInside(target: Element, event: KeyboardEvent): boolean {
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return false;
    const item = target as HTMLElement;
    const widget = target.closest("[role=listbox], [role=toolbar], [role=tablist], [role=tree]");
    if (!widget) return false;
    const picks = widget.role === "listbox" || widget.role === "tree";
    if (picks && (event.key === "Enter" || event.key === " ")) {
      item.click();
      return true;
    }
    if (widget.role === "tree") {
      const move = treeMove(widget, item, event.key);
      if (move?.toggle) item.dispatchEvent(new CustomEvent("tree-toggle"));
      if (move?.focus) {
        widget
          .querySelectorAll<HTMLElement>("[role=treeitem]")
          .forEach((it) => (it.tabIndex = it === move.focus ? 0 : -1));
        move.focus.focus();
      }
      return move !== null;
    }
    const items = [
      ...widget.querySelectorAll<HTMLElement>("[role=option], [role=tab], button, select"),
    ];
    if (target.localName === "select" && /^Arrow(Up|Down)$/.test(event.key)) return false;
    const next = rove(items, target, event.key);
    if (next?.role === "tab") next.click();
    return next !== null;
  }

  #run(command: Command): void {
    const player = this.#player;
    if (!player) return;
    if (typeof command === "object") return player.seekFraction(command.share);
    switch (command) {
      case "event-back":
        return player.step(-1);
      case "event-forward":
        return player.step(1);
      case "round-back":
        return player.stepRound(-1);
      case "round-forward":
        return player.stepRound(1);
      case "first":
        return player.first();
      case "last":
        return player.last();
      case "toggle":
        return player.toggle();
    }
  }

  /** Dragging the scrubber asks for many places a second; every 50 ms one is drawn. */
  #scrubbed(event: Event): void {
    const index = Number((event.target as HTMLInputElement).value);
    this.#player?.pause();
    clearTimeout(this.#scrub);
    if (event.type === "change") this.seek(index);
    else this.#scrub = window.setTimeout(() => this.seek(index), 50);
  }

  // ── Drawing ────────────────────────────────────────────────────────────────────────────────

  #scene(view: View | undefined, motion: boolean): Scene {
    const player = this.#player!;
    const id = view?.id ?? "";
    return {
      state: player.state,
      end: player.end,
      vocabulary: this.#vocabulary,
      recorded: this.#recorded,
      params: this.#known?.params ?? {},
      width: this.width,
      selection: this.selection,
      options: this.options[id] ?? {},
      setOption: (name, value) => {
        this.options = { ...this.options, [id]: { ...this.options[id], [name]: value } };
      },
      motion,
    };
  }

  protected override render(): TemplateResult {
    if (!this.#player) return html`<slot></slot>`;
    const { end } = this.#player;
    const views = viewsFor(end);
    const view = views.find((it) => it.id === this.view) ?? bestView(end);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const scene = this.#scene(view, !calm && (this.playing || this.live));
    return html`<div
      class="figure"
      @keydown=${this.#pressed}
      @pointerover=${this.#pointed}
      @pointerleave=${() => this.#setHover(null)}
      @focusin=${this.#pointed}
      @focusout=${() => this.#setHover(null)}
      @click=${this.#clicked}
    >
      ${this.#renderText(scene)}
      <div class="middle">${this.#renderStage(views, view, scene)} ${this.#renderSide(scene)}</div>
      ${this.#renderScrubber(scene)}
      <p class="unseen" aria-live="polite">${this.#narration(scene)}</p>
    </div>`;
  }

  #renderText(scene: Scene): TemplateResult {
    const { state, end, vocabulary } = scene;
    // Of a live run only the length that was asked for is known: about 4½ letters a token.
    const asked = this.live ? (this.#known?.max_new_tokens ?? 40) * 4.5 : 0;
    const letters = Math.max(plainText(end, vocabulary).length, asked);
    const across = Math.max(20, this.#textWidth / 8.5);
    // Room for the whole text from the start: nothing below it moves while it grows.
    const lines = Math.min(5, Math.max(2, this.#lines, Math.ceil(letters / across) + 1));
    this.#lines = lines;
    return html`<div class="text" style="height: ${lines * 1.75}em">
      ${renderText(state, vocabulary, this.#pinned.node)}
      <p class="unseen">${plainText(state, vocabulary)}</p>
    </div>`;
  }

  #renderStage(views: View[], view: View | undefined, scene: Scene): TemplateResult {
    const tabs = views.map(
      (it) =>
        html`<button
          role="tab"
          id="tab-${it.id}"
          aria-selected=${it === view}
          aria-controls="stage"
          tabindex=${it === view ? 0 : -1}
          @click=${() => (this.view = it.id)}
        >
          ${it.title}
        </button>`,
    );
    return html`<div class="stage">
      ${
        views.length > 0
          ? html`<div role="tablist" class="tabs" aria-label="Pictures of this run">${tabs}</div>`
          : nothing
      }
      <div
        class="stage-body"
        id="stage"
        role=${view ? "tabpanel" : "presentation"}
        aria-labelledby=${view ? `tab-${view.id}` : nothing}
        tabindex=${view ? 0 : nothing}
        style="min-height: ${view ? view.height(scene) : 0}px"
      >
        ${view ? view.render(scene) : nothing}
      </div>
      ${this.#renderPseudo(scene.state)}
    </div>`;
  }

  #renderSide(scene: Scene): TemplateResult {
    return html`<aside class="side ${this.sheetOpen ? "open" : ""}" aria-label="What happens here">
      <button
        class="sheet-handle"
        aria-expanded=${this.sheetOpen}
        @click=${() => (this.sheetOpen = !this.sheetOpen)}
      >
        What happens here
      </button>
      <div class="side-body">${renderInspector(scene, this.#known?.max_new_tokens ?? null)}</div>
    </aside>`;
  }

  #renderPseudo(state: State): TemplateResult | typeof nothing {
    const lines = pseudoLines(this.method?.page ?? "");
    if (lines.length === 0) return nothing;
    return html`<section class="pseudo">
      <h3>${this.method!.title}</h3>
      <ol>
        ${lines.map((line, i) => {
          const now = i + 1 === state.line;
          const [code, comment] = line.split(/(?=\/\/)/, 2);
          return html`<li class=${now ? "now" : ""} aria-current=${now ? "step" : nothing}>
            <code>${code}${comment ? html`<i>${comment}</i>` : nothing}</code>
          </li>`;
        })}
      </ol>
    </section>`;
  }

  #renderScrubber(scene: Scene): TemplateResult {
    const player = this.#player!;
    const { index, length, playing, speed } = player;
    const button = (name: string, label: string, command: Command, first = false) =>
      html`<button
        aria-label=${label}
        title=${label}
        tabindex=${first ? 0 : -1}
        @click=${() => this.#run(command)}
      >
        ${icon(name)}
      </button>`;
    const round = scene.state.rounds.length;
    return html`<div class="scrubber">
      <div class="buttons" role="toolbar" aria-label="Steps">
        ${button("first", "To the start (Home)", "first")}
        ${button("round-back", "One round back (Shift+←)", "round-back")}
        ${button("event-back", "One event back (←)", "event-back")}
        ${
          playing
            ? button("pause", "Pause (Space)", "toggle", true)
            : button("play", "Play (Space)", "toggle", true)
        }
        ${button("event-forward", "One event on (→)", "event-forward")}
        ${button("round-forward", "One round on (Shift+→)", "round-forward")}
        ${button("last", "To the end (End)", "last")}
      </div>
      <div class="line">
        <svg
          class="track"
          viewBox="0 0 1000 ${TRACK_HEIGHT}"
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          ${renderTrack(scene.end, index, 1000)}
        </svg>
        <input
          type="range"
          min="0"
          max=${length}
          step="1"
          .value=${String(index)}
          aria-label="Place in the run"
          aria-valuetext="event ${index} of ${length}, round ${round} of ${scene.end.rounds.length}"
          @input=${this.#scrubbed}
          @change=${this.#scrubbed}
        />
      </div>
      <output class="place" aria-live="off"
        >${round}<span class="of"> / ${scene.end.rounds.length}</span></output
      >
      <label class="speed">
        <span class="unseen">Speed</span>
        <select
          @change=${(it: Event) => player.setSpeed(Number((it.target as HTMLSelectElement).value))}
        >
          ${SPEEDS.map((it) => html`<option value=${it} ?selected=${it === speed}>${it}×</option>`)}
        </select>
      </label>
      ${
        player.live
          ? html`<button
              class="live ${player.following ? "on" : ""}"
              aria-pressed=${player.following}
              title="Follow the newest event"
              @click=${() => player.follow()}
            >
              LIVE
            </button>`
          : nothing
      }
    </div>`;
  }

  /** What a screen reader hears at this step: the note, else why. While playing, only the notes. */
  #narration(scene: Scene): string {
    const { state } = scene;
    const note = state.notes.at(-1);
    if (note && note.index === state.index - 1) return note.event.text;
    if (this.playing || this.#player?.following) return "";
    return sentence({ ...scene, selection: NOTHING });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "decodescope-figure": DecodescopeFigure;
  }
}
