import { defineConfig } from "vitest/config";

// One browser at a time: the models share two cores with everything else.
export default defineConfig({
  test: {
    include: ["tests/browser/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // What is waited for comes when the machine has time for it.
    expect: { poll: { timeout: 10_000 } },
  },
});
