/** Runs of the engine: whole, step by step, one method after another. */
import { failureOf } from "../engine/failure.ts";
import type { Trace } from "../generated/Trace.ts";
import { severalPrompts, type Broken, type PageState } from "./page-state.ts";
import type { Panel } from "./panel.ts";

export class Runs {
  readonly #page: PageState;
  /** The reader pressed Stop: methods of a comparison that wait do not begin. */
  #stopped = false;
  /** What runs, as it was asked for. */
  #under: Pick<Broken, "panel" | "request"> | null = null;
  /** Whether the last attempt to load the engine failed. */
  readonly #failed: () => boolean;

  constructor(page: PageState, failed: () => boolean) {
    this.#page = page;
    this.#failed = failed;
  }

  /** Runs every method on the page, or goes on where steps have led. */
  async run(): Promise<void> {
    const page = this.#page;
    if (page.running) return;
    await this.#guarded(async () => {
      const { stepped } = page;
      if (stepped) {
        page.set({ stepped: null });
        const { trace } = await stepped.client.advance(stepped.run, Infinity);
        return this.#settle(page.panels[0]!, trace);
      }
      this.#leaveExample();
      await this.#runAll([...page.panels]);
    });
  }

  /** One step of the method; the first begins a run. */
  async step(): Promise<void> {
    const page = this.#page;
    if (page.running) return;
    await this.#guarded(async () => {
      const panel = page.panels[0]!;
      const stepped = page.stepped ?? (await this.#begin(panel));
      const { finished, trace } = await stepped.client.advance(stepped.run, 1);
      page.set({ stepped: finished ? null : stepped });
      if (finished) this.#settle(panel, trace);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#page.host.engines.stop();
  }

  /** Loads the engine; says whether it is there. */
  async prepare(): Promise<boolean> {
    return this.#page.host.engines.prepare().then(
      () => true,
      () => false,
    );
  }

  async #begin(panel: Panel) {
    const { engines, updateComplete } = this.#page.host;
    this.#leaveExample();
    const client = await engines.client();
    const roles = engines.rolesOf(panel.method);
    const request = this.#request(panel.method);
    this.#under = { panel, request };
    const run = await client.begin(request, roles, this.#watch(panel));
    await updateComplete;
    return { client, run };
  }

  #leaveExample(): void {
    this.#page.set({ example: null, trace: null });
    this.#page.writeAddress();
  }

  #request(method: string) {
    const { prompt, seed, length } = this.#page.settings;
    const others = severalPrompts(method) ? this.#page.settings.others : [];
    const params = this.#page.paramsFor(method);
    return { method, params, prompt, others, seed, maxNewTokens: length };
  }

  #watch(panel: Panel) {
    const page = this.#page;
    return {
      onBegin: (trace: Trace) => {
        panel.begin(trace);
        page.set({ panels: [...page.panels] });
      },
      onBatch: (batch: Parameters<Panel["append"]>[0]) => panel.append(batch),
    };
  }

  /** Makes the run that broke off again on the CPU; what is shown of it stays, and it goes on from there. */
  async goOnOnCpu(): Promise<void> {
    const page = this.#page;
    const { broken } = page;
    if (page.running || !broken) return;
    page.host.engines.useCpu(broken.failure);
    await this.#guarded(async () => {
      const { goOn } = await import("./go-on.ts");
      const { panel } = broken;
      this.#settle(panel, await goOn(page.host.engines, broken));
      await this.#runAll(page.panels.slice(page.panels.indexOf(panel) + 1));
    });
  }

  async #runAll(panels: readonly Panel[]): Promise<void> {
    for (const panel of panels) {
      if (this.#stopped || !this.#page.panels.includes(panel)) return;
      const request = this.#request(panel.method);
      this.#under = { panel, request };
      const trace = await this.#page.host.engines.run(request, this.#watch(panel));
      this.#settle(panel, trace);
    }
  }

  async #guarded(job: () => Promise<void>): Promise<void> {
    const page = this.#page;
    page.set({ problem: "", broken: null });
    this.#stopped = false;
    if (this.#failed() && !(await this.prepare())) return;
    page.set({ running: true });
    try {
      await job();
    } catch (thrown) {
      const failure = failureOf(thrown);
      page.set({ problem: failure.message, stepped: null });
      const under = this.#under;
      if (under?.panel.live && page.host.engines.cpuMayGoOn(failure))
        page.set({ broken: { ...under, failure } });
      for (const panel of page.panels) {
        if (panel.live) panel.finish();
      }
    } finally {
      page.set({ running: false, panels: [...page.panels] });
    }
  }

  #settle(panel: Panel, trace: Trace): void {
    panel.finish(trace);
    this.#page.runs.set(panel.method, trace);
    this.#page.set({ panels: [...this.#page.panels] });
  }
}
