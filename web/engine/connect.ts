/** Starts the worker that owns an engine. */
import * as Comlink from "comlink";
import type { Link } from "./client.ts";
import type { Told, WorkerCalls } from "./protocol.ts";
import workerAddress from "./worker.ts?worker&url";

/** The messages of ours that are not Comlink's carry a `type` of ours. */
const TYPES = new Set(["events", "progress", "fatal"]);

/** Pages that enforce trusted types want the address of a worker to be vouched for. */
interface Trusted {
  trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(it: string): string }): Trusts;
  };
}
type Trusts = { createScriptURL(it: string): string };
const policy = (globalThis as Trusted).trustedTypes?.createPolicy("decodescope-worker", {
  createScriptURL: (it) => it,
});

function start(): Worker {
  const there = new URL(workerAddress, import.meta.url);
  let address = there.href;
  if (there.origin !== self.origin) {
    // A page may not start a worker of another site, but one of its own that imports that one.
    const code = `import ${JSON.stringify(there.href)};`;
    address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  }
  const trusted = policy?.createScriptURL(address) ?? address;
  return new Worker(trusted, { type: "module", name: "decodescope engine" });
}

export function connect(): Link {
  const worker = start();
  return {
    calls: Comlink.wrap<WorkerCalls>(worker) as unknown as Link["calls"],
    listen(on) {
      worker.addEventListener("message", ({ data }: MessageEvent<Told>) => {
        if (TYPES.has(data?.type)) on(data);
      });
      worker.addEventListener("error", (event) => {
        const message = `The engine's worker failed: ${event.message || "it could not be loaded"}.`;
        on({ type: "fatal", code: "panic", message });
      });
    },
    terminate: () => worker.terminate(),
  };
}
