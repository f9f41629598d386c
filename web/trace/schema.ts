// A small walker over JSON Schema: the keywords that our generated schema uses and no others.
// It says the path of the first thing that is wrong, and fills in what may be absent.

export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: string | number | boolean | null;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly default?: unknown;
}

export interface Wrong {
  readonly path: string;
  /** Without its subject, which is the path. */
  readonly sentence: string;
}

/** `null` when `value` fits. Absent optional fields become `null` or their default. */
export function admit(value: unknown, schema: Schema): Wrong | null {
  return walk(value, schema, "", schema.$defs ?? {});
}

type Definitions = Readonly<Record<string, Schema>>;

function resolve(schema: Schema, definitions: Definitions): Schema {
  if (schema.$ref === undefined) return schema;
  const target = definitions[schema.$ref.replace("#/$defs/", "")];
  if (!target) throw new Error(`the schema has no ${schema.$ref}`);
  return target;
}

function walk(value: unknown, given: Schema, path: string, defs: Definitions): Wrong | null {
  const schema = resolve(given, defs);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return walkChoice(value, choices, path, defs);
  const fail = (wanted: string): Wrong => ({ path, sentence: `is ${said(value)}; ${wanted}.` });

  if (schema.const !== undefined && value !== schema.const)
    return fail(`${said(schema.const)} belongs there`);
  if (schema.enum && !schema.enum.includes(value))
    return fail(`one of ${schema.enum.map(said).join(", ")} belongs there`);
  if (schema.type !== undefined) {
    const types = typeof schema.type === "string" ? [schema.type] : schema.type;
    if (!types.some((type) => isOfType(value, type)))
      return fail(`${types.map(article).join(" or ")} belongs there`);
  }
  if (typeof value === "number") {
    if (schema.minimum !== undefined && value < schema.minimum)
      return fail(`it may not be below ${schema.minimum}`);
    if (schema.maximum !== undefined && value > schema.maximum)
      return fail(`it may not be above ${schema.maximum}`);
  }
  if (Array.isArray(value)) return walkArray(value, schema, path, defs);
  if (isObject(value)) return walkObject(value, schema, path, defs);
  return null;
}

function walkArray(
  value: unknown[],
  schema: Schema,
  path: string,
  defs: Definitions,
): Wrong | null {
  const { minItems = 0, maxItems = Infinity, prefixItems = [], items } = schema;
  if (value.length < minItems || value.length > maxItems)
    return { path, sentence: `has ${value.length} entries; ${minItems} belong there.` };
  for (let i = 0; i < value.length; i++) {
    const part = prefixItems[i] ?? items;
    const wrong = part && walk(value[i], part, `${path}[${i}]`, defs);
    if (wrong) return wrong;
  }
  return null;
}

function walkObject(
  value: Record<string, unknown>,
  schema: Schema,
  path: string,
  defs: Definitions,
): Wrong | null {
  const inside = (key: string) =>
    /^[A-Za-z_]\w*$/.test(key)
      ? path === ""
        ? key
        : `${path}.${key}`
      : `${path}[${JSON.stringify(key)}]`;
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const patterns = Object.entries(schema.patternProperties ?? {});
  for (const key of required)
    if (!Object.hasOwn(value, key)) return { path: inside(key), sentence: "is missing." };
  for (const [key, part] of Object.entries(properties))
    if (!Object.hasOwn(value, key)) {
      if (part.default !== undefined) value[key] = structuredClone(part.default);
      else if (admits(null, part, defs)) value[key] = null;
    }
  for (const [key, item] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const part = known ?? patterns.find(([pattern]) => new RegExp(pattern).test(key))?.[1];
    if (part === undefined && additionalProperties === false)
      return { path: inside(key), sentence: "does not belong there." };
    const rest = typeof additionalProperties === "object" ? additionalProperties : undefined;
    const wrong = (part ?? rest) && walk(item, (part ?? rest)!, inside(key), defs);
    if (wrong) return wrong;
  }
  return null;
}

const admits = (value: unknown, schema: Schema, defs: Definitions): boolean =>
  walk(value, schema, "", defs) === null;

/** One of several shapes. When their `kind` or their type tells which was meant, that one speaks. */
function walkChoice(
  value: unknown,
  choices: readonly Schema[],
  path: string,
  defs: Definitions,
): Wrong | null {
  const shapes = choices.map((choice) => resolve(choice, defs));
  const kinds = shapes.map((it) => it.properties?.["kind"]?.const);
  if (isObject(value) && kinds.every((kind) => kind !== undefined)) {
    const meant = shapes[kinds.findIndex((kind) => kind === value["kind"])];
    if (meant) return walk(value, meant, path, defs);
    const list = kinds.map((kind) => said(kind)).join(", ");
    const sentence = `is ${said(value["kind"])}; one of ${list} belongs there.`;
    return { path: `${path}.kind`, sentence };
  }
  let deepest: Wrong | null = null;
  for (const shape of shapes) {
    const wrong = walk(value, shape, path, defs);
    if (!wrong) return null;
    if (wrong.path.length > (deepest?.path.length ?? path.length)) deepest = wrong;
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
