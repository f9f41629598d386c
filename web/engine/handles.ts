/**
 * `window.decodescope`: the page's handles for scripts and tests. One engine a device, made when
 * it is first asked for. See README.md.
 */
import type { Described } from "../generated/Described.ts";
import type { Trace } from "../generated/Trace.ts";
import { askedDevice, choose, probeGpu, type Choice } from "./capability.ts";
import { EngineClient, type Link, type Watcher } from "./client.ts";
import { EngineError, failureOf } from "./failure.ts";
import type {
  AssetFile,
  Device,
  Failure,
  ModelManifest,
  Progress,
  RunRequest,
} from "./protocol.ts";

/** A run as scripts ask for it; what is left out has a default. */
export interface ScriptRequest {
  method: string;
  params?: Record<string, unknown>;
  prompt: string;
  /** Further prompts, for methods that read several at once. */
  others?: string[];
  seed?: number;
  maxNewTokens?: number;
  /** Left out: the page's own choice. */
  device?: Device;
}

/** How far the engine is. */
export type EngineStatus =
  | { state: "waiting" }
  | { state: "loading"; choice: Choice; progress: Progress | null }
  | { state: "ready"; choice: Choice }
  | { state: "failed"; choice: Choice | null; failure: Failure };

export const DEFAULT_SEED = 1;
export const DEFAULT_LENGTH = 40;

/** What a run has to fetch. */
export interface Needs {
  choice: Choice;
  /** Models are named `<collection>/<role>`. */
  collection: string;
  files: AssetFile[];
  engineBytes: number;
}

export interface EnginesOptions {
  base: string;
  search: string;
  methods: readonly Described[];
  connect: () => Link;
  onStatus?: (status: EngineStatus) => void;
  fetch?: typeof fetch;
  probe?: typeof probeGpu;
}

/** Failures of a run that have to do with the device, not with what was asked. */
const OF_THE_CARD = ["device_lost", "out_of_memory", "panic"];

/** The engines of the page. */
export class Engines {
  readonly #options: EnginesOptions;
  readonly #clients = new Map<Device, EngineClient>();
  #manifest: Promise<ModelManifest> | undefined;
  #choice: Choice | undefined;
  #running: EngineClient | undefined;
  /** The page's engine has been ready: models that come later do not take that back. */
  #ready = false;

  constructor(options: EnginesOptions) {
    this.#options = options;
    // A page that nobody sees computes nothing; what it was at goes on when it is seen again.
    globalThis.document?.addEventListener("visibilitychange", () => {
      for (const client of this.#clients.values()) this.#mind(client);
    });
  }

  #mind(client: EngineClient): void {
    if (globalThis.document?.hidden) client.hold();
    else client.release();
  }

