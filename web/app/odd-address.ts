/** Says what of the page's address cannot be followed; it is loaded after the first picture. */
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { Described } from "../generated/Described.ts";
import { t } from "../language/t.ts";
import { placeOf } from "../player/place.ts";
import { readPresentation, type Odd } from "../player/presentation.ts";
import { PARAMETER, read } from "./address.ts";
import { controlsOf, parse, type Control } from "./schema.ts";
import { MAX_COMPARED, MAX_LENGTH } from "./settings.ts";

/** What a run has to be asked about. */
type Shown = Pick<DecodescopeFigure, "views" | "marks" | "live">;

/** A sentence for each value that was left out or changed. */
export function oddities(
  search: string,
  methods: readonly Described[],
  figures: readonly Shown[],
): string[] {
  const query = new URLSearchParams(search);
  const said: string[] = [];
  const odd: Odd = (name, value, allowed) => {
    if (!value) return;
    const values: Record<string, string> = { name, value, allowed: allowed.join(", ") };
    const text = t("{name} cannot be “{value}”: it may be {allowed}.");
    said.push(text.replace(/\{(\w+)\}/g, (_, it: string) => values[it]!));
  };
  const oneOf = (name: string, value: string | null, all: readonly string[]) => {
    if (value && !all.includes(value)) odd(name, value, all);
  };
  const ids = methods.map((it) => it.id);
  oneOf("method", query.get("method"), ids);
  const compared = query.get("with")?.split(",") ?? [];
  compared.forEach((it, i) => {
    if (i < MAX_COMPARED - 1) oneOf("with", it, ids);
    else odd("with", it, ["…,…,…"]);
  });
  oneOf("device", query.get("device"), ["cpu", "webgpu"]);
  const whole = (name: string, min: number, max: number) => {
    const text = query.get(name);
    const inside = /^\d+$/.test(text ?? "") && Number(text) >= min && Number(text) <= max;
    if (!inside) odd(name, text, [max === Infinity ? `${min}, ${min + 1}, …` : `${min}–${max}`]);
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
