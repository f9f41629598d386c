/**
 * Vite plugin: a second minifier over what the first has left. Terser simplifies more, Oxc gives
 * names that repeat from function to function, which gzip likes: together they save 700 bytes of the
 * embed, where Terser alone gives 68.0 kB and Oxc alone 69.0.
 */
import { minifySync, type Plugin } from "vite";

export const squeeze = (): Plugin => ({
  name: "decodescope-squeeze",
  enforce: "post",
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue;
      const { code, errors } = minifySync(chunk.fileName, chunk.code, {
        compress: { target: "es2022" },
        mangle: { toplevel: true },
      });
      if (errors.length) this.error(errors[0]!.message);
      chunk.code = code;
    }
  },
});
