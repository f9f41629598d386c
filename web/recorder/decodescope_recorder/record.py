"""Runs `generate` under watch and writes what it did as a trace."""

import copy
import hashlib
import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

import torch
import transformers

from .assisted import Assisted
from .beams import Beams
from .numbers import float32
from .plain import Plain
from .story import Story
from .vocabulary import Vocabulary
from .watch import watching

FORMAT = 1
# Ways to guess that run inside the target, or change its rule: their events would not be ours.
NOT_RECORDED = (
    "assistant_early_exit",
    "assistant_ensemble_weight",
    "use_mtp",
    "speculation_type",
    "guidance_scale",
)


class Recording:
    """What `record` gives: `output` is `generate`'s own answer, `trace` the record of the run."""

    def __init__(self, output, trace, rounds):
        self.output, self.trace = output, trace
        # Assisted generation: for each round how many guesses `generate` counts as matched, and
        # how many its rule kept. They differ only in a last round that ends among kept guesses,
        # where `generate` counts one less.
        self.matched, self.kept = rounds

    def save(self, path):
        Path(path).write_text(json.dumps(self.trace, ensure_ascii=False, separators=(",", ":")))


def record(model, tokenizer, inputs, *, assistant_model=None, seed=None, **options):
    """Calls `model.generate` with `options` and records it.

    inputs: a prompt, a list of prompts, token ids, or what the tokenizer gave for them
    assistant_model: the draft model; `prompt_lookup_num_tokens=…` among the options guesses
        from the text instead
    seed: given to `torch.manual_seed` before the run
    Errors: ValueError for ways to generate that are not recorded.
    """
    config = settings(model, options)
    inputs = encoded(tokenizer, inputs, config, model.device)
    ids, mask = inputs["input_ids"], inputs["attention_mask"]
    prompts = [text[seen.bool()].tolist() for text, seen in zip(ids, mask)]
    check(config, prompts, assistant_model, model)
    if seed is not None:
        torch.manual_seed(seed)

    story = Story()
    watched = listener(story, prompts, config, assistant_model)
    start = time.perf_counter()
    with torch.no_grad(), watching(model, assistant_model, Ears(watched)):
        extra = {} if assistant_model is None else {"assistant_model": assistant_model}
        output = model.generate(**inputs, **extra, **options)
    total_ms = (time.perf_counter() - start) * 1000

    sequences = output if isinstance(output, torch.Tensor) else output.sequences
    limit = new_tokens(config, ids.shape[1])
    watched.end(sequences.tolist(), limit)
    rounds = (getattr(watched, "counted", []), getattr(watched, "kept", []))
    models = {"target": model} | ({} if assistant_model is None else {"draft": assistant_model})
    trace = {
        "version": FORMAT,
        "models": {role: info(it, config) for role, it in models.items()},
        "method": method(config, assistant_model),
        "params": params(config, assistant_model),
        "seed": 0 if seed is None else seed,
        **texts(story, watched, limit),
        "vocabulary": vocabulary(story, tokenizer),
        "events": story.events,
        "recorded": {
            "device": model.device.type,
            "backend": "transformers generate",
            "versions": {
                "transformers": transformers.__version__,
                "torch": torch.__version__,
                "python": platform.python_version(),
                "decodescope-recorder": recorder_version(),
            },
            "pass_ms": [float32(it) for it in story.pass_ms],
            "total_ms": float32(total_ms),
            "plain_ms_per_token": None,
        },
    }
    return Recording(output, trace, rounds)


class Ears:
    """Passes on what a listener wants to hear; the rest goes unheard."""

    def __init__(self, listener):
        self.listener = listener

    def __getattr__(self, name):
        return getattr(self.listener, name, lambda *_: None)


def listener(story, prompts, config, assistant_model):
    ends = end_tokens(config)
    if assistant_model is not None or config.prompt_lookup_num_tokens is not None:
        drafter = "ngram" if assistant_model is None else "draft"
        return Assisted(story, prompts[0], ends, config.do_sample, drafter)
    if config.num_beams > 1:
        return Beams(story, prompts[0], ends, config.num_beams, config.length_penalty)
    repeated = [it for it in prompts for _ in range(config.num_return_sequences)]
    return Plain(story, repeated, ends, config.do_sample)


# ── What was asked for ──────────────────────────────────────────────────────────────────────


def settings(model, options):
    """The configuration as `generate` will see it, defaults filled in."""
    config = copy.deepcopy(options.get("generation_config") or model.generation_config)
    config.update(**{name: value for name, value in options.items() if hasattr(config, name)})
    defaults = transformers.GenerationConfig()
    filled = getattr(defaults, "_get_default_generation_params", dict)()
    for name, value in filled.items():
        if getattr(config, name, None) is None:
            setattr(config, name, value)
    return config


def check(config, prompts, assistant_model, model):
    for name in NOT_RECORDED:
        if getattr(config, name, None) not in (None, False, 1, 1.0):
            raise ValueError(f"runs with {name} are not recorded")
    alone = assistant_model is not None or config.num_beams > 1
    if alone and len(prompts) > 1:
        raise ValueError("beam search and assisted generation are recorded one prompt at a time")
    if model.config.is_encoder_decoder:
        raise ValueError("models with an encoder are not recorded")
    if assistant_model is model:
        raise ValueError("the draft model is the target itself: load it a second time")
    sizes = [it.config.get_text_config().vocab_size for it in (model, assistant_model) if it]
    if len(set(sizes)) > 1:
        raise ValueError(f"target and draft have {sizes[0]} and {sizes[1]} tokens, not the same")


