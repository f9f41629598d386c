// Our own words in the reader's language. The English text is the key, with `{0}` where its first
// value stands: what a catalogue lacks is said in English. Words of a trace and pages of methods are
// not ours, and stay as they are.

/** Texts by their English; `"."` is the mark before the decimals. */
export type Catalogue = Readonly<Record<string, string>>;

let spoken: Catalogue | null = null;

/**
 * From now on `t` speaks this language, English for `null`. Figures of one page may speak several:
 * drawing is never interrupted, so each says first which one is its own.
 */
export function speak(catalogue: Catalogue | null): void {
  spoken = catalogue;
}

/** What is spoken now, for those who keep what they have drawn. */
export const spokenNow = (): Catalogue | null => spoken;

/** t`round ${3}` or t("round"): the text in the language that is spoken now. */
export function t(
  parts: readonly string[] | string,
  ...values: readonly (string | number)[]
): string {
  if (typeof parts === "string") return found(parts);
  return found(parts.reduce((all, part, i) => `${all}{${i - 1}}${part}`)).replace(
    /\{(\d)\}/g,
    (_, i: string) => String(values[+i]),
  );
}

const found = (key: string): string => (spoken && Object.hasOwn(spoken, key) ? spoken[key]! : key);

/** Digits with the decimal mark of the language. */
export const digits = (text: string): string => text.replace(".", t("."));
