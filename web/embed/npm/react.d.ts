import type { JSX, ReactNode, Ref } from "react";
import type { DecodescopePlayer } from "./index.js";

/** The attributes of `<decodescope-player>`, as JSX writes them. */
export interface DecodescopeProps {
  /** Address of the trace. */
  src?: string;
  method?: string;
  prompt?: string;
  seed?: number | string;
  /** Where it opens: `12`, `50%`, `end`, or the label of a marker. */
  startAt?: number | string;
  /** 0.25 to 8. */
  speed?: number | string;
  autoplay?: boolean;
  loop?: boolean;
  /** `12: a guess is refused; 50%: half-way`. */
  markers?: string;
  /** Id of the view that opens. */
  view?: string;
  /** Without it, as the page. */
  theme?: "light" | "dark";
  lang?: string;
  /** Parts to leave out: `text tabs why code controls speed method keys`. */
  hide?: string;
  /** Pixels. */
  height?: number | string;
  /** Type and picture as large as a lecture room needs them. */
  large?: boolean;
  /** Playing pauses at every marker. */
  halt?: boolean;
  /** For a lecture: large, halt, no controls, and the page's keys step. */
  teach?: boolean;
  /** Offers to run the model in the same figure; needs the script instead of the package. */
  live?: boolean;
  /** Folder of `wasm/` and `models/`. */
  base?: string;
  /** Stands in for the figure in feeds, print and without scripts. */
  picture?: string;
  /** The picture in words; without it, the caption. */
  alt?: string;
  /** Stands below the figure. */
  caption?: string;
  className?: string;
  /** In the place of the picture. */
  children?: ReactNode;
  /** The element, for its methods and events. */
  ref?: Ref<DecodescopePlayer>;
}

export declare function Decodescope(props: DecodescopeProps): JSX.Element;
