/** What the page knows: what the reader chose and the runs that are shown. Draws nothing. */
import methods from "virtual:methods";
import type { EngineClient } from "../engine/client.ts";
import type { Engines, ScriptRequest } from "../engine/handles.ts";
import type { Failure } from "../engine/protocol.ts";
import type { Trace } from "../generated/Trace.ts";
import type { Aggregate } from "../import/imported.ts";
import { NAMES, spelledOut, type Presentation } from "../player/presentation.ts";
import { read, write, type Moment } from "./address.ts";
import { Panel, type Origin } from "./panel.ts";
import { changed, controlsOf, type Control, type Params } from "./schema.ts";
import type { Settings } from "./settings.ts";
import { othersOf, promptOf } from "../trace/text-of.ts";

/** A method parameter that all methods of a comparison share. */
const SHARED_PARAMETER = "temperature";

/** A run that the graphics card broke off. */
export interface Broken {
  readonly panel: Panel;
  readonly request: ScriptRequest;
  readonly failure: Failure;
}

/** The element that shows the page: it hears of changes and lends the engine. */
export interface Host {
  readonly engines: Engines;
  requestUpdate(): void;
  readonly updateComplete: Promise<unknown>;
}

/** The controls that a method's schema asks for. */
export function controlsFor(method: string): Control[] {
  return controlsOf(methods.find((it) => it.id === method)?.schema);
}

/** Whether a method reads further prompts beside the first. */
export function severalPrompts(method: string): boolean {
  return methods.find((it) => it.id === method)?.several_prompts ?? false;
}

/** The methods that are shown, as one word. */
const shownMethods = ({ method, compared }: Settings) => [method, ...compared].join();

export class PageState {
  settings: Settings;
  panels: Panel[];
  /** Id of the recorded example on the page. */
  example: string | null;
  /** Address of the trace on the page. */
  trace: string | null;
  problem = "";
  /** Acceptance over many rounds, from a server's report; it stands above the pictures. */
  aggregates: { readonly name: string; readonly list: readonly Aggregate[] } | null = null;
  /** A run that the CPU may go on with. */
  broken: Broken | null = null;
  running = false;
  /** A run that rests between steps. */
  stepped: { client: EngineClient; run: number } | null = null;
  /** Where the address says to go, until the page has gone there. */
  moment: Moment | null;
  /** How the address wants the pictures shown. */
  readonly presentation: Presentation;
  /** The same, with what its words stand for said one by one. */
  readonly shown: Presentation;
  /** The reader typed a prompt: nothing but the reader replaces it. */
  typed: boolean;
  /** The reader, or the address, chose more than a method. */
  touched: boolean;
  /** The last run of each method, to come back to. */
  readonly runs = new Map<string, Trace>();
  readonly host: Host;
  /** Called when other methods are on the page than before. */
  onMethods: () => void = () => undefined;

  constructor(host: Host, search: string) {
    this.host = host;
    const address = read(search, methods);
    this.settings = address.settings;
    this.example = address.example;
    this.trace = address.trace;
    this.moment = address.moment;
    this.presentation = address.presentation;
    this.shown = spelledOut(address.presentation);
    const named = [...new URLSearchParams(search).keys()];
    this.typed = named.includes("prompt");
    this.touched = named.some((name) => !["device", "method", "with", ...NAMES].includes(name));
    this.panels = this.#panelsFor(address.settings);
  }

  get comparing(): boolean {
    return this.panels.length > 1;
  }

  /** Takes a change over and has the page drawn anew. */
  set(
    change: Partial<
      Pick<
        PageState,
        | "settings"
        | "panels"
        | "example"
        | "trace"
        | "problem"
        | "broken"
        | "aggregates"
        | "running"
        | "stepped"
      >
    > = {},
  ): void {
    Object.assign(this, change);
    this.host.requestUpdate();
  }

  /** Takes new settings; the pictures stay unless the methods are others. */
  choose(change: Partial<Settings>): void {
    if (!("method" in change || "compared" in change)) this.touched = true;
    const before = shownMethods(this.settings);
    const settings = { ...this.settings, ...change };
    this.set({ settings, example: null, trace: null, stepped: null, broken: null });
    if (before !== shownMethods(settings)) {
      this.host.engines.stop();
      this.set({ panels: this.#panelsFor(settings) });
      this.onMethods();
    }
    this.writeAddress();
  }

  chooseMethod(method: string): void {
    const names = new Set(controlsFor(method).map((it) => it.name));
    const kept = Object.entries(this.settings.params).filter(
      ([name]) => name === SHARED_PARAMETER && names.has(name),
    );
    this.choose({ method, params: Object.fromEntries(kept) });
  }

  /** Shows a trace and takes its settings over, so that Run makes it again. */
  adopt(trace: Trace, origin: Origin, from: string | null = null): void {
    const panel = new Panel(trace.method);
    panel.show(trace, origin, from);
    const settings = { ...this.settingsOf(trace), compared: [] };
    this.set({ settings, panels: [panel], stepped: null, broken: null });
  }

  /** The settings that make a trace again; a prompt that the reader typed stays. */
  settingsOf(trace: Trace): Settings {
    const { method, seed, max_new_tokens: length } = trace;
    // A run of a method that this page does not know can be looked at, not made again.
    if (!methods.some((it) => it.id === method)) return this.settings;
    const params = changed(controlsFor(method), trace.params as Params);
    const prompt = this.typed ? this.settings.prompt : promptOf(trace);
    const others = this.typed || !severalPrompts(method) ? this.settings.others : othersOf(trace);
    return { ...this.settings, method, params, seed, length, prompt, others };
  }

  /** The parameters for a method of the comparison. */
  paramsFor(method: string): Params {
    if (method === this.settings.method) return this.settings.params;
    const shared = this.settings.params[SHARED_PARAMETER];
    const knows = controlsFor(method).some((it) => it.name === SHARED_PARAMETER);
    return shared !== undefined && knows ? { [SHARED_PARAMETER]: shared } : {};
  }

  writeAddress(): void {
    history.replaceState(null, "", location.pathname + this.query(null));
  }

  /** The address of these settings and, with `moment`, of a place in the run, seen in `view`. */
  query(moment: Moment | null, view: string | null = null): string {
    const device = new URLSearchParams(location.search).get("device");
    let { example, trace } = this;
    const [panel] = this.panels;
    // A place belongs to the run that is shown, even where the settings would make another one.
    if (moment && panel?.origin === "example" && !this.comparing) example = panel.from;
    if (moment && panel?.origin === "address") trace = panel.from;
    const presentation = { ...this.presentation, ...(view ? { view } : {}) };
    return write({ settings: this.settings, example, trace, moment, presentation }, device);
  }

  #panelsFor({ method, compared }: Settings): Panel[] {
    return [method, ...compared].map((method) => {
      const panel = new Panel(method);
      const run = this.runs.get(method);
      if (run) panel.show(run, "run");
      return panel;
    });
  }
}
