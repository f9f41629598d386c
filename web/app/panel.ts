/** One picture on the page: a method, the run it shows, and where that run comes from. */
import type { Event } from "../generated/Event.ts";
import type { Trace } from "../generated/Trace.ts";
import type { Batch } from "../engine/protocol.ts";
import type { Vocabulary } from "../trace/words.ts";

/** What a panel asks of the figure that shows it. */
export interface FigureLike {
  appendEvents(events: readonly Event[], vocabulary: Vocabulary): void;
  finish(trace?: Trace): void;
}

export type Origin = "example" | "run" | "file" | "link";

export class Panel {
  readonly method: string;
  /** What the figure was given; a live one grows in the figure. */
  trace: Trace | null = null;
  origin: Origin = "example";
  /** The run goes on. */
  live = false;
  figure: FigureLike | null = null;
  /** Batches that came before the figure was drawn. */
  #early: Batch[] = [];

  constructor(method: string) {
    this.method = method;
  }

  show(trace: Trace, origin: Origin): void {
    this.trace = trace;
    this.origin = origin;
    this.live = false;
  }

  /** A run begins: `trace` holds its prompt. */
  begin(trace: Trace): void {
    this.trace = trace;
    this.origin = "run";
    this.live = true;
    this.figure = null;
    this.#early = [];
  }

  append(batch: Batch): void {
    if (this.figure) this.figure.appendEvents(batch.events, batch.vocabulary);
    else this.#early.push(batch);
  }

  /** The figure for the present trace is on the page. */
  attach(figure: FigureLike): void {
    this.figure = figure;
    for (const batch of this.#early.splice(0)) this.append(batch);
  }

  /** The run has ended, or rests: the figure keeps its place. */
  finish(trace: Trace): void {
    this.live = false;
    this.figure?.finish(trace);
    this.#early = [];
  }
}
