// Puts the packages together that an author installs, from the built player and the parts of each
// generator: `dist/npm` for npm, `dist/python` for pip. Both take `attributes.json`, the one list of
// the attributes.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../../", import.meta.url));
const embed = join(root, "web/embed");
const script = join(root, "dist/embed");
const npm = join(root, "dist/npm");
const python = join(root, "dist/python");
const licences = ["LICENSE-MIT", "LICENSE-APACHE"].map((it) => join(root, it));

/** The script with all it loads; the rest of the folder is for frames. */
const scripts = readdirSync(script)
  .filter((it) => !/frame|embed-host/.test(it))
  .map((it) => join(script, it));

/** What a notebook's module imports, and the built file that it gets. */
const BUILT = {
  "/npm/player.ts": "player.js",
  "/cost/panel/panel.ts": "decodescope-cost.js",
  "/exporters.ts": "decodescope-export.js",
};

/** Copies files or folders into a folder. */
function put(folder, sources) {
  mkdirSync(folder, { recursive: true });
  for (const it of sources) cpSync(it, join(folder, basename(it)), { recursive: true });
}

// The module itself was built into the folder before.
const parts = ["package.json", "README.md", "index.js", "index.d.ts", "react.js", "react.d.ts"];
put(npm, [
  ...parts.map((it) => join(embed, "npm", it)),
  join(embed, "attributes.json"),
  ...scripts,
  ...licences,
]);
/** For bundlers, each text of a folder is a module that is asked for when it is shown. */
function asModules(folder, file, name) {
  const all = readdirSync(join(script, folder)).map((it) => basename(it, ".json"));
  for (const it of all) {
    const text = readFileSync(join(script, folder, `${it}.json`), "utf8");
    writeFileSync(join(npm, folder, `${it}.js`), `export default ${text};\n`);
  }
  const imports = all.map((it) => `  "${it}": () => import("./${folder}/${it}.js"),\n`);
  writeFileSync(join(npm, file), `export const ${name} = {\n${imports.join("")}};\n`);
}
asModules("methods", "methods.js", "methodTexts");
asModules("lang", "languages.js", "languages");
const described = readFileSync(join(embed, "custom-elements.json"), "utf8");
const ours = described.replaceAll('"decodescope-player.js"', '"index.js"');
writeFileSync(join(npm, "custom-elements.json"), ours);

rmSync(python, { recursive: true, force: true });
put(python, [join(embed, "python/pyproject.toml"), join(embed, "python/README.md"), ...licences]);
const shared = ["__init__", "block", "fences", "figure", "files"].map((it) => `python/${it}.py`);
const generators = ["mdbook", "mkdocs", "sphinx", "jupyter"].map((it) => `${it}/${it}.py`);
put(join(python, "decodescope"), [
  ...[...shared, ...generators].map((it) => join(embed, it)),
  join(embed, "attributes.json"),
]);
put(join(python, "decodescope/player"), scripts);
// A notebook carries one module: the built player with the widget around it.
await build({
  configFile: false,
  root,
  publicDir: false,
  logLevel: "warn",
  plugins: [
    {
      name: "decodescope-built-player",
      enforce: "pre",
      resolveId: (id) => {
        const name = Object.keys(BUILT).find((it) => id.endsWith(it));
        return name ? join(npm, BUILT[name]) : null;
      },
      // A notebook holds its module once for each figure: too often for the fonts of pictures, which
      // then name them.
      transform: (code) => code.replaceAll(/new URL\([^()]*\bfonts\/[^()]*\)\.href/g, '""'),
    },
  ],
  build: {
    target: "es2022",
    outDir: join(python, "decodescope/player"),
    emptyOutDir: false,
    lib: {
      entry: join(embed, "jupyter/widget.ts"),
      formats: ["es"],
      fileName: () => "widget.js",
    },
    rolldownOptions: { output: { codeSplitting: false } },
  },
});
