/**
 * The schema of traces as the code of a module that makes it: the same object from a third of the
 * bytes, as most of a schema is the same few shapes again. What only people read is left out.
 */

/** Fields of the schema that the checker does not read. */
const FOR_PEOPLE = new Set(["$schema", "description", "format", "title"]);

type Schema = Record<string, unknown>;

/** Shapes that come again and again, by the name they have in the code. */
const SHAPES: Readonly<Record<string, Schema>> = {
  count: { minimum: 0, type: "integer" },
  text: { type: "string" },
  real: { type: "number" },
  perhaps: { type: ["number", "null"] },
  none: { type: "null" },
};

const MAKERS = `
const list = (items) => ({ type: "array", items });
const named = (name) => ({ $ref: "#/$defs/" + name });
const word = (it) => ({ type: "string", const: it });
const nullable = (it) => ({ anyOf: [it, none] });
const record = (needed, more, rest) => ({
  type: "object", properties: { ...needed, ...more }, required: Object.keys(needed), ...rest
});
`;

/** A module whose default export equals `schema`, but for the order of properties. */
export function schemaCode(schema: unknown): string {
  const shapes = Object.entries(SHAPES).map(
    ([name, it]) => `const ${name} = ${JSON.stringify(it)};`,
  );
  return `${shapes.join("\n")}${MAKERS}export default ${codeOf(forMachines(schema))};`;
}

export function forMachines(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(forMachines);
  if (!isSchema(schema)) return schema;
  const kept = Object.entries(schema).filter(
    // A property of that name is an object, what it says to people is a text.
    ([key, value]) => !(FOR_PEOPLE.has(key) && typeof value === "string"),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, forMachines(value)]));
}

function codeOf(it: unknown): string {
  if (Array.isArray(it)) return `[${it.map(codeOf).join(", ")}]`;
  if (!isSchema(it)) return JSON.stringify(it);
  const shape = Object.entries(SHAPES).find(([, shape]) => same(it, shape));
  return shape?.[0] ?? made(it) ?? spelledOut(it);
}

/** What a maker makes; nothing when it would make something else. */
function made({ type, items, $ref, const: word, anyOf, ...rest }: Schema): string | undefined {
  const alone = Object.keys(rest).length === 0;
  if (alone && type === "array" && items) return `list(${codeOf(items)})`;
  if (alone && type === "string" && word) return `word(${JSON.stringify(word)})`;
  if (alone && typeof $ref === "string") return `named("${$ref.replace("#/$defs/", "")}")`;
  if (alone && Array.isArray(anyOf) && anyOf.length === 2 && same(anyOf[1], SHAPES["none"]))
    return `nullable(${codeOf(anyOf[0])})`;
  const { properties, required, ...others } = rest;
  if (type !== "object" || !isSchema(properties) || !Array.isArray(required)) return;
  const names = required as string[];
  const optional = Object.entries(properties).filter(([name]) => !names.includes(name));
  const needed = spelledOut(Object.fromEntries(names.map((name) => [name, properties[name]])));
  const more = spelledOut(Object.fromEntries(optional));
  if (Object.keys(others).length) return `record(${needed}, ${more}, ${spelledOut(others)})`;
  return optional.length ? `record(${needed}, ${more})` : `record(${needed})`;
}

const spelledOut = (it: Schema): string =>
  `{ ${Object.entries(it)
    .map(([key, value]) => `${JSON.stringify(key)}: ${codeOf(value)}`)
    .join(", ")} }`;

const isSchema = (it: unknown): it is Schema =>
  typeof it === "object" && it !== null && !Array.isArray(it);

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

const sorted = (it: unknown): unknown =>
  isSchema(it) ? Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)) : it;
