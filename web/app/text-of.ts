/** The texts of a trace, without the tokens that begin and end a document. */
import type { Trace } from "../generated/Trace.ts";
import { bytesOf } from "../trace/words.ts";

export function promptOf(trace: Trace): string {
  const ends = new Set(trace.models.target?.end_tokens);
  const bytes = trace.prompt_tokens
    .filter((token) => !ends.has(token))
    .flatMap((token) => [...bytesOf(trace.vocabulary, token)]);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
