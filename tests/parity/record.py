"""What Hugging Face transformers does with models/stories/target, for tests/stories/parity.rs.

    pip install torch transformers==4.55.4    # in an environment of its own
    python tests/parity/record.py             # writes expected.json
    pip install --upgrade transformers
    python tests/parity/record.py --add       # compares, and adds what the older release lacks
    python tests/parity/record.py --check     # compares only

4.55.4 is the last release with contrastive search in core, and has no top-H yet; everything else
must be the same in both. Weights are read as float32, attention is eager, nothing is sampled: only
token ids, scores and probabilities are kept.
"""

import hashlib
import json
import platform
import sys
from pathlib import Path

import torch
import transformers
from transformers import GenerationConfig, LlamaForCausalLM, PreTrainedTokenizerFast

HERE = Path(__file__).parent
MODEL = HERE.parent.parent / "models" / "stories" / "target"
PROMPTS = [
    "Once upon a time, there was a little",
    "The little girl opened the door and saw a",
    "One day, Tom and his dog went to",
    "And so, the little fox learned that it is good to share. They were",
    "Tom was happy. They went home and lived happily",
]
GREEDY_TOKENS = 64
# prompt, beams, length penalty, early stopping, new tokens
BEAMS = [
    (0, 2, 1.0, False, 24),
    (1, 4, 1.0, False, 24),
    (2, 4, 0.0, False, 16),
    (3, 4, 1.0, False, 32),
    (3, 4, 1.0, True, 32),
    (3, 4, 2.0, True, 24),
    (3, 4, 0.6, "never", 32),
    (4, 3, 2.0, "never", 24),
    (4, 6, 0.0, True, 24),
    (3, 1, 1.0, False, 24),
]
# prompt, alpha, k, new tokens
CONTRASTIVE = [(0, 0.6, 4, 48), (1, 0.4, 5, 48), (2, 0.8, 8, 32), (3, 0.4, 5, 48), (4, 0.6, 5, 32)]
# Names as in our parameters; `generate` knows three of them by others.
FILTERS = [
    {"temperature": 0.7},
    {"top_k": 5},
    {"top_p": 0.85},
    {"min_p": 0.05},
    {"typical": 0.5},
    {"typical": 0.9},
    {"epsilon": 0.01},
    {"eta": 0.02},
    {"top_h": 0.4},
    {"temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.02},
    {"temperature": 1.5, "top_k": 50, "typical": 0.6, "eta": 0.01},
]
THEIR_NAMES = {"typical": "typical_p", "epsilon": "epsilon_cutoff", "eta": "eta_cutoff"}


def generate(model, ids, new_tokens, **options):
    """The new tokens of each text that `generate` returns, and its whole answer."""
    answer = model.generate(
        torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        max_new_tokens=new_tokens,
        return_dict_in_generate=True,
        output_scores=True,
        **options,
    )
    texts = [text[len(ids) :].tolist() for text in answer.sequences]
    return [until_end(text, model.config.eos_token_id) for text in texts], answer


def until_end(tokens, end):
    """Without the padding after the end token."""
    return tokens[: tokens.index(end) + 1] if end in tokens else tokens


def coverage(model, prompt, text):
    """GNMT's sum over the prompt, with beta 1: each new token was predicted by the row before it;
    last layer, averaged over heads, rows scaled to the prompt, logs from -10 up. Not in
    transformers: its attention weights, our sum."""
    attentions = model(torch.tensor([prompt + text]), output_attentions=True).attentions
    rows = attentions[-1][0].mean(0)[len(prompt) - 1 : -1, : len(prompt)]
    columns = (rows / rows.sum(1, keepdim=True)).sum(0)
    return columns.clamp(max=1.0).log().clamp(min=-10.0).sum().item()


def beams(model, prompts):
    for prompt, count, penalty, early, new_tokens in BEAMS:
        texts, answer = generate(
            model,
            prompts[prompt],
            new_tokens,
            num_beams=count,
            num_return_sequences=count,
            length_penalty=penalty,
            early_stopping=early,
            do_sample=False,
        )
        # A single beam is greedy search, which keeps no score.
        scores = answer.sequences_scores.tolist() if count > 1 else [None] * count
        yield {
            "prompt": prompt,
            "beam_size": count,
            "alpha": penalty,
            "early_stopping": str(early).lower(),
            "max_new_tokens": new_tokens,
            "texts": [
                {
                    "tokens": text,
                    "ranked": rounded(score),
                    "coverage": rounded(coverage(model, prompts[prompt], text)),
                }
                for text, score in zip(texts, scores)
            ],
        }


def contrastive(model, prompts):
    for prompt, alpha, k, new_tokens in CONTRASTIVE:
        texts, _ = generate(model, prompts[prompt], new_tokens, penalty_alpha=alpha, top_k=k)
        yield {
            "prompt": prompt,
            "alpha": alpha,
            "k": k,
            "max_new_tokens": new_tokens,
            "tokens": texts[0],
        }


def filters(model, prompts):
    for options in FILTERS:
        if "top_h" in options and not hasattr(GenerationConfig(), "top_h"):
            continue
        theirs = {THEIR_NAMES.get(name, name): value for name, value in options.items()}
        # Unless told otherwise, `generate` keeps the 50 best.
        theirs.setdefault("top_k", 0)
        for prompt, ids in enumerate(prompts):
            _, answer = generate(model, ids, 1, do_sample=True, **theirs)
            probs = answer.scores[0][0].double().softmax(0)
            best = probs.topk(4)
            yield {
                "prompt": prompt,
                "params": options,
                "best": [[t, rounded(p)] for p, t in zip(*(it.tolist() for it in best)) if p > 0],
                "kept": int((probs > 0).sum()),
                "kept_ids_sum": int(probs.nonzero().sum()),
            }


def rounded(number):
    return None if number is None else round(number, 6)


def record():
    model = LlamaForCausalLM.from_pretrained(
        MODEL, torch_dtype=torch.float32, attn_implementation="eager"
    ).eval()
    model.generation_config.pad_token_id = model.config.eos_token_id
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(MODEL / "tokenizer.json"))
    prompts = [tokenizer(prompt)["input_ids"] for prompt in PROMPTS]
    with torch.no_grad():
        recorded = {
            "versions": [
                {
                    "python": platform.python_version(),
                    "torch": torch.__version__,
                    "transformers": transformers.__version__,
                }
            ],
            "weights_sha256": hashlib.sha256((MODEL / "model.safetensors").read_bytes()).hexdigest(),
            "prompts": [{"text": t, "ids": ids} for t, ids in zip(PROMPTS, prompts)],
            "greedy": [
                generate(model, ids, GREEDY_TOKENS, do_sample=False)[0][0] for ids in prompts
            ],
            "beams": list(beams(model, prompts)),
            "filters": list(filters(model, prompts)),
        }
        if version() < (4, 56):
            recorded["contrastive"] = list(contrastive(model, prompts))
    return recorded


