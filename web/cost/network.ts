/** The sizes of a network that its passes are priced by. */
import type { ModelInfo } from "../generated/ModelInfo.ts";
import type { Variant } from "../generated/Variant.ts";

export interface Network {
  /** Weights that a pass reads. */
  parameters: number;
  /** Attention blocks that run. */
  attentionLayers: number;
  /** Layers that run; half a layer where one of its two blocks is skipped. */
  layers: number;
  /** Width of a hidden state. */
  width: number;
  /** Width of the keys, and of the values, of one token in one layer. */
  kvWidth: number;
}

/** `null` when the trace does not say how large the model is. */
export function networkOf(info: ModelInfo, variant: Variant | null = null): Network | null {
  const { parameters, layers, width } = info;
  if (!(parameters > 0 && layers > 0 && width > 0)) return null;
  // Where the width of keys is not said, all heads have keys of their own.
  const kvWidth = info.kv_width ?? width;
  const attention = variant?.skip_attention.length ?? 0;
  const mlp = variant?.skip_mlp.length ?? 0;
  const skipped = attention * attentionWeights(width, kvWidth) + mlp * mlpWeights(info, kvWidth);
  return {
    parameters: parameters - skipped,
    attentionLayers: layers - attention,
    layers: layers - (attention + mlp) / 2,
    width,
    kvWidth,
  };
}

/** Queries and output are square, keys and values as wide as they are. */
const attentionWeights = (width: number, kvWidth: number): number => 2 * width * (width + kvWidth);

/** Gate, up and down. Where the width is not said: what the embedding and the attention leave. */
function mlpWeights(info: ModelInfo, kvWidth: number): number {
  const { width, layers, parameters, vocab_size: vocabulary } = info;
  if (info.mlp_width != null) return 3 * width * info.mlp_width;
  const rest = parameters - vocabulary * width - layers * attentionWeights(width, kvWidth);
  return Math.max(0, rest / layers);
}
