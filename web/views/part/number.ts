/** Numbers as pictures print them. */

import { digits as marked } from "../../language/t.ts";

const MINUS = "−";

/** `digits` after the point, with a true minus sign. */
export function fixed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  const said = marked(text);
  return value < 0 && Number(text) !== 0 ? MINUS + said : said;
}

/** At most so many digits after the point, none of them a last 0. */
export const trimmed = (value: number, most = 3): string => marked(String(+value.toFixed(most)));

/** A number of unknown size: whole if it is, else three significant digits. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? `${MINUS}∞` : value > 0 ? "∞" : "–";
  if (Number.isInteger(value)) return value < 0 ? MINUS + String(-value) : String(value);
  const digits = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
  return fixed(value, digits);
}

/** A whole number as an exponent. */
export const superscript = (power: number): string =>
  [...String(power)].map((it) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(it)] ?? "⁻").join("");
