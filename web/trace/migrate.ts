// Traces of older versions, made into traces of this one before they are checked. The same steps
// stand in crate/decoding/src/check/versions.rs.

export type Step = (trace: Record<string, unknown>) => void;

/** Entry n makes a trace of version n + 1 one of version n + 2. */
export const STEPS: readonly Step[] = [];

/** Brings a trace to `newest` in place; a sentence without its subject where that cannot be. */
export function migrate(
  value: unknown,
  newest: number,
  steps: readonly Step[] = STEPS,
): string | null {
  // What is no trace at all is the schema's to say.
  if (typeof value !== "object" || value === null || !("version" in value)) return null;
  const trace = value as Record<string, unknown>;
  const { version } = trace;
  if (typeof version === "number" && version > newest)
    return `is ${version}, newer than ${newest}, the newest that is understood here: a newer Decodescope reads it.`;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    const said = JSON.stringify(version) ?? "missing";
    return `is ${said.length > 60 ? `${said.slice(0, 57)}…` : said}; versions from 1 to ${newest} can be read.`;
  }
  for (let at = version; at < newest; at++) {
    steps[at - 1]!(trace);
    trace["version"] = at + 1;
  }
  return null;
}
