// A small walker over JSON Schema: the keywords that our generated schema uses and no others
// (trace-schema.ts). It says the path of the first thing that is wrong, and fills in what may be absent.

export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly default?: unknown;
}

export interface Wrong {
  readonly path: string;
  /** Without its subject, which is the path. */
  readonly sentence: string;
}

/** `null` when `value` fits. Absent optional fields become `null` or their default. */
export function admit(value: unknown, schema: Schema, path = ""): Wrong | null {
  const { type, anyOf, enum: words, minimum = -Infinity, maximum = Infinity } = schema;
  if (anyOf) return admitOne(value, anyOf, path);
  const fail = (wanted: string): Wrong => ({ path, sentence: `is ${said(value)}; ${wanted}.` });
  if (words && !words.includes(value))
    return fail(`${words.length > 1 ? "one of " : ""}${words.map(said).join(", ")} belongs there`);
  const types = type ? [type].flat() : [];
  if (type && !types.some((it) => isOfType(value, it)))
    return fail(`${types.map(article).join(" or ")} belongs there`);
  if (typeof value === "number") {
    if (value < minimum) return fail(`it may not be below ${minimum}`);
    if (value > maximum) return fail(`it may not be above ${maximum}`);
  }
  if (Array.isArray(value)) return admitItems(value, schema, path);
  return isObject(value) ? admitFields(value, schema, path) : null;
}

function admitItems(value: unknown[], schema: Schema, path: string): Wrong | null {
  const { minItems = 0, maxItems = Infinity, prefixItems = [], items } = schema;
  if (value.length < minItems || value.length > maxItems)
    return { path, sentence: `has ${value.length} entries; ${minItems} belong there.` };
  for (let i = 0; i < value.length; i++) {
    const part = prefixItems[i] ?? items;
    const wrong = part && admit(value[i], part, `${path}[${i}]`);
    if (wrong) return wrong;
  }
  return null;
}

function admitFields(value: Record<string, unknown>, schema: Schema, path: string): Wrong | null {
  const inside = (key: string) =>
    /^[A-Za-z_]\w*$/.test(key) ? path + (path && ".") + key : `${path}[${JSON.stringify(key)}]`;
  const { properties = {}, required = [], patternProperties = {} } = schema;
  for (const key of required)
    if (!Object.hasOwn(value, key)) return { path: inside(key), sentence: "is missing." };
  for (const [key, part] of Object.entries(properties))
    if (!Object.hasOwn(value, key)) {
      if (part.default) value[key] = structuredClone(part.default);
      else if (!admit(null, part)) value[key] = null;
    }
  const patterns = Object.entries(patternProperties);
  for (const [key, item] of Object.entries(value)) {
    const part = Object.hasOwn(properties, key)
      ? properties[key]
      : (patterns.find(([pattern]) => new RegExp(pattern).test(key))?.[1] ??
        schema.additionalProperties);
    if (part === false) return { path: inside(key), sentence: "does not belong there." };
    const wrong = part && admit(item, part, inside(key));
    if (wrong) return wrong;
  }
  return null;
}

/** One of several shapes. When their `kind` or their type tells which was meant, that one speaks. */
function admitOne(value: unknown, shapes: readonly Schema[], path: string): Wrong | null {
  const kinds = shapes.map((it) => it.properties?.["kind"]?.enum?.[0]);
  if (isObject(value) && kinds.every((it) => it)) {
    const { kind } = value;
    const meant = shapes[kinds.indexOf(kind)];
    if (meant) return admit(value, meant, path);
    return admit(kind, { enum: kinds }, `${path}.kind`);
  }
  let deepest: Wrong | null = null;
  for (const shape of shapes) {
    const wrong = admit(value, shape, path);
    if (!wrong) return null;
    if (wrong.path.length > (deepest?.path ?? path).length) deepest = wrong;
  }
  return deepest ?? { path, sentence: `is ${said(value)}, which has no known form.` };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "object":
      return isObject(value);
    default:
      return typeof value === type;
  }
}

const article = (type: string): string =>
  type === "null" ? "null" : /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;

/** A value in a sentence, cut short. */
function said(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
