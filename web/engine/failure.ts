/** Errors on their way from the engine to the reader. */
import type { Failure } from "./protocol.ts";

/** An error with a short name, as scripts receive it: `{code, message}`. */
export class EngineError extends Error implements Failure {
  readonly code: string;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "EngineError";
    this.code = failure.code;
  }
}

/** Reads whatever was thrown as `{code, message}`. */
export function failureOf(thrown: unknown, code = "failed"): Failure {
  if (typeof thrown === "object" && thrown !== null) {
    const { code: named, message } = thrown as Partial<Failure>;
    if (typeof message === "string") {
      return { code: typeof named === "string" ? named : code, message };
    }
  }
  return { code, message: String(thrown) };
}
