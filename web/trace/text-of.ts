/** The texts of a trace, without the tokens that begin and end a document. */
import type { Trace } from "../generated/Trace.ts";
import { bytesOf } from "./words.ts";

export const promptOf = (trace: Trace): string => textOf(trace, trace.prompt_tokens);

/** The further prompts of a batch, which only the events name. */
export function othersOf(trace: Trace): string[] {
  const prompts: number[][] = [];
  for (const event of trace.events) {
    if (event.kind !== "grow" || event.by !== "prompt") continue;
    if (event.lane > 0 && "token" in event.input)
      (prompts[event.lane - 1] ??= []).push(event.input.token);
  }
  return prompts.map((it) => textOf(trace, it));
}

function textOf(trace: Trace, tokens: readonly number[]): string {
  const ends = new Set(trace.models.target?.end_tokens);
  const bytes = tokens
    .filter((token) => !ends.has(token))
    .flatMap((token) => [...bytesOf(trace.vocabulary, token)]);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
