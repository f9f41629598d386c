/** Importing this package defines `<decodescope-player>`; it needs a browser. */

/** A place: a number of events, a share such as `"50%"`, or the label of a marker. */
export type Target = number | string | { readonly marker: string };

export interface PlayerState {
  /** `waiting` until the figure comes near the window, or something is asked of it. */
  readonly status: "waiting" | "loading" | "ready" | "failed";
  /** Events that have happened at the reader's place. */
  readonly step: number;
  /** Events of the run. */
  readonly length: number;
  readonly playing: boolean;
  readonly speed: number;
  readonly loop: boolean;
  /** Id of the open view. */
  readonly view: string | null;
  /** Ids of the views that have something to show. */
  readonly views: readonly string[];
  /** The node that is selected. */
  readonly node: number | null;
  readonly method: string | null;
  readonly prompt: string | null;
  readonly seed: number | null;
  /** The sentence that the figure shows when something went wrong. */
  readonly error: string | null;
}

/** What `setState` takes; what is left out stays. */
export interface StateChange {
  readonly step?: Target;
  readonly playing?: boolean;
  readonly speed?: number;
  readonly loop?: boolean;
  readonly view?: string | null;
  readonly node?: number | null;
}

/** The details of the events, by name. */
export interface PlayerEvents {
  /** The figure stands. */
  ready: { readonly length: number; readonly method: string };
  /** The reader is at another place. */
  step: { readonly step: number; readonly length: number };
  play: { readonly step: number };
  pause: { readonly step: number };
  /** Playing came to the end of the run. */
  ended: { readonly step: number };
  /** Something cannot be shown, or an attribute cannot be followed. */
  error: { readonly code: string; readonly message: string; readonly path: string };
}

export type ExportKind = "json" | "csv" | "svg" | "png";

/** A recorded run of a decoding method, to be played and stepped through. */
export declare class DecodescopePlayer extends HTMLElement {
  /** Settles when the figure stands; rejects when its trace cannot be shown. */
  get ready(): Promise<void>;
  /** Plays from here. */
  play(): void;
  /** Stops where it is. */
  pause(): void;
  /** `count` events on, or back when negative. */
  step(count?: number): void;
  /** Settles when the place is drawn; rejects with a `RangeError` when there is no such place. */
  seek(target: Target): Promise<void>;
  /** Where the figure is and what it shows. */
  getState(): PlayerState;
  /** Changes what is named and leaves the rest. */
  setState(change: StateChange): Promise<void>;
  /** The run or its picture as a file. Rejects with a `NotSupportedError` for an unknown kind. */
  export(kind: ExportKind): Promise<Blob>;
  addEventListener<K extends keyof PlayerEvents>(
    type: K,
    listener: (event: CustomEvent<PlayerEvents[K]>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** Texts by their English; `"."` is the mark before the decimals. */
export type Catalogue = Readonly<Record<string, string>>;

/** Adds or replaces the player's own words in a language, for example `"de"`. */
export declare function addCatalogue(lang: string, catalogue: Catalogue): void;

declare global {
  interface HTMLElementTagNameMap {
    "decodescope-player": DecodescopePlayer;
  }
}