def encoded(tokenizer, inputs, config, device):
    if isinstance(inputs, torch.Tensor):
        inputs = {"input_ids": inputs if inputs.dim() == 2 else inputs[None]}
    elif isinstance(inputs, str) or (isinstance(inputs, list) and isinstance(inputs[0], str)):
        texts = [inputs] if isinstance(inputs, str) else inputs
        rows = [tokenizer(text)["input_ids"] for text in texts]
        inputs = padded(rows, min(end_tokens(config), default=0))
    elif isinstance(inputs, list):
        inputs = {"input_ids": torch.tensor([inputs])}
    inputs = {name: inputs[name].to(device) for name in ("input_ids", "attention_mask") if name in inputs}
    inputs.setdefault("attention_mask", torch.ones_like(inputs["input_ids"]))
    return inputs


def padded(rows, pad):
    """Several prompts of one width, the shorter ones padded on the left."""
    width = max(map(len, rows))
    ids = [[pad] * (width - len(row)) + row for row in rows]
    mask = [[0] * (width - len(row)) + [1] * len(row) for row in rows]
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}


def end_tokens(config):
    ends = config.eos_token_id
    return set() if ends is None else set(ends) if isinstance(ends, (list, tuple)) else {ends}


def new_tokens(config, width):
    if config.max_new_tokens is not None:
        return config.max_new_tokens
    return max(0, config.max_length - width)


# ── What the trace says of it ───────────────────────────────────────────────────────────────


def method(config, assistant_model):
    if assistant_model is not None:
        return "speculative-decoding"
    if config.prompt_lookup_num_tokens is not None:
        return "prompt-lookup"
    return "beam-search" if config.num_beams > 1 else "basic-sampling"


def params(config, assistant_model):
    """The settings under Decodescope's names, where it has the same."""
    sampled = config.do_sample
    temperature = config.temperature if sampled else 0.0
    if assistant_model is not None:
        gamma = assistant_model.generation_config.num_assistant_tokens or config.num_assistant_tokens
        return {"gamma": gamma, "lenience": 1.0, "temperature": temperature}
    if config.prompt_lookup_num_tokens is not None:
        ngram = config.max_matching_ngram_size or 2
        return {"k": config.prompt_lookup_num_tokens, "n": ngram, "temperature": temperature}
    if config.num_beams > 1:
        return {
            "alpha": config.length_penalty,
            "beam_size": config.num_beams,
            "beta": 0.0,
            "early_stopping": str(config.early_stopping).lower(),
            "length_norm": "power",
            "patience": 0.0,
            "prune_gap": 0.0,
        }
    return {
        "temperature": temperature,
        "top_k": (config.top_k or 0) if sampled else 0,
        "top_p": config.top_p if sampled else 1.0,
        "min_p": (getattr(config, "min_p", None) or 0.0) if sampled else 0.0,
        "typical": config.typical_p if sampled else 1.0,
        "epsilon": config.epsilon_cutoff if sampled else 0.0,
        "eta": config.eta_cutoff if sampled else 0.0,
        "top_h": (getattr(config, "top_h", None) or 1.0) if sampled else 1.0,
    }


def texts(story, watched, limit):
    """The prompt, the answer and the other texts, as the events have them."""
    tokens = [it["input"]["token"] for it in story.events if it["kind"] == "grow"]
    ends = {it["node"]: it for it in story.events if it["kind"] == "finish"}
    (path, prompt_len), *others = watched.texts()
    outputs = []
    for other, its_prompt_len in others:
        end = ends.get(other[-1], {"reason": "stopped", "score": None, "ranked": None})
        outputs.append(
            {
                "node": other[-1],
                "tokens": [tokens[node] for node in other[its_prompt_len:]],
                **{name: end[name] for name in ("reason", "score", "ranked")},
            }
        )
    answer = [tokens[node] for node in path[prompt_len:]]
    return {
        "max_new_tokens": max(limit, len(answer)),
        "prompt_tokens": [tokens[node] for node in path[:prompt_len]],
        "tokens": answer,
        "outputs": outputs,
    }


def info(model, config):
    text = model.config.get_text_config()
    return {
        "name": name_of(model),
        "hash": hash_of(model),
        "vocab_size": text.vocab_size,
        "context_len": getattr(text, "max_position_embeddings", None) or 0,
        "layers": text.num_hidden_layers,
        "width": text.hidden_size,
        **widths(text),
        "parameters": model.num_parameters(),
        "end_tokens": sorted(end_tokens(config)),
        "vectors": 0,
    }


def widths(config):
    """Of the keys of one token in one layer, and of the feed-forward block, where they are told."""
    heads = getattr(config, "num_attention_heads", None)
    kv_heads = getattr(config, "num_key_value_heads", None) or heads
    head = getattr(config, "head_dim", None) or (heads and config.hidden_size // heads)
    found = {"kv_width": kv_heads and head and kv_heads * head}
    found["mlp_width"] = getattr(config, "intermediate_size", None)
    return {name: width for name, width in found.items() if isinstance(width, int)}


def name_of(model):
    """The name on the hub; of a local model its folder's name, and no more of the path."""
    name = model.config.name_or_path
    return Path(name).name if Path(name).exists() else name or type(model).__name__


def hash_of(model):
    """SHA-256 of the weights where they are one local file; empty otherwise."""
    file = Path(model.config.name_or_path or ".") / "model.safetensors"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def vocabulary(story, tokenizer):
    entries = Vocabulary(tokenizer)
    return {str(token): entries.entry(token) for token in sorted(story.tokens)}


def recorder_version():
    try:
        return version("decodescope-recorder")
    except Exception:
        return "0.1.0"
