// One figure that becomes live: asks, loads, runs, and goes back to the recorded run. Its state is
// data; `bar.ts` draws it.

import { Beyond } from "../../engine/beyond.ts";
import { failureOf } from "../../engine/failure.ts";
import type { ScriptRequest } from "../../engine/handles.ts";
import type { Batch, Failure, Progress } from "../../engine/protocol.ts";
import type { Event } from "../../generated/Event.ts";
import type { Trace } from "../../generated/Trace.ts";
import { growing } from "../../trace/so-far.ts";
import { othersOf, promptOf } from "../../trace/text-of.ts";
import type { LiveStage } from "../live-door.ts";
import { drawBar } from "./bar.ts";
import { sharedFor, type Bill, type Shared } from "./shared.ts";

export type LiveState =
  | { is: "opening" }
  /** Nothing has been fetched; the reader is told how much would be. */
  | { is: "asking"; bill: Bill }
  | { is: "loading"; progress: Progress | null; why: string }
  | { is: "ready"; why: string }
  /** Another figure of the page is running. */
  | { is: "queued" }
  | { is: "running" }
  /** A run that the graphics card broke off; the CPU may go on with it. */
  | { is: "broken"; message: string }
  | { is: "failed"; message: string; retry: "ask" | null };

export class LiveFigure {
  state: LiveState = { is: "opening" };
  /** The run on show is ours. */
  live = false;
  prompt: string;
  seed: number;
  readonly #stage: LiveStage;
  readonly #shared: Shared;
  /** The recorded run, and where the reader was in it. */
  readonly #recorded: Trace;
  #place = { index: 0, node: null as number | null };
  #closed = false;
  #stopped = false;
  /** The run that was asked for last, the events of it that have come, and what befell it. */
  #request: ScriptRequest | null = null;
  #grown: Trace | null = null;
  #came: Event[] = [];
  #failure: Failure | null = null;
  #why = "";

  constructor(stage: LiveStage) {
    this.#stage = stage;
    this.#shared = sharedFor(stage.base);
    this.#recorded = stage.trace();
    this.prompt = stage.prompt ?? promptOf(this.#recorded);
    // An author may have written a fraction; the player says that no seed is one.
    this.seed = Math.trunc(stage.seed ?? this.#recorded.seed);
  }

  /** Says what a run here costs; begins nothing. */
  async ask(): Promise<void> {
    this.#set({ is: "opening" });
    const { method, models } = this.#recorded;
    if (!this.#shared.knows(method))
      return this.#fail(`The engine here does not know the method “${method}”.`, null);
    try {
      const bill = await this.#shared.bill(method);
      this.#why = bill.why;
      const model = models.target?.name ?? "";
      if (!model.startsWith(`${bill.collection}/`))
        return this.#fail(`This run was made with the model “${model}”, which is not here.`, null);
      this.#set(bill.bytes === 0 ? { is: "ready", why: bill.why } : { is: "asking", bill });
    } catch (thrown) {
      this.#fail(failureOf(thrown).message, "ask");
    }
  }

  /** The reader has agreed. */
  async load(): Promise<void> {
    this.#set({ is: "loading", progress: null, why: this.#why });
    try {
      await this.#shared.load(this.#recorded.method, (status) => {
        if (status.state !== "loading") return;
        this.#why = status.choice.why;
        this.#set({ is: "loading", progress: status.progress, why: this.#why });
      });
      this.#set({ is: "ready", why: this.#why });
    } catch (thrown) {
      this.#fail(failureOf(thrown).message, "ask");
    }
  }

  cancelLoad(): void {
    this.#shared.engines.cancelLoad();
  }

  async run(): Promise<void> {
    this.#stopped = false;
    this.#set({ is: "queued" });
    await this.#shared.inTurn(async () => {
      if (this.#closed || this.#stopped) return this.#set({ is: "ready", why: this.#why });
      await this.#runNow();
    });
  }

