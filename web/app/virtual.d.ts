declare module "virtual:methods" {
  import type { Described } from "../generated/Described.ts";
  /** With the `pseudo` block of each page. */
  const methods: (Described & { page: string })[];
  export default methods;
}

declare module "virtual:pages" {
  /** Markdown by method, and by analysis. */
  const pages: Record<string, string>;
  export default pages;
}

declare module "virtual:examples" {
  import type { Example } from "./examples.ts";
  const examples: Example[];
  export default examples;
}
