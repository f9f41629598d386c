/**
 * The worker that owns the engine. It fetches one of the two WebAssembly builds, loads models
 * into it and steps through runs; nothing here decides what to run.
 */
import * as Comlink from "comlink";
import type { Event } from "../generated/Event.ts";
import type { TokenText } from "../generated/TokenText.ts";
import type { Trace } from "../generated/Trace.ts";
import { EngineError, failureOf } from "./failure.ts";
import { GpuTrouble } from "./gpu-trouble.ts";
import { paced } from "./paced.ts";
import type {
  Device,
  Failure,
  ModelManifest,
  Progress,
  RunRequest,
  Told,
  WorkerCalls,
} from "./protocol.ts";
import { fetchFile } from "./weights.ts";

/** The WebAssembly module's face; see crate/wasm. */
interface Engine {
  loadModel(
    role: string,
    name: string,
    config: Uint8Array,
    tokenizer: Uint8Array,
    weights: Uint8Array,
  ): void;
  loadNgrams(bytes: Uint8Array): void;
  encode(text: string): Uint32Array;
  measurePlain(text: string): Promise<void>;
  start(asked: unknown): Promise<Trace>;
  step(): Promise<{
    events: Event[];
    vocabulary: Record<number, TokenText>;
    passMs: number[];
    finished: boolean;
  }>;
  trace(): Trace;
}
interface EngineModule {
  default(options: { module_or_path: string }): Promise<unknown>;
  Engine: { create(): Promise<Engine> };
}

/** Events are sent at most so often: drawing faster would show the reader nothing more. */
const FRAME_MS = 33;

let engine: Engine | undefined;
let base = "";
let loading: AbortController | undefined;
let paused = false;
let run = 0;
let prompt = "";
/** Measurements of plain decoding that may still be made. */
let measurements = 3;
const loaded = new Set<string>();
const gpu = new GpuTrouble();

function tell(told: Told): void {
  self.postMessage(told);
}

function opened(): Engine {
  if (!engine) throw new EngineError({ code: "closed", message: "The engine is not open yet." });
  return engine;
}

/** Comlink carries `Error` objects without our `code`; plain objects arrive as they are. */
function plainly<A extends unknown[], R>(call: (...args: A) => R | Promise<R>) {
  return async (...args: A): Promise<R> => {
    try {
      return await call(...args);
    } catch (thrown) {
      const trouble = await gpu.behind();
      if (trouble) throw trouble;
      const panic = (globalThis as { decodescopePanic?: string }).decodescopePanic;
      if (panic || thrown instanceof WebAssembly.RuntimeError) {
        tell({ type: "fatal", ...panicFailure(thrown) });
      }
      const failure: Failure = failureOf(thrown);
      throw { code: failure.code, message: failure.message };
    }
  };
}

function panicFailure(thrown: unknown): Failure {
  const panic = (globalThis as { decodescopePanic?: string }).decodescopePanic;
  return {
    code: "panic",
    message: `The engine stopped because of a mistake of its own: ${panic ?? failureOf(thrown).message}`,
  };
}

async function instantiate(address: string): Promise<EngineModule["Engine"]> {
  try {
    const module = (await import(/* @vite-ignore */ `${address}engine.js`)) as EngineModule;
    await module.default({ module_or_path: `${address}engine_bg.wasm` });
    return module.Engine;
  } catch {
    const message = "The engine could not be fetched: check the connection and try again.";
    throw new EngineError({ code: "network", message });
  }
}

async function open(device: Device, folder: string): Promise<void> {
  base = folder;
  if (device === "webgpu") gpu.watch((failure) => tell({ type: "fatal", ...failure }));
  const address = new URL(`wasm/${device}/`, folder).href;
  engine = await (await instantiate(address)).create();
}

