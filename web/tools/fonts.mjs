// Makes the fonts that exported pictures carry, web/export/fonts/*.woff, from packages of npm:
//   npm install --prefix FOLDER source-sans@3.52 source-serif@4.5 source-code-pro@2.42 dejavu-fonts-ttf@2.37
//   node web/tools/fonts.mjs FOLDER
// Kept are the letters of European languages and the signs of our pictures; kerning, ligatures and
// hints go, so that a picture may carry a part of a font and keep its widths.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const root = fileURLToPath(new URL("../../", import.meta.url));
const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Name the folder that the packages of the fonts were installed in.");

/** Latin with its accents, Greek, Cyrillic, punctuation, currencies, numbers, arrows, operators. */
const LETTERS = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x1fa, 0x1ff],
  [0x218, 0x21b],
  [0x2c6, 0x2dd],
  [0x300, 0x30c],
  [0x370, 0x3ce],
  [0x400, 0x45f],
  [0x490, 0x491],
  [0x1e9e, 0x1e9e],
  [0x2010, 0x203a],
  [0x2070, 0x209c],
  [0x20ac, 0x20ac],
  [0x2113, 0x2122],
  [0x2190, 0x2193],
  [0x2202, 0x2265],
  [0x2713, 0x2713],
];
/** What the fonts of letters lack: arrows, operators, technical signs, boxes, shapes, dingbats. */
const SIGNS = [
  [0x300, 0x36f],
  [0x2070, 0x209c],
  [0x2100, 0x214b],
  [0x2190, 0x22ff],
  [0x2300, 0x2335],
  [0x23ce, 0x23ce],
  [0x2423, 0x2423],
  [0x2500, 0x25ff],
  [0x2600, 0x266f],
  [0x2713, 0x271a],
  [0x27e6, 0x27ef],
  [0xfffd, 0xfffd],
];
const SOURCES = {
  "text-400": ["source-serif/TTF/SourceSerif4-Regular.ttf", LETTERS],
  "text-400-italic": ["source-serif/TTF/SourceSerif4-It.ttf", LETTERS],
  "text-600": ["source-serif/TTF/SourceSerif4-Semibold.ttf", LETTERS],
  "label-400": ["source-sans/TTF/SourceSans3-Regular.ttf", LETTERS],
  "label-600": ["source-sans/TTF/SourceSans3-Semibold.ttf", LETTERS],
  "code-400": ["source-code-pro/TTF/SourceCodePro-Regular.ttf", LETTERS],
  "code-600": ["source-code-pro/TTF/SourceCodePro-Semibold.ttf", LETTERS],
  signs: ["dejavu-fonts-ttf/ttf/DejaVuSans.ttf", SIGNS],
};
const ADOBE = {
  0: "Copyright 2014-2023 Adobe (http://www.adobe.com/). Kerning, ligatures and hints removed.",
  13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
  14: "https://openfontlicense.org",
};
const DEJAVU = {
  0: "Copyright (c) 2003 Bitstream, Inc.; changes by the DejaVu fonts team are in the public domain. Kerning, ligatures and hints removed.",
  13: "Free: see LICENSE-DejaVu.txt beside the file.",
};

const server = await createServer({
  root,
  configFile: false,
  appType: "custom",
  logLevel: "error",
});
const files = await server.ssrLoadModule("/web/export/font-file.ts");
const names = await server.ssrLoadModule("/web/export/faces.ts");
for (const [id, [path, ranges]] of Object.entries(SOURCES)) {
  const whole = await files.readFont(readFileSync(join(folder, "node_modules", path)));
  const codes = ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i),
  );
  const part = files.subset(whole, codes);
  const { family } = names.FACES.find((it) => it.id === id);
  // Names of our own: a changed font may not bear the reserved one.
  const own = { 1: family, 2: "Regular", 4: `${family} ${id}`, 6: `Decodescope-${id}` };
  const said = id === "signs" ? DEJAVU : ADOBE;
  const named = files.withNames(part, { ...said, ...own });
  const bytes = await files.writeWoff(named);
  writeFileSync(join(root, `web/export/fonts/${id}.woff`), bytes);
  console.log(
    `${id}: ${files.glyphsOf(named).size} characters, ${(bytes.length / 1000).toFixed(1)} kB`,
  );
}
await server.close();
