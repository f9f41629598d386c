// <decodescope-player>: a recorded run in any page. Loads its trace, holds the figure that plays it,
// and is the face that authors and scripts see. It runs no model and asks nobody but the server of
// the trace and of this script.

import { html, nothing, render } from "lit";
import "../components/decodescope-figure.ts";
import { embedStyles } from "./embed-styles.ts";
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import { adoptAll } from "../components/element.ts";
import { settled, type Settled } from "./settled.ts";
import type { Trace } from "../generated/Trace.ts";
import { marksOf, OPENING_ROUNDS, placeOf } from "../player/place.ts";
import {
  NAMES,
  readPresentation,
  spelledOut,
  type Name,
  type Odd,
  type Presentation,
} from "../player/presentation.ts";
import { promptOf } from "../trace/text-of.ts";
import { exportFigure, type ExportKind } from "./export.ts";
import { liveBase, openLive, type Close } from "./live-door.ts";
import { hostTheme, watchTheme } from "./host-theme.ts";
import { methodText, recordedRun, type MethodText } from "./method-text.ts";
import { watchNear, watchSeen } from "./sight.ts";
import { fetchTrace, parseTrace, Refusal } from "./source.ts";
import { catalogueOf, learn, say } from "./strings.ts";
import { inline } from "../views/part/inline.ts";

/** What a live run is given; a recorded one has its own. */
const SETTINGS = ["method", "prompt", "seed"] as const;

/** Whether the reader asks for reduced motion. */
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A place: a number of events, a share such as `"50%"`, or the label of a marker. */
export type Target = number | string | { readonly marker: string };

export interface PlayerState {
  /** `waiting` until the figure comes near the window, or something is asked of it. */
  readonly status: "waiting" | "loading" | "ready" | "failed";
  /** Events that have happened at the reader's place. */
  readonly step: number;
  /** Events of the run. */
  readonly length: number;
  readonly playing: boolean;
  readonly speed: number;
  readonly loop: boolean;
  /** Id of the open view. */
  readonly view: string | null;
  /** Ids of the views that have something to show. */
  readonly views: readonly string[];
  /** The node that is selected. */
  readonly node: number | null;
  readonly method: string | null;
  readonly prompt: string | null;
  readonly seed: number | null;
  /** The sentence that the figure shows when something went wrong. */
  readonly error: string | null;
}

/** What `setState` takes; what is left out stays. */
export interface StateChange {
  readonly step?: Target;
  readonly playing?: boolean;
  readonly speed?: number;
  readonly loop?: boolean;
  readonly view?: string | null;
  readonly node?: number | null;
}

export interface PlayerEvents {
  ready: { readonly length: number; readonly method: string };
  step: { readonly step: number; readonly length: number };
  play: { readonly step: number };
  pause: { readonly step: number };
  ended: { readonly step: number };
  error: { readonly code: string; readonly message: string; readonly path: string };
}

