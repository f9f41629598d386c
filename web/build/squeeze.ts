/**
 * Vite plugin: a second minifier over what the first has left, and what gzip likes. Terser simplifies
 * more, Oxc gives names that repeat from function to function: together they save 700 bytes of the
 * embed, where Terser alone gives 68.0 kB and Oxc alone 69.0. The order of declarations saves 1300,
 * functions as arrows 230, other letters for variables 350.
 */
import { minifySync, type Plugin } from "vite";
import { arranged } from "./arrange.ts";
import { relettered } from "./letters.ts";

export const squeeze = (): Plugin => ({
  name: "decodescope-squeeze",
  enforce: "post",
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue;
      const { code, errors } = minifySync(chunk.fileName, arranged(chunk.code), {
        compress: { target: "es2022" },
        mangle: { toplevel: true },
      });
      if (errors.length) this.error(errors[0]!.message);
      chunk.code = relettered(code);
    }
  },
});
