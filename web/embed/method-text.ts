// The page of a method, which lies beside the script as `methods/ID.json`. An author who copies the
// script alone has figures without it.

import type { MethodPage } from "../components/pseudo-code.ts";
import { trusted } from "./trusted.ts";

/** What `methods/ID.json` holds; written by build/method-texts.ts. */
export interface MethodText extends MethodPage {
  /** The page as HTML, made when the site was built. */
  readonly html: string;
}

/** Where the script itself lies. */
const SCRIPT = (document.currentScript as HTMLScriptElement | null)?.src || document.baseURI;

/** The folder above the script's. */
export const SITE = new URL("../", SCRIPT).href;

/** What a figure asks for when it needs it. */
export interface Parts {
  /** A text in the form of `methods/ID.json`; `null` for none. */
  text(id: string): Promise<unknown>;
  /** `base`: the folder that an author named, for what lies there rather than beside the script. */
  module(name: string, base?: string): Promise<unknown>;
  /** The words of a language, in the form of `lang/TAG.json`. */
  language(tag: string): Promise<unknown>;
}

const fetched = async (path: string): Promise<unknown> => {
  const answer = await fetch(new URL(path, SCRIPT));
  return answer.ok ? answer.json() : null;
};

/** They lie beside the script, unless a package brings its own. */
let parts: Parts = {
  text: (id) => fetched(`methods/${id}.json`),
  module: (name) => import(/* @vite-ignore */ new URL(name, SCRIPT).href),
  language: (tag) => fetched(`lang/${tag}.json`),
};

/** Takes the parts from elsewhere than from beside the script. */
export function partsFrom(own: Parts): void {
  parts = own;
}

/** A module that is fetched when it is needed. */
export const beside = (name: string, base?: string): Promise<unknown> => parts.module(name, base);

/** The words of a language. */
export const languageFile = (tag: string): Promise<unknown> => parts.language(tag);

/** The recorded run of a method that lies in the same site as the script. */
export const recordedRun = (method: string): string =>
  new URL(`../traces/${encodeURIComponent(method)}.json`, SCRIPT).href;

const known = new Map<string, Promise<MethodText | null>>();

/** The text of a method, asked for once a page; `null` when there is none. */
export function methodText(id: string): Promise<MethodText | null> {
  if (!/^[\w-]+$/.test(id)) return Promise.resolve(null);
  let text = known.get(id);
  if (!text) known.set(id, (text = load(id)));
  return text;
}

async function load(id: string): Promise<MethodText | null> {
  try {
    const { title, page, html } = (await parts.text(id)) as Record<string, unknown>;
    const all = [title, page, html].every((it) => typeof it === "string");
    if (!all) return null;
    return { title, page, html: trusted(html as string) } as MethodText;
  } catch {
    return null;
  }
}
