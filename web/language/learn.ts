// The language of the page: fetched when its address asks for one, English for all that have no file.

import { LANGUAGES } from "./languages.ts";
import { speak, type Catalogue } from "./t.ts";

/** Settles when the page speaks the language of `tag`, for example `"de-CH"`. */
export async function learn(tag: string | null): Promise<void> {
  const base = tag?.toLowerCase().split("-")[0] ?? "";
  if (!LANGUAGES.includes(base)) return;
  try {
    const file = (await import(`./${base}.json`)) as { default: Catalogue };
    speak(file.default);
    document.documentElement.lang = tag!;
  } catch {
    // Without its file the page speaks English.
  }
}
