/** Numbers with the prefix that keeps them short. */

const PREFIXES: readonly [number, string][] = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
  [1e-12, "p"],
];

/** Three significant digits, without the zeros at the end. */
export function short(value: number): string {
  if (value === 0) return "0";
  return String(Number(value.toPrecision(3)));
}

/** "30 GB/s", "5 µs", "0 s". */
export function unit(value: number, name: string): string {
  const size = Math.abs(value);
  const [factor, prefix] = PREFIXES.find(([it]) => size >= it * 0.9995) ?? [1, ""];
  return `${short(value / factor)} ${prefix}${name}`;
}

/** "1.66×". */
export const times = (factor: number): string =>
  `${factor.toFixed(factor < 9.995 ? 2 : factor < 99.95 ? 1 : 0)}×`;
