/** Puts into an SVG the glyphs that its text needs, so that it looks the same without our fonts. */
import { SIGNS, type Face } from "./faces.ts";
import { loadFonts, rule, type Loaded } from "./fonts.ts";

/** What a text inherits from the elements around it. */
interface Looks {
  family: string;
  weight: string;
  style: string;
}

/** The SVG with a style sheet of fonts; as it was where there are none to carry. */
export async function withFonts(svg: string): Promise<string> {
  const fonts = await loadFonts();
  const wanted = charactersOf(svg, fonts);
  const rules = await Promise.all(
    fonts.map((it) => {
      const codes = [...(wanted.get(it) ?? [])].sort((a, b) => a - b);
      return codes.length > 0 ? rule(it, codes) : "";
    }),
  );
  const sheet = rules.join("");
  return sheet ? svg.replace("</desc>\n", () => `</desc>\n<style>${sheet}</style>\n`) : svg;
}

/** Which face sets which code points: the first of the family's list that has the sign. */
function charactersOf(svg: string, fonts: readonly Loaded[]): Map<Loaded, Set<number>> {
  const wanted = new Map<Loaded, Set<number>>();
  const walk = (element: Element, outer: Looks): void => {
    if (/^(title|desc)$/.test(element.localName)) return;
    const looks = {
      family: element.getAttribute("font-family") ?? outer.family,
      weight: element.getAttribute("font-weight") ?? outer.weight,
      style: element.getAttribute("font-style") ?? outer.style,
    };
    const faces = [
      fonts.find((it) => sets(it.face, looks)),
      fonts.find((it) => it.face.family === SIGNS && looks.family.includes(SIGNS)),
    ];
    for (const child of element.childNodes) {
      if (child instanceof Element) walk(child, looks);
      else if (/^(text|tspan)$/.test(element.localName))
        for (const sign of child.textContent ?? "") {
          const code = sign.codePointAt(0)!;
          const setter = faces.find((it) => it?.known.has(code));
          if (!setter) continue;
          if (!wanted.has(setter)) wanted.set(setter, new Set());
          wanted.get(setter)!.add(code);
        }
    }
  };
  const file = new DOMParser().parseFromString(svg, "image/svg+xml");
  walk(file.documentElement, { family: "", weight: "400", style: "normal" });
  return wanted;
}

function sets(face: Face, looks: Looks): boolean {
  const [least, most] = face.weight.split(" ").map(Number) as [number, number];
  const weight = Number(looks.weight);
  const first = /^"?([^",]*)/.exec(looks.family)?.[1];
  // Without a file of its own, italic is the upright drawn slanted.
  const slanted = face.family === "Decodescope Text" && weight <= 500 && looks.style !== "normal";
  return (
    face.family === first &&
    weight >= least &&
    weight <= most &&
    (face.style === "italic") === slanted
  );
}
