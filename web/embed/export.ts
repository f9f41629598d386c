// What `export()` can give. A kind is one function from the shown figure to a file.

import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { Trace } from "../generated/Trace.ts";
import { say } from "./strings.ts";

export type ExportKind = "json" | "csv" | "svg" | "png";

type Exporter = (trace: Trace, figure: DecodescopeFigure) => Blob | Promise<Blob>;

const EXPORTERS: Partial<Record<ExportKind, Exporter>> = {
  json: (trace) => new Blob([JSON.stringify(trace)], { type: "application/json" }),
};

/** Rejects with a `NotSupportedError` when this player has no exporter for `kind`. */
export async function exportFigure(
  kind: ExportKind,
  trace: Trace,
  figure: DecodescopeFigure,
): Promise<Blob> {
  const exporter = Object.hasOwn(EXPORTERS, kind) ? EXPORTERS[kind] : undefined;
  if (!exporter) throw new DOMException(say("notExported", { kind }), "NotSupportedError");
  return exporter(trace, figure);
}
