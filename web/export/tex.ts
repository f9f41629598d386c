/** Text of tokens for LaTeX: whatever they hold, it is set, and nothing of it is a command. */

/** Signs that LaTeX would read, those that would flow together, and those of ours. */
const SIGNS: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "#": "\\#",
  $: "\\$",
  "%": "\\%",
  "&": "\\&",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\textquotedbl{}",
  "`": "\\textasciigrave{}",
  "'": "{'}",
  "-": "{-}",
  ",": "{,}",
  "[": "{[}",
  "]": "{]}",
  "␣": "\\textvisiblespace{}",
  "↵": "$\\hookleftarrow$",
  "⇥": "$\\rightarrow$",
  "→": "$\\rightarrow$",
  "←": "$\\leftarrow$",
  "∅": "$\\emptyset$",
  "⟨": "$\\langle$",
  "⟩": "$\\rangle$",
  "…": "\\dots{}",
  "–": "\\textendash{}",
  "—": "\\textemdash{}",
  "‘": "\\textquoteleft{}",
  "’": "\\textquoteright{}",
  "“": "\\textquotedblleft{}",
  "”": "\\textquotedblright{}",
  "·": "$\\cdot$",
};

/** Signs that the usual fonts of LaTeX have in the encoding T1. */
const SET = /[\x20-\x7eÀ-ÖØ-öø-ÿĂ-ćČ-ěŁłŃńŇňŐőŒœŔŕŘ-śŞ-ťŮ-űŸ-ž]/;

/** What stands for a sign without a font; a document may draw it otherwise. */
export const SIGN_COMMAND = "\\providecommand\\unicodesign[1]{{\\scriptsize U+#1}}";
export const NEEDS_T1 = "% \\usepackage[T1]{fontenc}";

export const texText = (text: string): string =>
  [...text]
    .map((it) => {
      if (Object.hasOwn(SIGNS, it)) return SIGNS[it];
      if (SET.test(it)) return it;
      return `\\unicodesign{${it.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}}`;
    })
    .join("");

/** The definition that a text needs, before it. */
export const withSigns = (tex: string): string =>
  tex.includes("\\unicodesign{") ? `${SIGN_COMMAND}\n${tex}` : tex;
