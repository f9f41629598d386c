/** Words cut to a width, where nothing can be measured: letters by how wide they usually are. */

/** Widths of a serif's letters, in em: those of Times, which most others come near. */
const WIDTHS: readonly [RegExp, number][] = [
  [/[iljtfr.,;:'’|!()[\]\s-]/u, 0.32],
  [/[sceaz]/u, 0.44],
  [/[mwMW@%]/u, 0.8],
  [/…/u, 1],
  [/[A-Z]/u, 0.7],
  [/\p{Script=Han}|\p{Extended_Pictographic}/u, 1.2],
];

const widthOf = (letter: string): number =>
  WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? 0.5;

/** How wide a text is about, in em. */
export const ems = (text: string): number =>
  [...text].reduce((sum, letter) => sum + widthOf(letter), 0);

/** The beginning of `text` that fits in `most` em, with an ellipsis where some is left out. */
export function fitted(text: string, most: number): string {
  if (ems(text) <= most) return text;
  const letters = [...text];
  let count = letters.length - 1;
  while (count > 1 && ems(`${letters.slice(0, count).join("")}…`) > most) count--;
  return `${letters.slice(0, count).join("")}…`;
}
