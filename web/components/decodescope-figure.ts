// <decodescope-figure>: one run, with its text, its picture, its explanation and its scrubber.
// Plays any trace without a model. Holds the reader's place and selection; draws nothing itself.

import { html, nothing, type TemplateResult } from "lit";
import type { Event as TraceEvent } from "../generated/Event.ts";
import type { Recorded } from "../generated/Recorded.ts";
import type { Trace } from "../generated/Trace.ts";
import type { Mark } from "../player/place.ts";
import { Player } from "../player/player.ts";
import type { Part } from "../player/presentation.ts";
import { EMPTY } from "../trace/fold.ts";
import type { State } from "../trace/state.ts";
import type { Vocabulary } from "../trace/words.ts";
import { bestView, viewsFor } from "../views/index.ts";
import { renderInspector, sentence } from "../views/inspector.ts";
import type { Scene, Selection, View } from "../views/view.ts";
import { allStyles } from "./all-styles.ts";
import { DrawnElement, drawn } from "./element.ts";
import { commandFor, keptByWidget, type Command } from "./keys.ts";
import { mark, NOTHING, sameSelection, selectionAt } from "./link.ts";
import { renderPseudo, type MethodPage } from "./pseudo-code.ts";
import { renderScrubber } from "./scrubber.ts";
import { renderStage } from "./stage.ts";
import { TextBand } from "./text-band.ts";
import { moveInside } from "./widget-keys.ts";
import { speak, t, type Catalogue } from "../language/t.ts";

/** A whole trace, or what is known of one while its run goes on. */
export type FigureTrace = Trace | (Pick<Trace, "events" | "vocabulary"> & Partial<Trace>);

/**
 * One run of a decoding method, to be stepped through.
 *
 * @event select The reader points at something else; `detail` is a `Selection`.
 * @event place The reader is at another place, or playing has begun or ended; `detail` is
 *   `{ index, length, live, playing }`.
 * @event broken The picture could not be drawn; `detail` is the error. Not handled, it is thrown.
 * @slot - Shown while there is no trace, for example a picture and its caption.
 */
export class DecodescopeFigure extends DrawnElement {
  /** Read when a figure stands, so that the long text of them can be the last of a script. */
  static override get styles(): typeof allStyles {
    return allStyles;
  }
  static {
    drawn(this, {
      trace: {},
      method: {},
      view: { reflect: true },
      theme: { reflect: true },
      live: { reflect: true, flag: true },
      hide: {},
      marks: {},
      halting: {},
      large: { reflect: true, flag: true },
      words: {},
      loop: {},
      speed: {},
      width: {},
      sheetOpen: {},
      options: {},
    });
  }

  /** The run to show. Set anew, it starts over; a live one grows with `appendEvents`. */
  trace: FigureTrace | null = null;
  /** Title and page of the method, for the pseudo-code. */
  method: MethodPage | null = null;
  /** Id of the open view; `null` opens the one that fits best. */
  view: string | null = null;
  /** `light`, `dark`, or nothing to follow the host's `color-scheme`. */
  theme: "light" | "dark" | null = null;
  /** The run goes on: follow its newest event until the reader looks back. */
  live = false;
  /** Parts that are left out. */
  hide: readonly Part[] = [];
  /** Named places, drawn on the track. */
  marks: readonly Mark[] = [];
  /** Playing pauses at every mark. */
  halting = false;
  /** Type and picture are as large as a lecture room needs them. */
  large = false;
  /** The figure\'s own words; `null` for English. */
  words: Catalogue | null = null;
  /** Takes the keys that the page does not need, as those of a clicker. */
  leads = false;
  /** Playing begins again at the end. */
  loop = false;
  /** Pace of playing, 0.25…8, as a trace is opened with. */
  speed = 1;

  private width = 640;
  private sheetOpen = false;
  private options: Readonly<Record<string, Scene["options"]>> = {};

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
  #asleep = false;
  readonly #text = new TextBand();

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

