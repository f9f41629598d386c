/**
 * The page's side of the engine: one queue of typed calls to one worker, and the events that
 * come back. A worker that dies takes its calls with it, each with a sentence, and is replaced
 * when the next call comes.
 */
import type { Trace } from "../generated/Trace.ts";
import { EngineError, failureOf } from "./failure.ts";
import type {
  Batch,
  Device,
  Failure,
  ModelManifest,
  Progress,
  RunRequest,
  Told,
  WorkerCalls,
} from "./protocol.ts";

/** A worker as the client sees it; tests bring their own. */
export interface Link {
  calls: { [K in keyof WorkerCalls]: AsyncCall<WorkerCalls[K]> };
  listen(on: (told: Told) => void): void;
  terminate(): void;
}
type AsyncCall<F> = F extends (...args: infer A) => infer R
  ? (...args: A) => Promise<Awaited<R>>
  : never;

export interface ClientOptions {
  device: Device;
  /** Address of the page's folder. */
  base: string;
  manifest: ModelManifest;
  /** Starts a worker. */
  connect: () => Link;
  /** Longest silence of a worker that has a call to answer, in ms. */
  patienceMs?: number;
  /** Bytes of models on their way; `null` when nothing is on its way any more. */
  onProgress?: (progress: Progress | null) => void;
}

/** Who watches a run. */
export interface Watcher {
  /** The trace so far: models, parameters with their defaults, the prompt. */
  onBegin?: (trace: Trace) => void;
  onBatch?: (batch: Batch) => void;
}

const PATIENCE_MS = 180_000;
/** What the first plain tokens are timed on. */
const WARM_UP_PROMPT = "Once upon a time";

export class EngineClient {
  readonly device: Device;
  readonly #options: ClientOptions;
  #link: Link | undefined;
  /** Rejects when the worker dies. */
  #death: Promise<never> = new Promise(() => {});
  #die: (failure: Failure) => void = () => {};
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #waiting = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #runs = 0;
  #watcher: Watcher = {};
  /** Runs that `stop` would end. */
  readonly #asked = new Set<{ stopped: boolean }>();
  #ready = false;
  #measured = false;
  /** While runs are held: settles when they may go on. */
  #held: Promise<void> | null = null;
  #release: () => void = () => {};

  constructor(options: ClientOptions) {
    this.#options = options;
    this.device = options.device;
  }

  /** Opens the engine, loads the models of `roles` and times plain decoding once. */
  prepare(roles: string[]): Promise<void> {
    return this.#queue((link) => this.#prepare(link, roles));
  }

  /** Gives up what is loading. */
  cancelLoad(): void {
    void this.#link?.calls.cancelLoad();
  }

