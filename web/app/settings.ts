/** What the reader chose, as plain data. */
import { DEFAULT_LENGTH, DEFAULT_SEED } from "../engine/handles.ts";
import type { Params } from "./schema.ts";

export interface Settings {
  method: string;
  /** Only what differs from the defaults. */
  params: Params;
  prompt: string;
  /** Further prompts, for methods that read several at once. */
  others: string[];
  seed: number;
  length: number;
  /** Methods shown beside `method`, with the same prompt and seed. */
  compared: string[];
}

/** Most methods that are shown side by side. */
export const MAX_COMPARED = 4;
export const MAX_LENGTH = 400;
/** Most further prompts of a batch. */
export const MAX_OTHERS = 7;

export const DEFAULTS: Settings = {
  method: "speculative-decoding",
  params: {},
  prompt: "Once upon a time, there was a little",
  others: [
    "The dog ran to the",
    "One day, Tom and his mom went to the park. Tom saw a",
    "Lily was sad",
  ],
  seed: DEFAULT_SEED,
  length: DEFAULT_LENGTH,
  compared: [],
};