async function load(manifest: ModelManifest, roles: string[]): Promise<void> {
  const missing = roles.filter((role) => !loaded.has(role));
  const unknown = missing.find((role) => !manifest.roles[role]);
  if (unknown) {
    const message = `this method needs a model in the role "${unknown}", and none is shipped`;
    throw new EngineError({ code: "missing_model", message });
  }
  const total = missing
    .flatMap((role) => manifest.roles[role] ?? [])
    .reduce((sum, file) => sum + file.bytes, 0);
  loading = new AbortController();
  const { signal } = loading;
  let bytes = 0;
  const progress = paced<Progress>(FRAME_MS, (it) => tell({ type: "progress", ...it }));
  try {
    for (const role of missing) {
      const what = role === "ngrams" ? "n-gram tables" : `the ${role} model`;
      const count = (more: number) => progress.tell({ loaded: (bytes += more), total, what });
      const folder = new URL(`models/${manifest.collection}`, base).href;
      const files = new Map<string, Uint8Array>();
      for (const file of manifest.roles[role] ?? []) {
        files.set(file.name.split("/").pop()!, await fetchFile(folder, file, count, signal));
      }
      hand(`${manifest.collection}/${role}`, role, files);
      loaded.add(role);
    }
  } finally {
    progress.stop();
  }
}

function hand(name: string, role: string, files: Map<string, Uint8Array>): void {
  if (role === "ngrams") {
    const [bytes] = [...files.values()];
    opened().loadNgrams(bytes!);
    return;
  }
  const [config, tokenizer, weights] = ["config.json", "tokenizer.json", "model.safetensors"].map(
    (file) => files.get(file),
  );
  if (!config || !tokenizer || !weights) {
    const message = `the model ${name} lacks config.json, tokenizer.json or model.safetensors`;
    throw new EngineError({ code: "model", message });
  }
  opened().loadModel(role, name, config, tokenizer, weights);
}

function begin(request: RunRequest, number: number): Promise<Trace> {
  prompt = request.prompt;
  run = number;
  const encode = (text: string) => Array.from(opened().encode(text));
  const others = (request.others ?? []).map(encode);
  return opened().start({ ...request, prompt: encode(prompt), others });
}

function measurePlain(text: string): Promise<void> {
  measurements--;
  return opened().measurePlain(text);
}

async function advance(steps: number): Promise<{ finished: boolean }> {
  paused = false;
  let events: Event[] = [];
  let vocabulary: Record<number, TokenText> = {};
  let passMs: number[] = [];
  let sent = performance.now();
  const send = () => {
    if (events.length > 0) tell({ type: "events", run, events, vocabulary, passMs });
    events = [];
    vocabulary = {};
    passMs = [];
    sent = performance.now();
  };
  try {
    for (let step = 0; step < steps && !paused; step++) {
      const stepped = await opened().step();
      events.push(...stepped.events);
      Object.assign(vocabulary, stepped.vocabulary);
      passMs.push(...stepped.passMs);
      if (stepped.finished) {
        // The engine is warm now, and the prompt is the one that counts.
        if (measurements > 0) await measurePlain(prompt);
        return { finished: true };
      }
      if (performance.now() - sent >= FRAME_MS) send();
    }
    return { finished: false };
  } finally {
    send();
  }
}

// A panic inside a promise never settles it: these events are the only trace it leaves.
for (const type of ["error", "unhandledrejection"] as const) {
  self.addEventListener(type, async (event: ErrorEvent | PromiseRejectionEvent) => {
    const thrown: unknown = "reason" in event ? event.reason : event.error;
    tell({ type: "fatal", ...((await gpu.behind()) ?? panicFailure(thrown)) });
  });
}

const calls: WorkerCalls = {
  open: plainly(open),
  load: plainly(load),
  cancelLoad: () => loading?.abort(),
  measurePlain: plainly(measurePlain),
  begin: plainly(begin),
  advance: plainly(advance),
  pause: () => {
    paused = true;
  },
  trace: plainly(() => opened().trace()),
};
Comlink.expose(calls);