  /** The views that this run has something for. */
  get views(): readonly View[] {
    return this.#player ? viewsFor(this.#player.end) : [];
  }

  /** The view that is open. */
  get openView(): View | undefined {
    return this.views.find((it) => it.id === this.view) ?? bestView(this.#player?.end ?? EMPTY);
  }

  /** What is known when all events have happened. */
  get end(): State {
    return this.#player?.end ?? EMPTY;
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

  /** A run that broke off goes on. A reader at its end follows it; another stays. */
  goOn(): void {
    const { index, length } = this;
    this.#player?.startLive();
    if (index < length) this.#player?.seek(index);
    this.live = true;
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

  /** Out of sight: nothing moves and no clock runs until it is seen again. */
  sleep(asleep: boolean): void {
    this.#asleep = asleep;
    this.#player?.sleep(asleep);
  }

  /** Pace of playing now, which the reader may have changed. */
  get pace(): number {
    return this.#player?.speed ?? this.speed;
  }

  setPace(speed: number): void {
    this.#player?.setSpeed(speed);
  }

  private get stageBody(): HTMLElement | null {
    return this.shadowRoot?.querySelector(".stage-body") ?? null;
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

  /** Another figure of the run as far as it is known, with the same view, at its start. */
  copy(): DecodescopeFigure {
    const copy = new (this.constructor as typeof DecodescopeFigure)();
    const events = [...(this.#player?.events ?? [])];
    const trace = this.#known && { ...this.#known, events, vocabulary: this.#vocabulary };
    const { method, view, theme, options } = this;
    return Object.assign(copy, { trace, method, view, theme, options });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = new ResizeObserver(() => this.#measure());
    if (this.stageBody) this.#sizes.observe(this.stageBody);
    document.addEventListener("keydown", this.#led);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
    document.removeEventListener("keydown", this.#led);
    this.#player?.pause();
  }

  protected override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    const opened = changed.has("trace");
    if (opened) this.#open();
    else if (changed.has("live") && this.live && !this.#player?.live) this.#player?.startLive();
    if (opened || changed.has("speed")) this.#player?.setSpeed(this.speed);
    if (opened || changed.has("loop")) this.#player?.setLoop(this.loop);
    if (opened || changed.has("marks") || changed.has("halting"))
      this.#player?.setStops(this.halting ? this.marks.map((it) => it.at) : []);
  }

  protected override failed(error: unknown): void {
    this.#player?.pause();
    const event = new CustomEvent("broken", { detail: error, cancelable: true });
    if (this.dispatchEvent(event)) throw error;
  }

  protected override updated(): void {
    // Told once, then whenever it changes: measuring at every step would lay the page out twice.
    if (this.stageBody) this.#sizes?.observe(this.stageBody);
    mark(this.shadowRoot!, this.selection, this.state);
    this.#text.follow(this.shadowRoot!.querySelector<HTMLElement>(".text"), this.index);
  }

  #open(): void {
    this.#player?.pause();
    this.#hover = null;
    this.#pinned = NOTHING;
    this.#text.reset();
    this.#known = this.trace;
    this.#vocabulary = this.trace?.vocabulary ?? {};
    this.#recorded = this.trace?.recorded ?? null;
    this.#player = this.trace ? new Player(this.trace.events, () => this.#moved()) : null;
    this.#player?.sleep(this.#asleep);
    if (this.live) this.#player?.startLive();
  }

  #moved(): void {
    this.requestUpdate();
    const { index, length, live, playing } = this;
    this.dispatchEvent(new CustomEvent("place", { detail: { index, length, live, playing } }));
  }

  #measure(): void {
    const width = Math.round(this.stageBody?.clientWidth ?? 0);
    if (width === 0 || width === this.width) return;
    this.#text.reset(this.clientWidth);
    this.width = width;
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
    mark(this.shadowRoot!, this.selection, this.state);
    this.dispatchEvent(new CustomEvent("select", { detail: this.selection }));
    this.requestUpdate();
  }

  // ── Keys ───────────────────────────────────────────────────────────────────────────────────

  #pressed(event: KeyboardEvent): void {
    const target = event.composedPath()[0];
    if (!(target instanceof HTMLElement || target instanceof SVGElement)) return;
    if (moveInside(target, event)) return event.preventDefault();
    if (event.key === "Escape") return this.select(NOTHING);
    this.#obey(target, event);
  }

  /** A key that was pressed elsewhere on the page, and that nobody took. */
  readonly #led = (event: KeyboardEvent): void => {
    if (this.leads && !this.#asleep && !event.defaultPrevented)
      this.#obey(event.composedPath()[0] as Element, event);
  };

  #obey(target: Element, event: KeyboardEvent): void {
    if (keptByWidget(target, event)) return;
    const command = commandFor(event);
    if (command === null) return;
    if (event.key.length === 1 && event.key !== " " && this.hide.includes("keys")) return;
    event.preventDefault();
    this.#run(command);
  }

  readonly #run = (command: Command): void => {
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
      case "mark-back":
        return this.#toMark(this.marks.findLast((it) => it.at < player.index));
      case "mark-forward":
        return this.#toMark(this.marks.find((it) => it.at > player.index));
      case "first":
        return player.first();
      case "last":
        return player.last();
      case "toggle":
        return player.toggle();
    }
  };

  #toMark(mark: Mark | undefined): void {
    if (mark) this.seek(mark.at);
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
      models: this.#known?.models ?? {},
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
    const player = this.#player;
    if (!player) return html`<slot></slot>`;
    speak(this.words);
    const { views, openView: view } = this;
    const shown = (part: Part) => !this.hide.includes(part);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const scene = this.#scene(view, !calm && (this.playing || this.live));
    const asked = this.live ? (this.#known?.max_new_tokens ?? 40) : 0;
    const open = (id: string) => (this.view = id);
    const pseudo = renderPseudo(this.method, scene.state.line);
    return html`<div
      class="figure"
      @keydown=${this.#pressed}
      @pointerover=${this.#pointed}
      @pointerleave=${() => this.#setHover(null)}
      @focusin=${this.#pointed}
      @focusout=${() => this.#setHover(null)}
      @click=${this.#clicked}
    >
      ${shown("text") ? this.#text.render(scene, this.#pinned.node, asked) : nothing}
      <div class="middle ${shown("why") ? "" : "alone"}">
        ${renderStage(shown("tabs") ? views : [], view, scene, open, shown("code") ? pseudo : nothing)}
        ${shown("why") ? this.#renderSide(scene) : nothing}
      </div>
      ${shown("controls") ? renderScrubber(player, this.#run, this.marks, shown("speed")) : nothing}
      <p class="unseen" aria-live="polite">${this.#narration(scene)}</p>
    </div>`;
  }

  #renderSide(scene: Scene): TemplateResult {
    return html`<aside
      class="side ${this.sheetOpen ? "open" : ""}"
      aria-label=${t`What happens here`}
    >
      <button
        class="sheet-handle"
        aria-expanded=${this.sheetOpen}
        data-more=${this.sheetOpen ? t`less` : t`more`}
        @click=${() => (this.sheetOpen = !this.sheetOpen)}
      >
        ${t`What happens here`}
      </button>
      <div class="side-body">${renderInspector(scene, this.#known?.max_new_tokens ?? null)}</div>
    </aside>`;
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

// Two scripts of one page may bring the figure; the first one does.
if (!customElements.get("decodescope-figure"))
  customElements.define("decodescope-figure", DecodescopeFigure);

declare global {
  interface HTMLElementTagNameMap {
    "decodescope-figure": DecodescopeFigure;
  }
}