def version():
    return tuple(int(part) for part in transformers.__version__.split(".")[:2])


def compare(known, found, path=""):
    """Where two records differ; numbers may by 2e-5. What only one of them has is passed over."""
    if isinstance(known, float) and isinstance(found, float):
        return [] if abs(known - found) < 2e-5 else [f"{path}: {known} and {found}"]
    if isinstance(known, dict):
        shared = [name for name in known if name in found]
        return [it for name in shared for it in compare(known[name], found[name], f"{path}.{name}")]
    if isinstance(known, list) and len(known) == len(found):
        pairs = enumerate(zip(known, found))
        return [line for i, (a, b) in pairs for line in compare(a, b, f"{path}[{i}]")]
    return [] if known == found else [f"{path}: {known} and {found}"]


def by_setting(entries):
    """Entries of `filters`, each under what was asked for."""
    return {json.dumps([it["params"], it["prompt"]]): it for it in entries}


def one_run_a_line(recorded):
    """JSON with one line per entry of a list, so that differences can be read."""
    parts = []
    for name, value in recorded.items():
        if isinstance(value, list):
            lines = ",\n    ".join(json.dumps(it) for it in value)
            parts.append(f'  "{name}": [\n    {lines}\n  ]')
        else:
            parts.append(f'  "{name}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main():
    torch.set_num_threads(1)
    found = record()
    file = HERE / "expected.json"
    if not {"--add", "--check"} & set(sys.argv):
        file.write_text(one_run_a_line(found))
        return
    known = json.loads(file.read_text())
    versions = known.pop("versions") + found.pop("versions")
    old, new = by_setting(known.pop("filters")), by_setting(found.pop("filters"))
    lines = compare(known, found) + compare(old, new)
    missing = [name for name in new if name not in old]
    print("compared:", versions)
    print("not in this release:", [name for name in known if name not in found])
    print("not recorded yet:", missing)
    print("\n".join(lines) or "no difference")
    if lines or "--check" in sys.argv:
        sys.exit(bool(lines or missing))
    old.update((name, new[name]) for name in missing)
    file.write_text(one_run_a_line({"versions": versions, **known, "filters": list(old.values())}))


if __name__ == "__main__":
    main()
