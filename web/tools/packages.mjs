// Puts the packages together that an author installs: `dist/python` for pip, from the parts of each
// generator and the built player. It takes `attributes.json`, the one list of the attributes.

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const embed = `${root}web/embed/`;
const player = `${root}dist/embed`;

/** Copies into a folder, by the name there. */
function fill(folder, contents) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(contents))
    cpSync(source, `${folder}/${name}`, { recursive: true });
}

fill(`${root}dist/python`, {
  "pyproject.toml": `${embed}python/pyproject.toml`,
  "README.md": `${embed}python/README.md`,
  "LICENSE-MIT": `${root}LICENSE-MIT`,
  "LICENSE-APACHE": `${root}LICENSE-APACHE`,
  ...Object.fromEntries(
    ["__init__", "block", "fences", "figure", "files"].map((it) => [
      `decodescope/${it}.py`,
      `${embed}python/${it}.py`,
    ]),
  ),
  ...Object.fromEntries(
    ["mdbook", "mkdocs", "sphinx"].map((it) => [`decodescope/${it}.py`, `${embed}${it}/${it}.py`]),
  ),
  "decodescope/attributes.json": `${embed}attributes.json`,
  "decodescope/player": player,
});
