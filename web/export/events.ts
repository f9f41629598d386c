/** The events of a run as tables for other programs: JSON lists and CSV. */
import type { Event } from "../generated/Event.ts";
import type { Trace } from "../generated/Trace.ts";
import { pieces } from "../trace/words.ts";

/** Of every event what most tables need; what only some have stays in `event`. */
export interface Row {
  /** Index among the events. */
  index: number;
  /** Index of the round it belongs to; −1 before the first. */
  round: number;
  kind: Event["kind"];
  node: number | null;
  parent: number | null;
  /** Who proposed, or which model ran. */
  by: string | null;
  token: number | null;
  text: string | null;
  accepted: boolean | null;
  p: number | null;
  q: number | null;
  u: number | null;
  /** Natural log. */
  log_prob: number | null;
  event: Event;
}

export function rows({ events, vocabulary }: Pick<Trace, "events" | "vocabulary">): Row[] {
  const tokens: (number | null)[] = [];
  let round = -1;
  return events.map((event, index) => {
    if (event.kind === "step") round++;
    const node = "node" in event ? event.node : null;
    if (event.kind === "grow")
      tokens[event.node] = "token" in event.input ? event.input.token : null;
    const token =
      event.kind === "sample" ? event.token : node === null ? null : (tokens[node] ?? null);
    return {
      index,
      round,
      kind: event.kind,
      node,
      parent: event.kind === "grow" ? event.parent : null,
      by: event.kind === "grow" ? event.by : event.kind === "score" ? event.role : null,
      token,
      text: token === null ? null : (pieces(vocabulary, [token])[0]?.text ?? null),
      accepted: event.kind === "judge" ? event.accepted : null,
      p: event.kind === "judge" ? event.p : event.kind === "sample" ? event.prob : null,
      q: event.kind === "judge" ? event.q : null,
      u: event.kind === "judge" || event.kind === "sample" ? event.u : null,
      log_prob: event.kind === "grow" ? event.log_prob : null,
      event,
    };
  });
}

/** A list of the events as they stand, with their places and the text of their tokens. */
export const json = (trace: Pick<Trace, "events" | "vocabulary">): string =>
  `[\n${rows(trace)
    .map(({ event, index, round, text }) =>
      JSON.stringify({ index, round, ...event, ...(text === null ? {} : { text }) }),
    )
    .join(",\n")}\n]\n`;

/**
 * One line an event. Text stands in quotes as in JSON, so that white space is seen and no program
 * takes a token such as `=1` for a formula; so does a name in a file from elsewhere that begins like
 * one. Source of the format: RFC 4180.
 */
export function csv(trace: Pick<Trace, "events" | "vocabulary">): string {
  const names = Object.keys({ ...EMPTY }) as (keyof typeof EMPTY)[];
  const lines = rows(trace).map((row) => {
    const { by, text, event, ...rest } = row;
    const all = {
      ...rest,
      by: by !== null && /^[=+\-@\t\r]/.test(by) ? JSON.stringify(by) : by,
      text: text === null ? null : JSON.stringify(text),
      event: JSON.stringify(event),
    };
    return names.map((name) => cell(all[name])).join(",");
  });
  return [names.join(","), ...lines, ""].join("\r\n");
}

/** The columns, in order. */
const EMPTY: Record<keyof Row, null> = {
  index: null,
  round: null,
  kind: null,
  node: null,
  parent: null,
  by: null,
  token: null,
  text: null,
  accepted: null,
  p: null,
  q: null,
  u: null,
  log_prob: null,
  event: null,
};

function cell(value: string | number | boolean | null): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
