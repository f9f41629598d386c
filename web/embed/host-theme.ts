// Whether the page around a figure is light or dark. Pages say it in many ways; what they say in
// words comes first, then the colour they are painted in.

export type Theme = "light" | "dark";

/** Attributes in which documentation generators write the theme, on <html> or <body>. */
const ATTRIBUTES = ["data-theme", "data-md-color-scheme", "data-bs-theme", "data-color-mode"];
/** Names of dark themes: of MkDocs Material, of mdBook, and the word itself. */
const DARK = /(^|[-_\s])(dark|slate|coal|navy|ayu|night|black)($|[-_\s])/i;
const LIGHT = /(^|[-_\s])(light|default|rust|white)($|[-_\s])/i;

const named = (text: string): Theme | null =>
  DARK.test(text) ? "dark" : LIGHT.test(text) ? "light" : null;

/** The theme that the page has at `element`. */
export function hostTheme(element: Element): Theme {
  for (const it of [document.body, document.documentElement]) {
    for (const name of ATTRIBUTES) {
      const said = named(it.getAttribute(name) ?? "");
      if (said) return said;
    }
    const said = named(it.className);
    if (said) return said;
  }
  const declared = document.querySelector<HTMLMetaElement>('meta[name="color-scheme"]')?.content;
  const computed = getComputedStyle(element).colorScheme;
  const scheme = computed === "normal" ? (declared ?? "") : computed;
  if (scheme === "dark" || scheme === "light") return scheme;
  const painted = background(element);
  if (painted !== null) return painted < 0.4 ? "dark" : "light";
  // Nothing is painted: a page that takes both schemes gets the reader's, any other is white.
  const asked = matchMedia("(prefers-color-scheme: dark)").matches;
  return scheme.includes("dark") && asked ? "dark" : "light";
}

/** Lightness, 0…1, of what is painted behind `element`; `null` when nothing is. */
function background(element: Element): number | null {
  for (let at: Element | null = element; at; at = above(at)) {
    const [r, g, b, alpha = 1] = numbers(getComputedStyle(at).backgroundColor);
    if (b !== undefined && alpha > 0.5) return (0.3 * r! + 0.6 * g! + 0.1 * b) / 255;
  }
  return null;
}

const above = (it: Element): Element | null =>
  it.parentElement ?? (it.getRootNode() as Partial<ShadowRoot>).host ?? null;

/** The numbers of `rgb(…)` and `rgba(…)`; none of other notations. */
const numbers = (colour: string): number[] =>
  colour.startsWith("rgb") ? (colour.match(/[\d.]+/g) ?? []).map(Number) : [];

const watchers = new Set<() => void>();
let observer: MutationObserver | null = null;

/** Calls `changed` when the page may have another theme; one observer serves all figures. */
export function watchTheme(changed: () => void): () => void {
  watchers.add(changed);
  if (!observer) {
    const all = () => watchers.forEach((it) => it());
    observer = new MutationObserver(all);
    const options = { attributes: true, attributeFilter: [...ATTRIBUTES, "class", "style"] };
    observer.observe(document.documentElement, options);
    observer.observe(document.body, options);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  }
  return () => watchers.delete(changed);
}
