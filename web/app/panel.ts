/** One picture on the page: a method, the run it shows, and where that run comes from. */
import type { Batch } from "../engine/protocol.ts";
import type { Event } from "../generated/Event.ts";
import type { Trace } from "../generated/Trace.ts";
import type { Vocabulary } from "../trace/words.ts";

/** What a panel asks of the figure that shows it. */
export interface FigureLike {
  appendEvents(events: readonly Event[], vocabulary: Vocabulary): void;
  finish(trace?: Trace): void;
  goOn(): void;
}

export type Origin = "example" | "run" | "file" | "link" | "address";

export class Panel {
  readonly method: string;
  /** What the figure was given: a live run then grows inside the figure. */
  given: Trace | null = null;
  /** The run as far as it is known here. */
  trace: Trace | null = null;
  origin: Origin = "example";
  /** Id of the example, or the address, that it came from. */
  from: string | null = null;
  /** The run goes on. */
  live = false;
  #figure: FigureLike | null = null;
  /** Batches that came before the figure was drawn. */
  #early: Batch[] = [];

  constructor(method: string) {
    this.method = method;
  }

  /** Whether `figure` shows this panel already. */
  isShownBy(figure: FigureLike): boolean {
    return this.#figure === figure;
  }

  show(trace: Trace, origin: Origin, from: string | null = null): void {
    this.from = from;
    this.given = trace;
    this.trace = trace;
    this.origin = origin;
    this.live = false;
    this.#figure = null;
  }

  /** A run begins: `trace` holds its prompt. */
  begin(trace: Trace): void {
    this.show(trace, "run");
    this.live = true;
    this.#early = [];
    // The figure reads what it was given; what comes goes into a copy.
    const recorded = { ...trace.recorded, pass_ms: [...trace.recorded.pass_ms] };
    this.trace = {
      ...trace,
      events: [...trace.events],
      vocabulary: { ...trace.vocabulary },
      recorded,
    };
  }

  /** The run that broke off goes on: what is shown of it stays. */
  goOn(): void {
    this.live = true;
    this.#figure?.goOn();
  }

  append(batch: Batch): void {
    if (!this.trace) return;
    for (const event of batch.events) this.trace.events.push(event);
    Object.assign(this.trace.vocabulary, batch.vocabulary);
    this.trace.recorded.pass_ms.push(...batch.passMs);
    if (this.#figure) this.#figure.appendEvents(batch.events, batch.vocabulary);
    else this.#early.push(batch);
  }

  /** The figure for what was given last is on the page. */
  attach(figure: FigureLike): void {
    this.#figure = figure;
    for (const { events, vocabulary } of this.#early.splice(0)) {
      figure.appendEvents(events, vocabulary);
    }
    if (!this.live && this.trace && this.trace !== this.given) figure.finish(this.trace);
  }

  /** The run has ended, with its whole trace or as far as it came; the figure keeps its place. */
  finish(trace = this.trace): void {
    this.live = false;
    this.trace = trace;
    if (trace) this.#figure?.finish(trace);
  }
}
