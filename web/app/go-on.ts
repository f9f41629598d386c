/** A run that the graphics card broke off, made again: what is shown of it stays. */
import { Beyond } from "../engine/beyond.ts";
import type { Engines } from "../engine/handles.ts";
import type { Trace } from "../generated/Trace.ts";
import type { Broken } from "./page-state.ts";

export async function goOn(engines: Engines, { panel, request }: Broken): Promise<Trace> {
  // The prompt came with the beginning, not in a batch.
  const beyond = new Beyond(panel.trace!.events.slice(panel.given!.events.length));
  panel.goOn();
  const trace = await engines.run(request, {
    onBatch: (batch) => {
      const more = beyond.take(batch);
      if (more) panel.append(more);
    },
  });
  // The other device rounds otherwise: its run is shown as one of its own.
  if (!beyond.same) panel.show(trace, "run");
  return trace;
}
