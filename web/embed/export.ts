// What `export()` can give. A kind is one function from the shown figure to a file; all but the
// trace itself are in a module of their own.

import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { Trace } from "../generated/Trace.ts";
import { beside } from "./method-text.ts";
import { say } from "./strings.ts";

export type ExportKind = "json" | "csv" | "svg" | "png";

type Exporter = (trace: Trace, figure: DecodescopeFigure) => Blob | Promise<Blob>;
export type Exporters = Record<Exclude<ExportKind, "json">, Exporter>;

/** Rejects with a `NotSupportedError` when this player has no exporter for `kind`. */
export async function exportFigure(
  kind: ExportKind,
  trace: Trace,
  figure: DecodescopeFigure,
  lang: string,
): Promise<Blob> {
  if (kind === "json") return new Blob([JSON.stringify(trace)], { type: "application/json" });
  const module = await beside("decodescope-export.js").catch(() => null);
  const { exporters } = (module ?? { exporters: {} }) as { exporters: Partial<Exporters> };
  const exporter = Object.hasOwn(exporters, kind) ? exporters[kind] : undefined;
  if (!exporter) throw new DOMException(say("notExported", { kind }, lang), "NotSupportedError");
  return exporter(trace, figure);
}
