import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "web/generated", "web/public", "target"] },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  { rules: { "@typescript-eslint/no-non-null-assertion": "off" } },
  // Plain scripts run in Node and hand code to a browser: both sides' globals occur.
  {
    files: ["web/tools/**/*.mjs", "web/export/*.mjs", "web/offline/*.js"],
    rules: { "no-undef": "off" },
  },
);
