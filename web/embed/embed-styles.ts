// The styles of everything in an embed.

import { allStyles } from "../components/all-styles.ts";
import { playerStyles } from "./player-styles.ts";

export const embedStyles = [...allStyles, playerStyles];
