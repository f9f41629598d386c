// The languages that have a file beside this one.

export const LANGUAGES: readonly string[] = ["de", "fr"];
