// Reads a trace file and refuses a bad one with a sentence that names the place. The shape is
// checked against `trace.schema.json`; the rest (do the nodes exist?) by hand below.

import type { Event } from "../generated/Event.ts";
import type { Trace } from "../generated/Trace.ts";
import { migrate } from "./migrate.ts";
import { admit } from "./schema.ts";
import { traceSchema } from "./trace-schema.ts";

export const VERSION = 1;

/** What is wrong with a trace, and where. */
export class TraceError extends Error {
  constructor(
    /** A JSON path, for example `events[12].node`; `""` for the whole file. */
    readonly path: string,
    sentence: string,
  ) {
    super(path === "" ? sentence : `${path} ${sentence}`);
    this.name = "TraceError";
  }
}

/** Throws a `TraceError`. */
export function loadTrace(text: string): Trace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TraceError("", `This file is not JSON: ${(error as Error).message}.`);
  }
  return checkTrace(value);
}

/** Checks a parsed trace of any version, and fills in optional fields with what their absence means. */
export function checkTrace(value: unknown): Trace {
  const refused = migrate(value, VERSION);
  if (refused) throw new TraceError("version", refused);
  const wrong = admit(value, traceSchema);
  if (wrong) throw new TraceError(wrong.path, wrong.sentence);
  const trace = value as Trace;
  checkEvents(trace.events);
  return trace;
}

function checkEvents(events: readonly Event[]): void {
  let nodes = 0;
  let lanes = 0;
  events.forEach((event, i) => {
    const at = (field: string) => `events[${i}].${field}`;
    const known = (field: string, node: number) => {
      if (node >= nodes)
        throw new TraceError(at(field), `names node ${node}, which has not grown yet.`);
    };
    const allKnown = (field: string, list: readonly number[]) =>
      list.forEach((node, k) => known(`${field}[${k}]`, node));
    const sameLength = (field: string, found: number, wanted: number) => {
      if (found !== wanted)
        throw new TraceError(at(field), `has ${found} entries; ${wanted} belong there.`);
    };
    switch (event.kind) {
      case "grow":
        if (event.node !== nodes)
          throw new TraceError(at("node"), `is ${event.node}, but ${nodes} comes next.`);
        if (event.parent !== null) known("parent", event.parent);
        if (event.lane > lanes || (event.lane === lanes && event.by !== "prompt"))
          throw new TraceError(at("lane"), `names lane ${event.lane}, which has no prompt yet.`);
        if (event.lane === lanes) lanes += 1;
        nodes += 1;
        break;
      case "score":
        allKnown("nodes", event.nodes);
        allKnown("ancestors", event.ancestors);
        if (event.rows.length > 0) sameLength("rows", event.rows.length, event.nodes.length);
        break;
      case "sample":
        known("node", event.node);
        event.stages.forEach((stage, k) =>
          sameLength(`stages[${k}].probs`, stage.probs.length, event.tokens.length),
        );
        break;
      case "judge":
      case "finish":
        known("node", event.node);
        break;
      case "commit":
        allKnown("nodes", event.nodes);
        known("head", event.head);
        if (event.lane >= lanes)
          throw new TraceError(at("lane"), `names lane ${event.lane}, which has no prompt.`);
        break;
      case "prune":
        allKnown("nodes", event.nodes);
        break;
      case "merge":
        known("from", event.from);
        known("into", event.into);
        break;
    }
  });
}
