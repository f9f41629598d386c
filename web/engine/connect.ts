/** Starts the worker that owns an engine. */
import * as Comlink from "comlink";
import type { Link } from "./client.ts";
import type { Told, WorkerCalls } from "./protocol.ts";

/** The messages of ours that are not Comlink's carry a `type` of ours. */
const TYPES = new Set(["events", "progress", "fatal"]);

export function connect(): Link {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    name: "decodescope engine",
  });
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
