/** Says what of the page's address cannot be followed; it is loaded after the first picture. */
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { Described } from "../generated/Described.ts";
import { t } from "../language/t.ts";
import { placeOf } from "../player/place.ts";
import { readPresentation, type Odd } from "../player/presentation.ts";
import { PARAMETER, read } from "./address.ts";
import { controlsOf, parse, type Control } from "./schema.ts";
import { MAX_COMPARED, MAX_LENGTH, MAX_OTHERS } from "./settings.ts";

/** What a run has to be asked about. */
type Shown = Pick<DecodescopeFigure, "views" | "marks" | "live">;

const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (_, it: string) => values[it]!);

/** What is said of a value that cannot be followed. */
export const cannotBe = (name: string, value: string, allowed: readonly string[]): string =>
  fill(t("{name} cannot be “{value}”: it may be {allowed}."), {
    name,
    value,
    allowed: allowed.join(", "),
  });

/** What is said of each value of a list that is beyond the first `most`. */
export const tooMany = (name: string, values: readonly string[], most: number): string[] =>
  values.slice(most).map((value) =>
    fill(t("{name} holds {most} at most: “{value}” is left out."), {
      name,
      value,
      most: String(most),
    }),
  );

/** The whole numbers from `min` to `max`, as a sentence names them. */
export const wholeNumbers = (min: number, max: number): string =>
  `${min}, ${min + 1}, …${max === Infinity ? "" : `–${max}`}`;

/** A sentence for each value that was left out or changed. */
export function oddities(
  search: string,
  methods: readonly Described[],
  figures: readonly Shown[],
): string[] {
  const query = new URLSearchParams(search);
  const said: string[] = [];
  const odd: Odd = (name, value, allowed) => {
    if (value) said.push(cannotBe(name, value, allowed));
  };
  const oneOf = (name: string, value: string | null, all: readonly string[]) => {
    if (value && !all.includes(value)) odd(name, value, all);
  };
  const ids = methods.map((it) => it.id);
  oneOf("method", query.get("method"), ids);
  const compared = (query.get("with") ?? "").split(",");
  for (const it of compared) oneOf("with", it, ids);
  const known = compared.filter((it) => ids.includes(it));
  said.push(...tooMany("with", known, MAX_COMPARED - 1));
  const others = query.getAll("also").filter((it) => it.trim() !== "");
  said.push(...tooMany("also", others, MAX_OTHERS));
  oneOf("device", query.get("device"), ["cpu", "webgpu"]);
  const whole = (name: string, min: number, max: number) => {
    const text = query.get(name);
    const inside = /^\d+$/.test(text ?? "") && Number(text) >= min && Number(text) <= max;
    if (!inside) odd(name, text, [wholeNumbers(min, max)]);
  };
  whole("seed", 0, 2 ** 32 - 1);
  whole("length", 1, MAX_LENGTH);
  whole("at", 0, Infinity);
  whole("node", 0, Infinity);
  const method = read(search, methods).settings.method;
  const controls = controlsOf(methods.find((it) => it.id === method)?.schema ?? {});
  for (const [name, text] of query) {
    if (!name.startsWith(PARAMETER)) continue;
    const control = controls.find((it) => PARAMETER + it.name === name);
    if (!control)
      odd(
        PARAMETER,
        name.slice(PARAMETER.length),
        controls.map((it) => it.name),
      );
    else if (!takes(control, text)) odd(name, text, allowed(control));
  }
  const { view, startAt } = readPresentation(
    (name) => (name === "seed" ? null : query.get(name)),
    odd,
  );
  // A run that has just begun has little to show yet.
  if (figures.length === 0 || figures.some((it) => it.live)) return said;
  const views = [...new Set(figures.flatMap((it) => it.views.map((view) => view.id)))];
  oneOf("view", view, views);
  const { marks } = figures[0]!;
  if (startAt && placeOf(startAt, 0, marks) === null)
    odd("start-at", startAt, ["12", "50%", "end", ...marks.map((it) => it.label)]);
  return said;
}

/** Whether a control takes a text as it is, without holding it within its bounds. */
function takes(control: Control, text: string): boolean {
  const value = parse(control, text);
  return value !== undefined && (typeof value !== "number" || value === Number(text));
}

function allowed(control: Control): string[] {
  switch (control.kind) {
    case "number":
      return [`${control.min ?? "−∞"}–${control.max ?? "∞"}`];
    case "switch":
      return ["true", "false"];
    case "choice":
      return control.choices.map((it) => String(it.value));
    case "text":
      return ["[…]"];
  }
}
