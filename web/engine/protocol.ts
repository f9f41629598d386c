/**
 * What page and worker say to each other. Calls go through Comlink; what a run does is streamed
 * as plain messages, batched to at most one a frame.
 */
import type { Event } from "../generated/Event.ts";
import type { TokenText } from "../generated/TokenText.ts";
import type { Trace } from "../generated/Trace.ts";

export type Device = "cpu" | "webgpu";

/** What went wrong: a short name to compare, a sentence to show. */
export interface Failure {
  code: string;
  message: string;
}

/** A run as the engine takes it. */
export interface RunRequest {
  method: string;
  /** The method's parameters; what is left out keeps its default. */
  params: Record<string, unknown>;
  prompt: string;
  /** Further prompts, for methods that read several at once. */
  others?: string[];
  seed: number;
  maxNewTokens: number;
}

/** A piece of a run. */
export interface Batch {
  /** Number of the run among the runs of this worker. */
  run: number;
  events: Event[];
  /** Texts of tokens that occur for the first time. */
  vocabulary: Record<number, TokenText>;
  /** Milliseconds of each pass, in order. */
  passMs: number[];
}

/** Bytes of files on their way. */
export interface Progress {
  loaded: number;
  total: number;
  /** What is loading, in the reader's words. */
  what: string;
}

/** Messages of the worker beside its answers to calls. */
export type Told =
  ({ type: "events" } & Batch) | ({ type: "progress" } & Progress) | ({ type: "fatal" } & Failure);

/** A file to fetch, with what it must be. */
export interface AssetFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** The shipped models: their files by role. Written beside them by the build. */
export interface ModelManifest {
  /** For example `stories`; models are named `<collection>/<role>`. */
  collection: string;
  roles: Record<string, AssetFile[]>;
  /** Bytes of the WebAssembly of each device, unpacked. */
  engines?: Partial<Record<Device, number>>;
}

/** The calls a worker answers. */
export interface WorkerCalls {
  /** Fetches the WebAssembly of `device` and opens it. `base`: address of the page's folder. */
  open(device: Device, base: string): Promise<void>;
  /** Loads the models of these roles that are not loaded yet. */
  load(manifest: ModelManifest, roles: string[]): Promise<void>;
  /** Gives up a load; its promise rejects with `{code: "cancelled"}`. */
  cancelLoad(): void;
  /** Times a few plain greedy tokens after `prompt`. */
  measurePlain(prompt: string): Promise<void>;
  /** Begins a run and gives the trace so far: the prompt. */
  begin(request: RunRequest, run: number): Promise<Trace>;
  /** Goes on for so many steps of the method, or to the end; tells whether it has finished. */
  advance(steps: number): Promise<{ finished: boolean }>;
  /** Makes a running `advance` return after its present step. */
  pause(): void;
  /** The trace of the present run, as the command line would have written it. */
  trace(): Promise<Trace>;
}
