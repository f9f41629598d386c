/**
 * The schema of traces as the code of a module that makes it: the same object from a third of the
 * bytes, as most of a schema is the same few shapes again.
 */
import { forChecker } from "../trace/trace-schema.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Shapes that come again and again, by the name they have in the code. */
const SHAPES: Readonly<Record<string, Schema>> = {
  count: { minimum: 0, type: "integer" },
  text: { type: "string" },
  real: { type: "number" },
  perhaps: { type: ["number", "null"] },
  none: { type: "null" },
};

const MAKERS = `
const list = (items, rest) => ({ type: "array", items, ...rest });
const pair = (...prefixItems) => list(undefined, { prefixItems, minItems: 2, maxItems: 2 });
const words = (all) => ({ enum: all.split(" ") });
const either = (...anyOf) => ({ anyOf });
const record = (needed, more, rest) => ({
  type: "object", properties: { ...needed, ...more }, required: Object.keys(needed), ...rest
});
`;

/** A text as long as this is written once and named. */
const LONG = 40;

/** A module with the `traceSchema` of trace/trace-schema.ts, but for the order of properties. */
export function schemaCode(generated: Schema): string {
  const named = new Map(Object.entries(SHAPES).map(([name, it]) => [raw(it), name]));
  const lines = [...named].map(([code, name]) => `const ${name} = ${code};`);
  const schema = forChecker(generated) as Schema;
  const twice = repeatedIn(schema);
  const write = (it: unknown): string => {
    if (Array.isArray(it)) return `[${it.map(write).join(", ")}]`;
    if (!isSchema(it)) return raw(it);
    const known = named.get(raw(it));
    if (known) return known;
    const code = made(it, write) ?? spelledOut(it, write);
    if (!twice.has(raw(it)) || code.length < LONG) return code;
    const name = `part${named.size}`;
    named.set(raw(it), name);
    lines.push(`const ${name} = ${code};`);
    return name;
  };
  const code = write(schema);
  return `${MAKERS}${lines.join("\n")}\nexport const traceSchema = ${code};`;
}

/** What is there more than once, as JSON. */
function repeatedIn(schema: Schema): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  const visit = (it: unknown): void => {
    if (typeof it !== "object" || it === null) return;
    (seen.has(raw(it)) ? twice : seen).add(raw(it));
    Object.values(it).forEach(visit);
  };
  visit(schema);
  return twice;
}

/** What a maker makes; nothing when it would make something else. */
function made(schema: Schema, inside: (it: unknown) => string): string | undefined {
  const { type, items, enum: words, anyOf, prefixItems, properties, required, ...rest } = schema;
  const alone = Object.keys(rest).length === 0;
  const all = (parts: unknown) => (parts as unknown[]).map(inside).join(", ");
  if (alone && words) return `words("${(words as string[]).join(" ")}")`;
  if (alone && anyOf) return `either(${all(anyOf)})`;
  if (alone && items) return `list(${inside(items)})`;
  if (prefixItems) return `pair(${all(prefixItems)})`;
  if (type !== "object" || !isSchema(properties)) return;
  const names = (required ?? []) as string[];
  const optional = Object.entries(properties).filter(([name]) => !names.includes(name));
  const needed = Object.fromEntries(names.map((name) => [name, properties[name]]));
  const parts = [needed, Object.fromEntries(optional), rest].map((it) => spelledOut(it, inside));
  while (parts.at(-1) === "{  }") parts.pop();
  return `record(${parts.join(", ")})`;
}

const raw = (it: unknown): string => JSON.stringify(it);

const spelledOut = (it: Schema, inside: (part: unknown) => string): string =>
  `{ ${Object.entries(it)
    .map(([key, part]) => `${raw(key)}: ${inside(part)}`)
    .join(", ")} }`;

const isSchema = (it: unknown): it is Schema =>
  typeof it === "object" && it !== null && !Array.isArray(it);
