/**
 * From the JSON Schema of a method's parameters to the controls that set them. Knows no method:
 * a parameter added in Rust appears here by itself.
 */

/** A parameter's value as the engine reads it. */
export type Value = number | boolean | string | null | Value[];
export type Params = Record<string, Value>;

interface Common {
  name: string;
  help: string;
  default: Value;
}
export interface NumberControl extends Common {
  kind: "number";
  integer: boolean;
  min: number | null;
  max: number | null;
  step: number;
  /** May be left empty: the method then chooses. */
  optional: boolean;
}
export interface ChoiceControl extends Common {
  kind: "choice";
  choices: { value: Value; label: string; help: string }[];
}
export interface SwitchControl extends Common {
  kind: "switch";
}
/** Text, or a list written as JSON. */
export interface TextControl extends Common {
  kind: "text";
  list: boolean;
}
export type Control = NumberControl | ChoiceControl | SwitchControl | TextControl;

/** The part of JSON Schema that parameters use. */
interface Schema {
  type?: string | string[];
  description?: string;
  default?: Value;
  minimum?: number;
  maximum?: number;
  enum?: Value[];
  const?: Value;
  oneOf?: Schema[];
  anyOf?: Schema[];
  $ref?: string;
  properties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
}

/** The controls of a schema, in the order in which the schema names them. */
export function controlsOf(schema: unknown): Control[] {
  const whole = schema as Schema;
  return Object.entries(whole.properties ?? {}).map(([name, property]) =>
    controlOf(name, resolve(whole, property)),
  );
}

/** Follows a `$ref`, alone or as one of `anyOf [.., null]`; what stands beside it wins. */
function resolve(whole: Schema, property: Schema): Schema {
  const ref = property.$ref ?? property.anyOf?.find((it) => it.$ref)?.$ref;
  const found = ref?.startsWith("#/$defs/") ? whole.$defs?.[ref.slice("#/$defs/".length)] : {};
  return { ...found, ...property };
}

function controlOf(name: string, property: Schema): Control {
  const common = {
    name,
    help: plain(property.description ?? ""),
    default: tidy(property.default ?? null),
  };
  const choices = choicesOf(property);
  if (choices) return { ...common, kind: "choice", choices };
  const types = [property.type ?? []].flat();
  if (types.includes("boolean")) return { ...common, kind: "switch" };
  if (types.includes("integer") || types.includes("number")) {
    const integer = types.includes("integer");
    const min = property.minimum ?? null;
    const max = property.maximum ?? null;
    const optional = types.includes("null");
    return {
      ...common,
      kind: "number",
      integer,
      min,
      max,
      step: integer ? 1 : stepOf(min, max),
      optional,
    };
  }
  return { ...common, kind: "text", list: types.includes("array") };
}

function choicesOf(property: Schema): ChoiceControl["choices"] | undefined {
  const label = (value: Value) => String(value).replaceAll("_", " ");
  if (property.enum) {
    return property.enum.map((value) => ({ value, label: label(value), help: "" }));
  }
  if (!property.oneOf?.every((it) => it.const !== undefined || it.enum)) return undefined;
  return property.oneOf.flatMap((it) => {
    const help = plain(it.description ?? "");
    return (it.enum ?? [it.const!]).map((value) => ({ value, label: label(value), help }));
  });
}

/** Doc comments are broken into lines and may quote names; a page sets them as running text. */
function plain(text: string): string {
  return text.replaceAll("`", "").replace(/\s+/g, " ").trim();
}

/** About a hundred steps over the range, a round number each. */
function stepOf(min: number | null, max: number | null): number {
  if (min === null || max === null || max <= min) return 0.01;
  return Math.min(0.1, Math.max(0.001, 10 ** Math.floor(Math.log10((max - min) / 50))));
}

/** Writes an f32 such as 0.8 as 0.8 again, not as the double next to it. */
function tidy(value: Value): Value {
  if (Array.isArray(value)) return value.map(tidy);
  return typeof value === "number" ? Number(value.toPrecision(7)) : value;
}

/** The nearest value that the control allows. */
export function clamp(control: NumberControl, value: number): number {
  const whole = control.integer ? Math.round(value) : value;
  const { min, max } = control;
  return Math.max(min ?? -Infinity, Math.min(max ?? Infinity, whole));
}

/** Integers with a wide range move on a curve: small values matter most. */
const WIDE = 200;
export const SLIDER_STEPS = 1000;

/** Whether the range is known at both ends, so that a slider can show it. */
export function hasSlider(control: NumberControl): boolean {
  return control.min !== null && control.max !== null && control.max > control.min;
}

/** Place on the slider, 0…1000. */
export function toSlider(control: NumberControl, value: number): number {
  const [min, max] = [control.min ?? 0, control.max ?? 1];
  const share = Math.max(0, Math.min(1, (value - min) / (max - min)));
  return Math.round(SLIDER_STEPS * share ** (1 / curve(control)));
}

/** The value at a place on the slider, a round number. */
export function fromSlider(control: NumberControl, place: number): number {
  const [min, max] = [control.min ?? 0, control.max ?? 1];
  const value = min + (max - min) * (place / SLIDER_STEPS) ** curve(control);
  const digits = Math.max(0, Math.round(-Math.log10(control.step)));
  return clamp(control, Number(value.toFixed(control.integer ? 0 : digits)));
}

function curve(control: NumberControl): number {
  return control.integer && (control.max ?? 0) - (control.min ?? 0) > WIDE ? 3 : 1;
}

/** The parameters that differ from their defaults: what an address has to name. */
export function changed(controls: Control[], params: Params): Params {
  const entries = controls
    .filter((it) => it.name in params)
    .map((it) => [it.name, held(it, params[it.name]!), it.default] as const)
    .filter(([, value, standard]) => JSON.stringify(value) !== JSON.stringify(standard))
    .map(([name, value]) => [name, value!] as const);
  return Object.fromEntries(entries);
}

/** A value within its bounds: a run of another library may have gone beyond them. */
const held = (control: Control, value: Value): Value =>
  control.kind === "number" && typeof value === "number" ? clamp(control, value) : value;

/** Reads a value written in an address; `undefined` when the control cannot take it. */
export function parse(control: Control, text: string): Value | undefined {
  switch (control.kind) {
    case "number": {
      if (text === "" && control.optional) return null;
      const value = Number(text);
      return text !== "" && Number.isFinite(value) ? clamp(control, value) : undefined;
    }
    case "switch":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "choice":
      return control.choices.find((it) => String(it.value) === text)?.value;
    case "text":
      return control.list ? parseList(text) : text;
  }
}

export function parseList(text: string): Value | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as Value[]) : undefined;
  } catch {
    return undefined;
  }
}
