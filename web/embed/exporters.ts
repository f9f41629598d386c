// The files that `export()` can write beside the trace itself: fetched when one is asked for.

import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import { csv } from "../export/events.ts";
import { png, svg } from "../export/picture.ts";
import type { Trace } from "../generated/Trace.ts";
import type { Exporters } from "./export.ts";

const blob = (text: string, type: string): Blob => new Blob([text], { type });

export const exporters: Exporters = {
  csv: (trace: Trace) => blob(csv(trace), "text/csv"),
  svg: async (_: Trace, figure: DecodescopeFigure) => blob(await svg(figure), "image/svg+xml"),
  png: (_: Trace, figure: DecodescopeFigure) => png(figure),
};
