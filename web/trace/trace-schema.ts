// The schema of traces as the checker reads it: what a name stands for in the name's place, words
// to choose from as one list, and nothing that only people read.

import generated from "../generated/trace.schema.json" with { type: "json" };
import type { Schema } from "./schema.ts";

type Json = Readonly<Record<string, unknown>>;

/** Fields of the generated schema that say nothing to a checker. */
const FOR_PEOPLE = new Set(["$schema", "$defs", "description", "format", "title"]);

export function forChecker(schema: Json): Schema {
  const named = schema["$defs"] as Json;
  const read = (it: Json): Json => {
    if (it["$ref"]) {
      const { $ref, ...beside } = it;
      return read({ ...(named[($ref as string).replace("#/$defs/", "")] as Json), ...beside });
    }
    const { oneOf, anyOf = oneOf, const: word, ...rest } = it;
    if (word !== undefined) return { enum: [word] };
    const choices = (anyOf as Json[] | undefined)?.map(read);
    if (choices?.every((choice) => choice["enum"]))
      return { enum: choices.flatMap((choice) => choice["enum"]) };
    if (choices) return { anyOf: choices };
    if (rest["enum"]) return { enum: rest["enum"] };
    const known = Object.entries(rest).filter(([key]) => !FOR_PEOPLE.has(key));
    return Object.fromEntries(known.map(([key, value]) => [key, inside(key, value)]));
  };
  const inside = (key: string, value: unknown): unknown => {
    if (/^(items|additionalProperties)$/.test(key) && value !== false) return read(value as Json);
    if (key === "prefixItems") return (value as Json[]).map(read);
    if (!/properties$/i.test(key) || value === false) return value;
    const parts = Object.entries(value as Json);
    return Object.fromEntries(parts.map(([name, part]) => [name, read(part as Json)]));
  };
  return read(schema) as Schema;
}

/** The build of the embed writes it as code instead (build/schema-code.ts). */
export const traceSchema = forChecker(generated);