  /** Runs a method to its end, or until `stop`; the trace of a stopped run ends there. */
  run(request: RunRequest, roles: string[], watcher: Watcher = {}): Promise<Trace> {
    const asked = { stopped: false };
    this.#asked.add(asked);
    return this.#queue(async (link) => {
      await this.#begin(link, request, roles, watcher);
      await this.#advance(link, Infinity, asked);
      return this.#wait(link.calls.trace());
    }).finally(() => this.#asked.delete(asked));
  }

  /** Begins a run and stands at its first step. Gives the number that `advance` asks for. */
  begin(request: RunRequest, roles: string[], watcher: Watcher = {}): Promise<number> {
    return this.#queue((link) => this.#begin(link, request, roles, watcher));
  }

  /** Takes so many steps of run number `run` and gives its trace so far. */
  advance(run: number, steps: number): Promise<{ finished: boolean; trace: Trace }> {
    return this.#queue(async (link) => {
      if (run !== this.#runs) {
        const message = "Another run has begun since; press Run to start anew.";
        throw new EngineError({ code: "superseded", message });
      }
      const asked = { stopped: false };
      this.#asked.add(asked);
      const finished = await this.#advance(link, steps, asked).finally(() =>
        this.#asked.delete(asked),
      );
      return { finished, trace: await this.#wait(link.calls.trace()) };
    });
  }

  /** Takes steps, and rests while runs are held; says whether the run has finished. */
  async #advance(link: Link, steps: number, asked: { stopped: boolean }): Promise<boolean> {
    for (;;) {
      await this.#held;
      if (asked.stopped) return false;
      const { finished } = await this.#wait(link.calls.advance(steps));
      // A worker that was asked for all steps and has not taken them was paused.
      if (finished || steps !== Infinity) return finished;
    }
  }

  /** Runs rest after their present step until `release`. */
  hold(): void {
    if (this.#held) return;
    this.#held = new Promise((done) => (this.#release = done));
    void this.#link?.calls.pause();
  }

  release(): void {
    this.#held = null;
    this.#release();
  }

  /** Ends the present run after its present step, and those that wait before their first. */
  stop(): void {
    for (const asked of this.#asked) asked.stopped = true;
    this.release();
    void this.#link?.calls.pause();
  }

  /** Ends the worker at once. */
  close(): void {
    this.#fail({ code: "closed", message: "The engine was closed." });
  }

  async #prepare(link: Link, roles: string[]): Promise<void> {
    const { base, manifest } = this.#options;
    if (!this.#ready) {
      await this.#wait(link.calls.open(this.device, base));
      this.#ready = true;
    }
    try {
      await this.#wait(link.calls.load(manifest, roles));
    } finally {
      this.#options.onProgress?.(null);
    }
    if (!this.#measured && roles.includes("target")) {
      await this.#wait(link.calls.measurePlain(WARM_UP_PROMPT));
      this.#measured = true;
    }
  }

  async #begin(
    link: Link,
    request: RunRequest,
    roles: string[],
    watcher: Watcher,
  ): Promise<number> {
    const run = ++this.#runs;
    this.#watcher = watcher;
    await this.#prepare(link, roles);
    const begun = await this.#wait(link.calls.begin(request, run));
    watcher.onBegin?.(begun);
    return run;
  }

  /** One job at a time, in the order asked. */
  #queue<T>(job: (link: Link) => Promise<T>): Promise<T> {
    const turn = this.#tail.then(() => job(this.#living()));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  #living(): Link {
    if (this.#link) return this.#link;
    const link = this.#options.connect();
    this.#link = link;
    this.#ready = false;
    this.#measured = false;
    this.#death = new Promise((_, reject) => {
      this.#die = (failure) => reject(new EngineError(failure));
    });
    // Nobody may be waiting when the worker dies; that is no unhandled rejection.
    this.#death.catch(() => undefined);
    link.listen((told) => {
      if (this.#link !== link) return;
      this.#rewind();
      if (told.type === "fatal") this.#fail({ code: told.code, message: told.message });
      else if (told.type === "progress") this.#options.onProgress?.(told);
      else if (told.run === this.#runs) this.#watcher.onBatch?.(told);
    });
    return link;
  }

  /** The answer of a call, or the failure that ended the worker before it came. */
  async #wait<T>(answer: Promise<T>): Promise<T> {
    this.#waiting++;
    this.#rewind();
    try {
      return await Promise.race([answer, this.#death]);
    } catch (thrown) {
      throw thrown instanceof EngineError ? thrown : new EngineError(failureOf(thrown));
    } finally {
      this.#waiting--;
      this.#rewind();
    }
  }

  /** Sets the watchdog back; it runs only while somebody waits. */
  #rewind(): void {
    clearTimeout(this.#watchdog);
    if (this.#waiting === 0) return;
    const patience = this.#options.patienceMs ?? PATIENCE_MS;
    this.#watchdog = setTimeout(() => {
      const seconds = Math.round(patience / 1000);
      const message = `The engine has not answered for ${seconds} seconds and was ended; try again.`;
      this.#fail({ code: "panic", message });
    }, patience);
  }

  #fail(failure: Failure): void {
    const link = this.#link;
    this.#link = undefined;
    link?.terminate();
    this.#die(failure);
  }
}
