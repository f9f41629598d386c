// The page of a method, which lies beside the script as `methods/ID.json`. An author who copies the
// script alone has figures without it.

import type { MethodPage } from "../components/pseudo-code.ts";

/** Pages that enforce trusted types take no HTML from elsewhere; this is from beside the script. */
interface Trusted {
  trustedTypes?: {
    createPolicy(name: string, rules: { createHTML(it: string): string }): Trusts;
  };
}
type Trusts = { createHTML(it: string): string };
const policy = (globalThis as Trusted).trustedTypes?.createPolicy("decodescope", {
  createHTML: (it) => it,
});

/** What `methods/ID.json` holds; written by build/method-texts.ts. */
export interface MethodText extends MethodPage {
  /** The page as HTML, made when the site was built. */
  readonly html: string;
}

/** Where the script itself lies. */
const SCRIPT = (document.currentScript as HTMLScriptElement | null)?.src || document.baseURI;

/** The folder above the script's. */
export const SITE = new URL("../", SCRIPT).href;

/** A module that lies beside the script and is fetched when it is needed. */
export const beside = (name: string): Promise<unknown> =>
  import(/* @vite-ignore */ new URL(name, SCRIPT).href);

/** The recorded run of a method that lies in the same site as the script. */
export const recordedRun = (method: string): string =>
  new URL(`../traces/${encodeURIComponent(method)}.json`, SCRIPT).href;

const known = new Map<string, Promise<MethodText | null>>();

/** The text of a method, asked for once a page; `null` when there is none. */
export function methodText(id: string): Promise<MethodText | null> {
  if (!/^[\w-]+$/.test(id)) return Promise.resolve(null);
  let text = known.get(id);
  if (!text) known.set(id, (text = load(new URL(`methods/${id}.json`, SCRIPT))));
  return text;
}

async function load(address: URL): Promise<MethodText | null> {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    const { title, page, html } = (await answer.json()) as Record<string, unknown>;
    const all = [title, page, html].every((it) => typeof it === "string");
    if (!all) return null;
    const own = html as string;
    return { title, page, html: policy?.createHTML(own) ?? own } as MethodText;
  } catch {
    return null;
  }
}