/**
 * A recorded run of a decoding method, to be played and stepped through.
 *
 * @attr src Address of the trace.
 * @attr method Without `src`: the recorded run of this method that lies beside the script.
 * @attr prompt What a live run is given.
 * @attr seed What a live run is given.
 * @attr start-at Where it opens: `12`, `50%`, `end`, or the label of a marker.
 * @attr speed 0.25 to 8.
 * @attr autoplay Plays as soon as it is seen; never for readers who ask for calm.
 * @attr loop Begins again at the end.
 * @attr markers `12: a guess is refused; 50%: half-way`.
 * @attr view Id of the view that opens.
 * @attr theme `light` or `dark`; without it, as the page.
 * @attr lang Language of the figure's own words.
 * @attr hide Parts to leave out: `text tabs why code controls speed method keys`.
 * @attr height Pixels.
 * @attr large Type and picture as large as a lecture room needs them.
 * @attr halt Playing pauses at every marker.
 * @attr teach For a lecture: large, halt, no controls, and the page's keys step, as a clicker's do.
 * @attr live Offers to run the model in the same figure, once the reader agrees to the download.
 * @attr base Folder of `wasm/` and `models/`; without it, the one above the script's.
 * @event ready The figure stands. @event step The reader is at another place.
 * @event play @event pause @event ended Playing. @event error Something cannot be shown.
 * @slot - A picture and its caption, for readers without scripts, feeds and print.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class DecodescopePlayer extends HTMLElement {
  static readonly observedAttributes = ["src", ...SETTINGS, ...NAMES, "live", "base"];

  #wishes = this.#read();
  #status: PlayerState["status"] = "waiting";
  #error: string | null = null;
  /** Sentences about attributes that cannot be followed. */
  #odd: readonly string[] = [];
  #trace: Trace | null = null;
  #figure: DecodescopeFigure | null = null;
  #text: MethodText | null = null;
  #loading: AbortController | null = null;
  #stops: (() => void)[] = [];
  #seen = false;
  #planned = false;
  /** Where the figure was when it was last drawn well. */
  #place = { index: 0, playing: false };
  #ready: Settled = settled();
  #closeLive: Close | null = null;
  readonly #liveBar = document.createElement("div");
  readonly #frame = document.createElement("div");

  // ── Script interface ───────────────────────────────────────────────────────────────────────

  /** Settles when the figure stands; rejects when its trace cannot be shown. */
  get ready(): Promise<void> {
    this.#begin();
    return this.#ready.promise;
  }

  play(): void {
    this.#when((figure) => figure.play());
  }

  pause(): void {
    this.#when((figure) => figure.pause());
  }

  /** `count` events on, or back when negative. */
  step(count = 1): void {
    this.#when((figure) => figure.step(count));
  }

  /** Settles when the place is drawn; rejects with a `RangeError` when there is no such place. */
  async seek(target: Target): Promise<void> {
    await this.ready;
    this.#figure!.seek(this.#find(target));
    await this.#figure!.updateComplete;
  }

  getState(): PlayerState {
    const figure = this.#figure;
    const trace = this.#trace;
    return {
      status: this.#status,
      step: figure?.index ?? 0,
      length: figure?.length ?? 0,
      playing: figure?.playing ?? false,
      speed: figure?.pace ?? this.#wishes.speed,
      loop: figure?.loop ?? this.#wishes.loop,
      view: figure?.openView?.id ?? null,
      views: figure?.views.map((it) => it.id) ?? [],
      node: figure?.selection.node ?? null,
      method: trace?.method ?? this.getAttribute("method"),
      prompt: trace ? promptOf(trace) : this.getAttribute("prompt"),
      seed: trace?.seed ?? this.#wishes.seed,
      error: this.#error ?? (this.#odd.join(" ") || null),
    };
  }

  async setState(change: StateChange): Promise<void> {
    await this.ready;
    const figure = this.#figure!;
    const { step, playing, speed, loop, view, node } = change;
    if (speed !== undefined) figure.setPace(speed);
    if (loop !== undefined) figure.loop = loop;
    if (view !== undefined) figure.view = view;
    await figure.updateComplete;
    if (step !== undefined) figure.seek(this.#find(step));
    if (node !== undefined) figure.select({ node, token: null, round: null });
    if (playing !== undefined) figure[playing ? "play" : "pause"]();
    await figure.updateComplete;
  }

  /** The run or its picture as a file. Rejects with a `NotSupportedError` for an unknown kind. */
  async export(kind: ExportKind): Promise<Blob> {
    await this.ready;
    return exportFigure(kind, this.#trace!, this.#figure!, this.#lang);
  }

  // ── Life ───────────────────────────────────────────────────────────────────────────────────

  connectedCallback(): void {
    if (!this.shadowRoot) adoptAll(this.attachShadow({ mode: "open" }), embedStyles);
    this.#stops = [
      watchTheme(() => this.#plan()),
      watchNear(this, (near) => near && this.#begin()),
      watchSeen(this, (seen) => {
        this.#seen = seen;
        this.#figure?.sleep(!seen);
      }),
    ];
    this.#plan();
  }

  disconnectedCallback(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#leaveLive();
    this.#loading?.abort();
    if (this.#status === "loading") this.#status = "waiting";
    this.#figure?.pause();
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    this.#wishes = this.#read();
    if (before === value || !this.isConnected) return;
    const source = name === "src" || (name === "method" && !this.hasAttribute("src"));
    // A figure that nobody has come near yet waits with its new source as with the old one.
    if (source && this.#status !== "waiting") this.#load();
    else if (this.#figure) this.#dress(this.#figure, name as Name, this.#figure.length);
    this.#plan();
  }

  #read(odd?: Odd): Presentation {
    return spelledOut(readPresentation((name) => this.getAttribute(name), odd));
  }

  /** Says which attributes a figure that stands cannot follow; tells of each once. */
  #judge(figure: DecodescopeFigure): void {
    const before = this.#odd;
    const said: string[] = (this.#odd = []);
    const odd: Odd = (path, value, allowed) => {
      if (!value) return;
      const values = { name: path, value, allowed: allowed.join(", ") };
      const message = say("odd", values, this.#lang);
      said.push(message);
      if (!before.includes(message)) this.#tell("error", { code: "attribute", message, path });
    };
    const { view, startAt } = this.#read(odd);
    const views = figure.views.map((it) => it.id);
    if (!views.includes(view!)) odd("view", view, views);
    if (this.#start(figure) === null)
      odd("start-at", startAt, ["12", "50%", "end", ...figure.marks.map((it) => it.label)]);
  }

  /** Loads what is named, unless that was begun already. */
  #begin(): void {
    if (this.#status === "waiting" && this.isConnected) this.#load();
  }

  #load(): void {
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    if (this.#status !== "waiting") {
      this.#ready.reject(new DOMException("Another trace was asked for.", "AbortError"));
      this.#ready = settled();
    }
    this.#status = "loading";
    this.#plan();
    this.#fetch(signal)
      .then((trace) => (signal.aborted ? undefined : this.#open(trace, signal)))
      .catch((error: unknown) => {
        if (!signal.aborted) this.#refuse(error);
      });
  }

  async #fetch(signal: AbortSignal): Promise<Trace> {
    const src = this.getAttribute("src");
    await learn(this.#lang);
    if (src) return fetchTrace(src, document.baseURI, signal, this.#lang);
    if (document.readyState === "loading")
      await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
    const inside = this.querySelector('script[type="application/json"]')?.textContent;
    if (inside) return parseTrace(inside, this.#lang);
    const method = this.getAttribute("method");
    if (method) return fetchTrace(recordedRun(method), document.baseURI, signal, this.#lang);
    throw new Refusal("network", say("nothing", {}, this.#lang));
  }

  /** Draws a new figure beside the old one, which stays until the new one stands. */
  async #open(trace: Trace, signal: AbortSignal): Promise<void> {
    const figure = await this.#drawn(trace, null);
    if (signal.aborted) return;
    this.#leaveLive();
    this.#trace = trace;
    this.#adopt(figure);
    this.#status = "ready";
    this.#error = null;
    this.#text = null;
    this.#plan();
    const { length } = figure;
    this.#ready.resolve();
    this.#tell("ready", { length, method: trace.method });
    if (this.#wishes.autoplay && !calm()) figure.play();
    const text = await methodText(trace.method);
    if (this.#trace !== trace || !text) return;
    this.#text = text;
    figure.method = text;
    this.#plan();
  }

  /** A figure that shows a trace at a place; throws when it cannot be drawn there. */
  async #drawn(trace: Trace, index: number | null): Promise<DecodescopeFigure> {
    const figure = document.createElement("decodescope-figure");
    let broken: unknown = null;
    const caught = (event: Event) => {
      event.preventDefault();
      broken ??= (event as CustomEvent).detail;
    };
    figure.addEventListener("broken", caught);
    figure.hidden = true;
    figure.method = this.#text;
    figure.trace = trace;
    this.#speak(figure);
    for (const name of NAMES) this.#dress(figure, name, trace.events.length);
    figure.sleep(!this.#seen);
    this.#frame.append(figure);
    await figure.updateComplete;
    if (broken === null) {
      if (index === null) this.#enter(figure);
      else figure.seek(index);
      await figure.updateComplete;
    }
    figure.removeEventListener("broken", caught);
    if (broken === null) return figure;
    figure.remove();
    throw this.#undrawn(broken);
  }

  #undrawn(error: unknown): Refusal {
    const reason = error instanceof Error ? error.message : String(error);
    return new Refusal("trace", say("undrawn", { reason }, this.#lang));
  }

  #adopt(figure: DecodescopeFigure): void {
    this.#figure?.pause();
    this.#figure?.remove();
    this.#figure = figure;
    this.#place = { index: figure.index, playing: false };
    figure.addEventListener("place", () => this.#moved());
    figure.addEventListener("broken", (event) => {
      event.preventDefault();
      void this.#recover((event as CustomEvent).detail);
    });
    figure.hidden = false;
  }

  /** A step could not be drawn: back to where the figure was, with a sentence that says so. */
  async #recover(error: unknown): Promise<void> {
    this.#complain(this.#undrawn(error));
    const { index } = this.#place;
    try {
      this.#adopt(await this.#drawn(this.#trace!, index));
    } catch {
      this.#figure?.remove();
      this.#figure = null;
    }
    this.#plan();
  }

  #refuse(error: unknown): void {
    const refusal =
      error instanceof Refusal
        ? error
        : new Refusal("trace", say("unreadable", { reason: String(error) }, this.#lang));
    this.#status = this.#figure ? "ready" : "failed";
    this.#ready.reject(refusal);
    // What is still shown can still be played.
    if (this.#figure) (this.#ready = settled()).resolve();
    this.#complain(refusal);
  }

  #complain({ code, message, path }: Refusal): void {
    this.#error = message;
    this.#plan();
    this.#tell("error", { code, message, path });
  }

  // ── A live run ─────────────────────────────────────────────────────────────────────────────

  async #goLive(): Promise<void> {
    if (this.#closeLive || !this.#trace) return;
    this.#closeLive = () => undefined;
    try {
      this.#closeLive = await openLive({
        bar: this.#liveBar,
        base: liveBase(this.getAttribute("base")),
        prompt: this.getAttribute("prompt"),
        seed: this.#wishes.seed,
        figure: () => this.#figure,
        trace: () => this.#trace!,
        keep: (trace) => (this.#trace = trace),
      });
    } catch (thrown) {
      this.#closeLive = null;
      const { said } = thrown as { said?: string };
      this.#liveBar.textContent =
        said ?? say(self.origin === "null" ? "boxed" : "notLive", {}, this.#lang);
    }
    this.#plan();
  }

  #leaveLive(): void {
    this.#closeLive?.();
    this.#closeLive = null;
  }

  // ── What follows from the figure ───────────────────────────────────────────────────────────

  #when(act: (figure: DecodescopeFigure) => void): void {
    if (this.#figure && this.#status === "ready") return act(this.#figure);
    this.ready.then(
      () => this.#figure && act(this.#figure),
      () => undefined,
    );
  }

  #moved(): void {
    const { index, length, playing } = this.#figure!;
    const before = this.#place;
    this.#place = { index, playing };
    if (index !== before.index) this.#tell("step", { step: index, length });
    if (playing && !before.playing) this.#tell("play", { step: index });
    if (!playing && before.playing) {
      this.#tell("pause", { step: index });
      if (index === length) this.#tell("ended", { step: index });
    }
  }

  #find(target: Target): number {
    const { length, marks } = this.#figure!;
    if (typeof target === "number" && Number.isFinite(target)) return target;
    const place =
      typeof target === "string"
        ? placeOf(target, length, marks)
        : (marks.find(
            (it) => it.label === (target as { marker?: unknown } | null | undefined)?.marker,
          )?.at ?? null);
    if (place === null) throw new RangeError(`There is no place ${JSON.stringify(target)}.`);
    return place;
  }

  #tell<K extends keyof PlayerEvents>(name: K, detail: PlayerEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Goes to where the author lets it open; else some rounds in, for at the start nothing is drawn. */
  #enter(figure: DecodescopeFigure): void {
    const said = this.#start(figure);
    figure.seek(said ?? 0);
    if (said === null && (!this.#wishes.autoplay || calm())) figure.step(OPENING_ROUNDS, "round");
  }

  /** Where the author lets it open; `null` when there is no such place. */
  #start({ length, marks }: DecodescopeFigure): number | null {
    const { startAt } = this.#wishes;
    return startAt === null ? null : placeOf(startAt, length, marks);
  }

  /** Gives a figure what an attribute says, and anew what no reader can have changed. */
  #dress(figure: DecodescopeFigure, name: Name, length: number): void {
    const { speed, loop, markers, view, hide, height, large, halt, teach } = this.#wishes;
    const marks = marksOf(markers, length);
    Object.assign(figure, { speed, marks, hide, large, halting: halt, leads: teach });
    figure.toggleAttribute("boxed", height !== null);
    figure.style.height = height === null ? "" : `${height}px`;
    if (name === "loop") figure.loop = loop;
    if (name === "view") figure.view = view;
    if (name === "start-at" && figure === this.#figure) this.#enter(figure);
    if (name === "lang")
      void learn(this.#lang).then(() => {
        this.#speak(figure);
        this.#plan();
      });
  }

  // ── Drawing ────────────────────────────────────────────────────────────────────────────────

  /** Gives a figure its words. What is in no language of ours it says in English. */
  #speak(figure: DecodescopeFigure): void {
    figure.words = catalogueOf(this.#lang);
    figure.lang = figure.words ? this.#lang : "en";
  }

  get #lang(): string {
    return this.#wishes.lang ?? this.closest<HTMLElement>("[lang]")?.lang ?? "";
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      if (this.isConnected) this.#draw();
    });
  }

  #draw(): void {
    const figure = this.#figure;
    const lang = this.#lang;
    // While a live run begins there is less to see.
    if (figure && !figure.live) this.#judge(figure);
    const said = this.getState().error;
    const bare = !this.#hasFallback;
    const waits = bare && !figure && this.#status !== "failed";
    const theme = this.#wishes.theme ?? hostTheme(this);
    const height = this.#wishes.height ?? 420;
    const about = this.#text && !this.#wishes.hide.includes("method") ? this.#text : null;
    render(
      html`<div
        class="player ${bare ? "" : "has-fallback"}"
        style=${inline(`color-scheme: ${theme}`)}
        aria-busy=${this.#status === "loading"}
      >
        ${
          said
            ? html`<p class="notice" role="alert">
                ${said} ${this.#error && figure ? say("kept", {}, lang) : nothing}
              </p>`
            : nothing
        }
        ${this.#offersLive && figure ? this.#liveBar : nothing}
        ${
          this.#offersLive && figure && !this.#closeLive
            ? html`<p class="door">
                <button @click=${() => void this.#goLive()}>${say("runHere", {}, lang)}</button>
                ${say("asksFirst", {}, lang)}
              </p>`
            : nothing
        }
        ${this.#frame}
        ${
          waits
            ? html`<p class="waiting" style=${inline(`min-height: ${height}px`)}>
                ${say("loading", {}, lang)}
              </p>`
            : nothing
        }
        ${
          about
            ? html`<details class="about">
                <summary>${say("about", {}, lang)}: ${about.title}</summary>
                <div class="about-text" lang="en" .innerHTML=${about.html}></div>
              </details>`
            : nothing
        }
        <slot class=${figure ? "replaced" : ""} @slotchange=${() => this.#plan()}></slot>
      </div>`,
      this.shadowRoot!,
    );
  }

  get #offersLive(): boolean {
    return !["false", "0", "no", null].includes(this.getAttribute("live"));
  }

  /** Whether the author put a picture or words into the tag. */
  get #hasFallback(): boolean {
    return [...this.childNodes].some((it) =>
      it instanceof Element ? it.localName !== "script" : it.textContent?.trim(),
    );
  }
}

if (!customElements.get("decodescope-player"))
  customElements.define("decodescope-player", DecodescopePlayer);

/** Events by name, for `addEventListener`: a class can only say so in an interface. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface DecodescopePlayer {
  addEventListener<K extends keyof PlayerEvents>(
    type: K,
    listener: (event: CustomEvent<PlayerEvents[K]>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "decodescope-player": DecodescopePlayer;
  }
}
