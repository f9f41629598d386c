// The styles of a figure and of everything in it.

import { unsafeCSS, type CSSResultGroup } from "lit";
import tokens from "../styles/tokens.css?inline";
import { coinStyles } from "../views/coin.ts";
import { VIEWS } from "../views/index.ts";
import { inspectorStyles } from "../views/inspector.ts";
import { legendStyles } from "../views/legend.ts";
import { partStyles } from "../views/parts.ts";
import { ribbonStyles } from "../views/ribbon.ts";
import { textStyles } from "../views/text.ts";
import { timelineStyles } from "../views/timeline.ts";
import { treeListStyles } from "../views/tree-list.ts";
import { figureStyles } from "./figure-styles.ts";

export const allStyles: CSSResultGroup[] = [
  unsafeCSS(tokens),
  partStyles,
  figureStyles,
  textStyles,
  timelineStyles,
  inspectorStyles,
  coinStyles,
  ribbonStyles,
  legendStyles,
  treeListStyles,
  ...VIEWS.flatMap((view) => (view.styles ? [view.styles] : [])),
];
