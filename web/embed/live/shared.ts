// What all live figures of a page share: one worker, one copy of each model, one run at a time.

import methods from "virtual:methods";
import { connect } from "../../engine/connect.ts";
import { Engines, type EngineStatus } from "../../engine/handles.ts";
import { keptBytes } from "../../engine/weights.ts";

/** What a method still has to fetch before it can run here. */
export interface Bill {
  /** Bytes that have to come over the network. */
  readonly bytes: number;
  /** Bytes of models that this browser has kept from an earlier visit. */
  readonly kept: number;
  /** Whether the browser lets us keep models at all. */
  readonly keeps: boolean;
  readonly why: string;
  readonly device: "cpu" | "webgpu";
  /** The name of the shipped models begins so. */
  readonly collection: string;
}

type Heard = (status: EngineStatus) => void;

export class Shared {
  readonly engines: Engines;
  readonly #listeners = new Set<Heard>();
  #tail: Promise<unknown> = Promise.resolve();
  /** Roles whose models are in the worker. */
  readonly #loaded = new Set<string>();

  constructor(base: string) {
    this.engines = new Engines({
      base,
      search: "",
      methods,
      connect,
      onStatus: (status) => this.#listeners.forEach((it) => it(status)),
    });
  }

  knows(method: string): boolean {
    return methods.some((it) => it.id === method);
  }

  async bill(method: string): Promise<Bill> {
    const { choice, files, engineBytes, collection } = await this.engines.needs(method);
    const all = files.reduce((sum, it) => sum + it.bytes, 0);
    const kept = await keptBytes(files);
    const rest = { why: choice.why, device: choice.device, collection, keeps: kept !== null };
    if (this.#has(method)) return { ...rest, bytes: 0, kept: 0 };
    const opened = this.#loaded.size > 0;
    const loaded = files.filter((it) => this.#loaded.has(roleOf(it.name)));
    const here = loaded.reduce((sum, it) => sum + it.bytes, 0);
    const bytes = all - Math.max(here, kept ?? 0) + (opened ? 0 : engineBytes);
    return { ...rest, bytes, kept: kept ?? 0 };
  }

  #has(method: string): boolean {
    return this.engines.rolesOf(method).every((it) => this.#loaded.has(it));
  }

  /** Loads what `method` needs; `heard` is told of the bytes. Rejects with `{code, message}`. */
  async load(method: string, heard: Heard): Promise<void> {
    const roles = this.engines.rolesOf(method);
    if (this.#has(method)) return;
    this.#listeners.add(heard);
    try {
      await this.engines.prepare(roles);
      roles.forEach((it) => this.#loaded.add(it));
    } finally {
      this.#listeners.delete(heard);
    }
  }

  /** Does `job` when all earlier ones are done. */
  inTurn<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(job);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}

/** `target/model.safetensors` belongs to the role `target`; the tables beside it to `ngrams`. */
const roleOf = (name: string): string =>
  name.endsWith("/ngrams.bin") ? "ngrams" : name.split("/")[0]!;

const all = new Map<string, Shared>();

/** What the figures whose engine lies below `base` share. */
export function sharedFor(base: string): Shared {
  let shared = all.get(base);
  if (!shared) all.set(base, (shared = new Shared(base)));
  return shared;
}
