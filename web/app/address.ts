/**
 * The page's address. Settings stand in the query, readable and short; a whole trace stands in
 * the hash, compressed. `read` never fails: what it cannot use keeps its default.
 */
import type { Described } from "../generated/Described.ts";
import { readPresentation, writePresentation, type Presentation } from "../player/presentation.ts";
import { controlsOf, parse, type Params } from "./schema.ts";
import { DEFAULTS, MAX_COMPARED, MAX_LENGTH, MAX_OTHERS, type Settings } from "./settings.ts";

/** A place in a trace: how many events, and what is selected. */
export interface Moment {
  at: number;
  node: number | null;
}

export interface Address {
  settings: Settings;
  /** A recorded run to open. */
  example: string | null;
  /** Address of a trace to open. */
  trace: string | null;
  moment: Moment | null;
  /** How the pictures are shown, in the same words as an embed's attributes. */
  presentation: Presentation;
}

/** `p.` keeps a method's parameters apart from the page's own names. */
export const PARAMETER = "p.";

export function read(search: string, methods: readonly Described[]): Address {
  const query = new URLSearchParams(search);
  const known = (id: string | null) => methods.find((it) => it.id === id);
  const method = known(query.get("method")) ?? known(DEFAULTS.method) ?? methods[0]!;
  const params: Params = {};
  for (const control of controlsOf(method.schema)) {
    const text = query.get(PARAMETER + control.name);
    const value = text === null ? undefined : parse(control, text);
    if (value !== undefined) params[control.name] = value;
  }
  const compared = (query.get("with") ?? "").split(",").filter((id) => known(id));
  const id = (text: string | null) => whole(text, 0, Number.MAX_SAFE_INTEGER);
  const at = id(query.get("at"));
  return {
    settings: {
      method: method.id,
      params,
      prompt: query.get("prompt") ?? DEFAULTS.prompt,
      others: query.has("also") ? prompts(query.getAll("also")) : DEFAULTS.others,
      seed: whole(query.get("seed"), 0, 2 ** 32 - 1) ?? DEFAULTS.seed,
      length: whole(query.get("length"), 1, MAX_LENGTH) ?? DEFAULTS.length,
      compared: compared.slice(0, MAX_COMPARED - 1),
    },
    example: query.get("example"),
    trace: query.get("trace"),
    moment: at === null ? null : { at, node: id(query.get("node")) },
    presentation: readPresentation((name) => (name === "seed" ? null : query.get(name))),
  };
}

/** Further prompts: those that say something, and not too many. */
export const prompts = (lines: readonly string[]): string[] =>
  lines.filter((it) => it.trim() !== "").slice(0, MAX_OTHERS);

function whole(text: string | null, min: number, max: number): number | null {
  if (text === null || !/^\d+$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

/** The query for an address, `?` included. The device that was asked for stays asked for. */
export function write(
  { settings, example, trace, moment, presentation }: Address,
  device: string | null = null,
): string {
  const query = new URLSearchParams();
  const set = (name: string, value: string | number, standard?: string | number) => {
    if (value !== standard) query.set(name, String(value));
  };
  if (device) set("device", device);
  if (example) {
    set("example", example);
  } else if (trace) {
    set("trace", trace);
  } else {
    set("method", settings.method);
    set("prompt", settings.prompt, DEFAULTS.prompt);
    if (settings.others.join("\n") !== DEFAULTS.others.join("\n"))
      // None at all must be said as well.
      for (const other of settings.others.length > 0 ? settings.others : [""])
        query.append("also", other);
    set("seed", settings.seed, DEFAULTS.seed);
    set("length", settings.length, DEFAULTS.length);
    for (const [name, value] of Object.entries(settings.params)) {
      set(PARAMETER + name, Array.isArray(value) ? JSON.stringify(value) : String(value ?? ""));
    }
  }
  if (settings.compared.length > 0) set("with", settings.compared.join(","));
  for (const [name, value] of writePresentation(presentation)) set(name, value);
  if (moment) {
    set("at", moment.at);
    if (moment.node !== null) set("node", moment.node);
  }
  // Commas, colons and slashes need no escape in a query, and the address stays readable.
  const text = query
    .toString()
    .replaceAll("%2C", ",")
    .replaceAll("%3A", ":")
    .replaceAll("%2F", "/");
  return text ? `?${text}` : "";
}
