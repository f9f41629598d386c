// Places of a run as authors and links name them: a number of events, a share, or a marker.

/** A named place. */
export interface Marker {
  /** As it was given: `"120"`, `"50%"`. */
  readonly place: string;
  readonly label: string;
}

/** A marker of a run whose length is known. */
export interface Mark {
  /** In events from the start. */
  readonly at: number;
  readonly label: string;
}

/** Rounds after which a recorded run opens: enough to see what the method does. */
export const OPENING_ROUNDS = 3;

/** Most markers of a figure. */
const MOST = 100;

/**
 * Reads `"12: a guess is refused; 50%: half-way; 90"`. What is no place, or one too many, is left out
 * and told to `odd`.
 */
export function readMarkers(text: string | null, odd?: (part: string) => void): Marker[] {
  const found: Marker[] = [];
  for (const part of text?.split(";") ?? []) {
    const [, place, label] = /^\s*(\d+(?:\.\d+)?%|\d+)\s*(?::\s*(.*?))?\s*$/s.exec(part) ?? [];
    if (place && found.length < MOST) found.push({ place, label: label || place });
    else if (part.trim()) odd?.(part.trim());
  }
  return found;
}

export const writeMarkers = (markers: readonly Marker[]): string =>
  markers.map(({ place, label }) => (label === place ? place : `${place}:${label}`)).join(";");

/** The markers of a run of `length` events, in the order of their places. */
export function marksOf(markers: readonly Marker[], length: number): Mark[] {
  return markers
    .map(({ place, label }) => ({ at: placeOf(place, length) ?? 0, label }))
    .sort((a, b) => a.at - b.at);
}

/**
 * The place that `text` names in a run of `length` events: a number of events (`"12"`), a share
 * (`"50%"`), `"end"`, or the label of a marker. `null` when it names none.
 */
export function placeOf(text: string, length: number, marks: readonly Mark[] = []): number | null {
  const word = text.trim();
  const share = /^(\d+(?:\.\d+)?)%$/.exec(word);
  if (share) return Math.min(length, Math.round((Number(share[1]) / 100) * length));
  if (/^\d+$/.test(word)) return Math.min(length, Number(word));
  const named = marks.find((it) => it.label === word);
  if (named) return named.at;
  return word === "end" ? length : null;
}