  /** Bytes that the default models take. */
  async downloadBytes(): Promise<number> {
    const { roles } = await this.#models();
    const files = [...(roles.target ?? []), ...(roles.draft ?? [])];
    return files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** All files of all models. */
  async files(): Promise<AssetFile[]> {
    return Object.values((await this.#models()).roles).flat();
  }

  /** What a run of `method` would have to fetch: the files of its models, and the engine's bytes. */
  async needs(method: string): Promise<Needs> {
    const choice = await this.#choose();
    const manifest = await this.#models();
    const files = this.rolesOf(method).flatMap((role) => manifest.roles[role] ?? []);
    return {
      choice,
      collection: manifest.collection,
      files,
      engineBytes: manifest.engines?.[choice.device] ?? 0,
    };
  }

  /**
   * Chooses the device and loads the models of `roles`; left out, those that most methods need.
   * Rejects with `{code, message}`.
   */
  async prepare(roles = ["target", "draft"]): Promise<Choice> {
    const tell = this.#options.onStatus ?? (() => undefined);
    try {
      tell({ state: "loading", choice: await this.#choose(), progress: null });
      await this.#prepareOn(await this.#choose(), roles);
      const choice = await this.#choose();
      this.#ready = true;
      tell({ state: "ready", choice });
      return choice;
    } catch (thrown) {
      const failure = failureOf(thrown);
      tell({ state: "failed", choice: this.#choice ?? null, failure });
      throw new EngineError(failure);
    }
  }

  async #prepareOn(choice: Choice, roles: string[]): Promise<void> {
    const client = await this.#client(choice.device);
    try {
      await client.prepare(roles);
    } catch (thrown) {
      const failure = failureOf(thrown);
      const given = ["cancelled", "network", "checksum"].includes(failure.code);
      if (choice.device === "cpu" || given) throw thrown;
      // The adapter was there and does not work: say so and go on without it.
      const why = `Computing on the CPU, because WebGPU failed here (${failure.message}).`;
      this.#choice = { device: "cpu", why };
      this.#options.onStatus?.({ state: "loading", choice: this.#choice, progress: null });
      await this.#prepareOn(this.#choice, roles);
    }
  }

  cancelLoad(): void {
    for (const client of this.#clients.values()) client.cancelLoad();
  }

  /** Whether the CPU could go on where a run failed: the graphics card, not the request, was at fault. */
  cpuMayGoOn(failure: Failure): boolean {
    const device = this.#running?.device ?? this.#choice?.device;
    return device === "webgpu" && OF_THE_CARD.includes(failure.code);
  }

  /** From now on the CPU computes, because of what befell the graphics card. */
  useCpu({ message }: Failure): void {
    const said = message.replace(/\.$/, "");
    this.#choice = { device: "cpu", why: `Computing on the CPU, because WebGPU failed: ${said}.` };
    if (this.#ready) this.#options.onStatus?.({ state: "ready", choice: this.#choice });
  }

  get choice(): Choice | undefined {
    return this.#choice;
  }

  async run(asked: ScriptRequest, watcher: Watcher = {}): Promise<Trace> {
    const client = await this.client(asked.device);
    this.#running = client;
    return client.run(complete(asked), this.rolesOf(asked.method), watcher);
  }

  /** Ends the present run; its promise gives the trace up to there. */
  stop(): void {
    this.#running?.stop();
  }

  /** The engine of `device`, or of the page's choice. */
  async client(device?: Device): Promise<EngineClient> {
    return this.#client(device ?? (await this.#choose()).device);
  }

  async #choose(): Promise<Choice> {
    if (this.#choice) return this.#choice;
    const { search, probe = probeGpu } = this.#options;
    const asked = askedDevice(search);
    // Nobody asks the graphics card anything when the CPU was asked for.
    const report = asked === "cpu" ? { api: false, adapter: null } : await probe();
    return (this.#choice ??= choose(asked, report));
  }

  /** What must be loaded for a method. An unknown method is the engine's to refuse. */
  rolesOf(method: string): string[] {
    const needs = this.#options.methods.find((it) => it.id === method)?.needs ?? [];
    return ["target", ...needs.filter((role) => role !== "target")];
  }

  async #client(device: Device): Promise<EngineClient> {
    const manifest = await this.#models();
    let client = this.#clients.get(device);
    if (!client) {
      client = new EngineClient({
        device,
        base: this.#options.base,
        manifest,
        connect: this.#options.connect,
        onProgress: (progress) => this.#progress(progress),
      });
      this.#clients.set(device, client);
      this.#mind(client);
    }
    return client;
  }

  #progress(progress: Progress | null): void {
    const choice = this.#choice;
    if (!choice) return;
    if (progress) this.#options.onStatus?.({ state: "loading", choice, progress });
    else if (this.#ready) this.#options.onStatus?.({ state: "ready", choice });
  }

  #models(): Promise<ModelManifest> {
    this.#manifest ??= this.#fetchManifest().catch((error: unknown) => {
      this.#manifest = undefined;
      throw error;
    });
    return this.#manifest;
  }

  async #fetchManifest(): Promise<ModelManifest> {
    const { base, fetch = globalThis.fetch.bind(globalThis) } = this.#options;
    const address = new URL("models/manifest.json", base).href;
    const response = await fetch(address).catch(() => undefined);
    if (!response?.ok) {
      const message =
        "The list of models could not be fetched; check the connection and try again.";
      throw new EngineError({ code: "network", message });
    }
    return (await response.json()) as ModelManifest;
  }
}

/** Fills in what a script left out. */
export function complete(asked: ScriptRequest): RunRequest {
  return {
    method: asked.method,
    params: asked.params ?? {},
    prompt: asked.prompt,
    others: asked.others ?? [],
    seed: asked.seed ?? DEFAULT_SEED,
    maxNewTokens: asked.maxNewTokens ?? DEFAULT_LENGTH,
  };
}

/** What scripts see. */
export interface Decodescope {
  /** Resolves once the engine can run, rejects with the sentence that says why it cannot. */
  ready: Promise<Choice>;
  methods(): readonly Described[];
  run(request: ScriptRequest): Promise<Trace>;
  stop(): void;
}