  async #runNow(): Promise<void> {
    const { method, params, max_new_tokens: maxNewTokens } = this.#recorded;
    const { prompt, seed } = this;
    const others = othersOf(this.#recorded);
    this.#came = [];
    this.#request = {
      method,
      params: params as Record<string, unknown>,
      prompt,
      others,
      seed,
      maxNewTokens,
    };
    this.#set({ is: "running" });
    await this.#guarded(
      this.#shared.engines.run(this.#request, {
        onBegin: (begun) => this.#begin(begun),
        onBatch: (batch) => this.#append(batch),
      }),
    );
  }

  async #guarded(run: Promise<Trace>): Promise<void> {
    try {
      const trace = await run;
      if (this.#closed) return;
      this.#stage.keep(trace);
      this.#stage.figure()?.finish(trace);
      this.#set({ is: "ready", why: this.#why });
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (this.live && this.#shared.engines.cpuMayGoOn(failure)) return this.#break(failure);
      this.back();
      this.#fail(failure.message, "ask");
    }
  }

  /** The card is gone; what it has written stays, and so does the reader's place. */
  #break(failure: Failure): void {
    this.#failure = failure;
    this.#stage.figure()?.finish();
    this.#set({ is: "broken", message: whole(failure.message) });
  }

  /** Makes the run again without the graphics card, and goes on where it broke off. */
  async goOnOnCpu(): Promise<void> {
    const { engines } = this.#shared;
    engines.useCpu(this.#failure!);
    this.#why = engines.choice!.why;
    this.#stopped = false;
    this.#set({ is: "queued" });
    await this.#shared.inTurn(async () => {
      if (this.#closed) return;
      if (this.#stopped) return this.#break(this.#failure!);
      this.#set({ is: "running" });
      this.#stage.figure()?.goOn();
      const beyond = new Beyond(this.#came);
      const onBatch = (batch: Batch) => {
        const more = beyond.take(batch);
        if (more) this.#append(more);
      };
      await this.#guarded(
        engines.run(this.#request!, { onBatch }).then((trace) => {
          // The CPU rounds otherwise: its run is shown as one of its own.
          const figure = this.#stage.figure();
          if (!beyond.same && figure) figure.trace = trace;
          return trace;
        }),
      );
    });
  }

  stop(): void {
    this.#stopped = true;
    if (this.state.is === "running") this.#shared.engines.stop();
  }

  #begin(begun: Trace): void {
    const figure = this.#stage.figure();
    if (this.#closed || !figure) return;
    if (!this.live) this.#place = { index: figure.index, node: figure.selection.node };
    this.live = true;
    // The figure reads what it was given; what comes goes into a copy.
    this.#grown = growing(begun);
    this.#stage.keep(this.#grown);
    figure.live = true;
    figure.trace = begun;
    this.#early = [];
    void figure.updateComplete.then(() => {
      const early = this.#early ?? [];
      this.#early = null;
      early.forEach((it) => this.#show(it));
    });
    this.#draw();
  }

  /** Batches that came before the figure had taken the run up. */
  #early: Batch[] | null = null;

  #append(batch: Batch): void {
    if (this.#closed) return;
    // One by one: a long run has more events than a call takes arguments.
    for (const event of batch.events) {
      this.#came.push(event);
      this.#grown?.events.push(event);
    }
    Object.assign(this.#grown?.vocabulary ?? {}, batch.vocabulary);
    this.#grown?.recorded.pass_ms.push(...batch.passMs);
    this.#show(batch);
  }

  #show(batch: Batch): void {
    if (this.#early) this.#early.push(batch);
    else this.#stage.figure()?.appendEvents(batch.events, batch.vocabulary);
  }

  /** The recorded run, at the place that was left. */
  back(): void {
    const figure = this.#stage.figure();
    if (this.#closed || !this.live || !figure) return;
    this.live = false;
    this.#stage.keep(this.#recorded);
    figure.live = false;
    figure.trace = this.#recorded;
    const { index, node } = this.#place;
    void figure.updateComplete.then(() => {
      figure.seek(index);
      figure.select({ node, token: null, round: null });
    });
    this.#draw();
  }

  /** The player shows something else, or is gone. */
  close(): void {
    this.#closed = true;
    this.stop();
    if (this.live) this.#stage.figure()?.finish();
    this.#stage.bar.replaceChildren();
  }

  #fail(message: string, retry: "ask" | null): void {
    this.#set({ is: "failed", message: whole(message), retry });
  }

  #set(state: LiveState): void {
    this.state = state;
    this.#draw();
  }

  #draw(): void {
    if (!this.#closed) drawBar(this, this.#stage.bar);
  }
}

/** A message as a whole sentence; those of the engine begin small and end open. */
function whole(message: string): string {
  const end = /[.!?]$/.test(message) ? "" : ".";
  return message.charAt(0).toUpperCase() + message.slice(1) + end;
}
