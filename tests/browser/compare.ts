// Whether two traces tell the same run, up to the rounding of two devices.

/**
 * Log-probabilities of two builds differ by less than this share; everything discrete must agree.
 * Most rows differ by some 1e-6. Superposed decoding reads blends weighted by its own scores and
 * sharpens the row fivefold, so rounding grows along its text: 2e-3 was seen after 30 tokens.
 */
export const TOLERANCE = 5e-3;

/** Two tokens of a row may change places when their log-probabilities are as close as this. */
const TIE = 1e-4;

const MEASURED: unknown[] = ["pass_times", "ms_per_token"];
/** A note with this value tells what these tables say. */
const FOUND = "fastest";

/**
 * The path of the first difference, or nothing. `recorded` says where a run was made, and two
 * tables what was measured there, or follows from it: ignored.
 */
export function difference(a: unknown, b: unknown, path = ""): string | undefined {
  if (typeof a === "number" && typeof b === "number") {
    const close = Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
    return close ? undefined : `${path}: ${a} and ${b}`;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return `${path}: ${a.length} and ${b.length} items`;
    if (/\.top\[\d+\]$/.test(path) && a[0] !== b[0] && Math.abs(a[1] - b[1]) <= TIE)
      return undefined;
    return first(a.keys(), (i) => difference(a[i], b[i], `${path}[${i}]`));
  }
  if (a && b && typeof a === "object" && typeof b === "object") {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    if (path === "") names.delete("recorded");
    if ("name" in a && MEASURED.includes(a.name)) names.delete("rows");
    if (path.endsWith(".values") && FOUND in a) return undefined;
    // A token that lost its place in a tie is not named.
    if (path === "vocabulary") names.forEach((it) => (it in a && it in b) || names.delete(it));
    return first(names, (name) =>
      difference(
        (a as Record<string, unknown>)[name],
        (b as Record<string, unknown>)[name],
        path ? `${path}.${name}` : name,
      ),
    );
  }
  if (typeof a === "string" && typeof b === "string" && path.endsWith(".text")) {
    if (words(a) === words(b)) return undefined;
  }
  return a === b ? undefined : `${path}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
}

/** A sentence shows its numbers rounded; the numbers themselves are compared in `values`. */
const words = (sentence: string) => sentence.replaceAll(/-?\d+(\.\d+)?/g, "#");

function first<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return undefined;
}
