/** A run that has not come to its end, or broke off: its trace as far as it came. */
import type { Trace } from "../generated/Trace.ts";
import { fold } from "./fold.ts";

/** The tokens that the events have written after the prompt of the first lane. */
export function writtenIn({ events, prompt_tokens: prompt }: Trace): number[] {
  const { lanes, nodes } = fold(events);
  const path = lanes[0]?.path.slice(prompt.length) ?? [];
  return path.map((id) => nodes[id]!.token).filter((it) => it !== null);
}

/** A trace that its run did not finish lists no tokens, for the engine lists them at the end. */
export const soFar = (trace: Trace): Trace =>
  trace.tokens.length > 0 ? trace : { ...trace, tokens: writtenIn(trace) };

/** A copy that its run may add events, words and times to; its tokens are those of its events. */
export function growing(begun: Trace): Trace {
  return {
    ...begun,
    events: [...begun.events],
    vocabulary: { ...begun.vocabulary },
    recorded: { ...begun.recorded, pass_ms: [...begun.recorded.pass_ms] },
    get tokens() {
      return writtenIn(this);
    },
  };
}
