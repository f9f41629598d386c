"""Records runs of Hugging Face transformers and holds them against `generate` itself.

    python tests/import/transformers_runs.py            # compares with tests/import/recorded
    python tests/import/transformers_runs.py --write    # records them anew

Every run is made twice, with the recorder and without: the texts must be the same, and so must the
acceptance counts that `generate` hands to its candidate generator. Refusals, the command and what is
left after a call are looked at, too.
"""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import torch
from transformers import LlamaForCausalLM, LogitsProcessorList, PreTrainedTokenizerFast
from transformers.generation import candidate_generator as generators
from transformers.generation import utils

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "web" / "recorder"))

from decodescope_recorder import command, record  # noqa: E402

PROMPT = "Once upon a time, there was a little"
COPYING = (
    "Emma saw a big turnip. Emma pulled and pulled, but the big turnip did not move.\n"
    'Then Emma asked the dog for help. "I will help you," said the dog. '
    "Emma and the dog pulled and pulled, but the big turnip did not move.\n"
    'Then along came a rabbit. "I will'
)
RUNS = {
    "greedy": (PROMPT, {"do_sample": False, "max_new_tokens": 24}),
    "sampling": (
        PROMPT,
        {"do_sample": True, "temperature": 0.8, "top_k": 30, "top_p": 0.9, "max_new_tokens": 24},
    ),
    "several": (
        ["Lily was sad", PROMPT],
        {"do_sample": True, "num_return_sequences": 2, "max_new_tokens": 16},
    ),
    "beams": (
        "And so, the little fox learned that it is good to share. They were",
        {
            "do_sample": False,
            "num_beams": 4,
            "num_return_sequences": 3,
            "early_stopping": True,
            "max_new_tokens": 32,
        },
    ),
    "assisted": (PROMPT, {"do_sample": False, "assisted": True, "max_new_tokens": 32}),
    "assisted-ending": (
        "Tom was happy. They went home and lived happily",
        {"do_sample": False, "assisted": True, "max_new_tokens": 32},
    ),
    "assisted-sampling": (
        PROMPT,
        {"do_sample": True, "temperature": 0.8, "top_k": 0, "assisted": True, "max_new_tokens": 32},
    ),
    "lookup": (COPYING, {"do_sample": False, "prompt_lookup_num_tokens": 5, "max_new_tokens": 32}),
    "lookup-sampling": (
        COPYING,
        {"do_sample": True, "top_k": 0, "prompt_lookup_num_tokens": 5, "max_new_tokens": 24},
    ),
}
SEED = 5


def load(name):
    folder = ROOT / "models" / "stories" / name
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    model.generation_config.pad_token_id = model.config.eos_token_id
    return model


def unrecorded(model, tokenizer, prompts, options):
    """What `generate` says without the recorder, and the matches that it counts in each round."""
    counts = []

    def counting(update):
        def told(self, input_ids, scores, num_matches):
            counts.append(int(num_matches))
            return update(self, input_ids, scores, num_matches)

        return told

    classes = (generators.AssistedCandidateGenerator, generators.PromptLookupCandidateGenerator)
    kept = [it.update_candidate_strategy for it in classes]
    for it in classes:
        it.update_candidate_strategy = counting(it.update_candidate_strategy)
    torch.manual_seed(SEED)
    try:
        with torch.no_grad():
            answer = model.generate(
                **batch(tokenizer, prompts), **options, return_dict_in_generate=True, output_scores=True
            )
    finally:
        for it, update in zip(classes, kept):
            it.update_candidate_strategy = update
    return answer, counts


def batch(tokenizer, prompts):
    tokenizer.pad_token, tokenizer.padding_side = "<|endoftext|>", "left"
    prompts = [prompts] if isinstance(prompts, str) else prompts
    found = tokenizer(prompts, return_tensors="pt", padding=True)
    return {name: found[name] for name in ("input_ids", "attention_mask")}


def until_end(tokens, end=0):
    return tokens[: tokens.index(end) + 1] if end in tokens else tokens


def accepted(trace):
    """Kept guesses of each round, from the events alone."""
    counts = []
    for event in trace["events"]:
        if event["kind"] == "step":
            counts.append(0)
        elif event["kind"] == "judge" and event["accepted"]:
            counts[-1] += 1
    return counts


def complaints(name, recording, answer, start, counts):
    """Where a recording is not what `generate` said."""
    trace = recording.trace
    texts = [trace["tokens"]] + [it["tokens"] for it in trace["outputs"]]
    wanted = [until_end(text[start:].tolist()) for text in answer.sequences]
    if texts != wanted:
        yield f"{name}: the texts are {texts}, not {wanted}"
    if counts:
        # A last round that ends among kept guesses is counted one short by `generate`.
        found = accepted(trace)
        if found[:-1] != counts[:-1] or not 0 <= found[-1] - counts[-1]:
            yield f"{name}: kept {found}, but generate counts {counts}"
        if sum(counts) + len(counts) != len(trace["tokens"]):
            yield f"{name}: {counts} do not make {len(trace['tokens'])} tokens"
    if getattr(answer, "sequences_scores", None) is not None:
        ranks = {it["node"]: it["ranked"] for it in trace["events"] if it["kind"] == "finish"}
        head = next(it["head"] for it in reversed(trace["events"]) if it["kind"] == "commit")
        nodes = [head] + [it["node"] for it in trace["outputs"]]
        for node, score in zip(nodes, answer.sequences_scores.tolist()):
            if abs(ranks[node] - score) > 1e-4:
                yield f"{name}: text {node} ranks {ranks[node]}, not {score}"


def patched(model):
    """What the recorder could have left behind: hooks, and methods put over those of the class."""
    hooks = len(model._forward_hooks) + len(model._forward_pre_hooks)
    own = sorted(name for name in vars(model) if callable(getattr(type(model), name, None)))
    return hooks, own, torch.rand_like, utils._speculative_sampling


def manners(target, draft, tokenizer):
    """What the README says of refusals, of the command, and of what is left after a call."""
    before = patched(target), patched(draft)
    kept = "A run", {"do_sample": True, "assistant_model": draft, "max_new_tokens": 4}
    record(target, tokenizer, kept[0], **kept[1])
    if (patched(target), patched(draft)) != before:
        yield "manners: something stays patched after a run"
    broken = LogitsProcessorList([lambda ids, scores: 1 / 0])
    try:
        record(target, tokenizer, kept[0], **kept[1], logits_processor=broken)
        yield "manners: a run that breaks is recorded as whole"
    except ZeroDivisionError:
        if (patched(target), patched(draft)) != before:
            yield "manners: something stays patched after a run that broke"

    for prompt, options, sentence in (
        ("A", {"guidance_scale": 2.0}, "runs with guidance_scale are not recorded"),
        ("A", {"assistant_early_exit": 2}, "runs with assistant_early_exit are not recorded"),
        ("A", {"assistant_model": target}, "the draft model is the target itself"),
        (["A", "B"], {"assistant_model": draft}, "one prompt at a time"),
        (["A", "B"], {"num_beams": 2}, "one prompt at a time"),
    ):
        try:
            record(target, tokenizer, prompt, max_new_tokens=2, **options)
            yield f"manners: {options} is recorded"
        except ValueError as error:
            if sentence not in str(error):
                yield f"manners: {options} is refused with “{error}”"

    stories = ROOT / "models" / "stories"
    with TemporaryDirectory() as folder:
        out = Path(folder) / "run.json"
        words = [stories / "target", PROMPT, "--assistant", stories / "draft", "--out", out]
        with patch("sys.argv", ["decodescope-record", *map(str, words), "--max-new-tokens", "8"]):
            with redirect_stdout(StringIO()) as said:
                command.main()
        trace = json.loads(out.read_text())
        greedy = json.loads((HERE / "recorded" / "assisted.json").read_text())
        if trace["tokens"] != greedy["tokens"][:8] or trace["method"] != greedy["method"]:
            yield f"manners: the command writes {trace['tokens']} by {trace['method']}"
        if said.getvalue().strip() != tokenizer.decode(trace["tokens"]).strip():
            yield f"manners: the command prints {said.getvalue()!r}"


def differences(known, found, path=""):
    if isinstance(known, float) or isinstance(found, float):
        close = abs(known - found) <= 1e-4 * max(1.0, abs(known))
        return [] if close else [f"{path}: {known} and {found}"]
    if isinstance(known, dict) and isinstance(found, dict) and known.keys() == found.keys():
        return [it for name in known for it in differences(known[name], found[name], f"{path}.{name}")]
    if isinstance(known, list) and isinstance(found, list) and len(known) == len(found):
        pairs = enumerate(zip(known, found))
        return [it for place, (a, b) in pairs for it in differences(a, b, f"{path}[{place}]")]
    return [] if known == found else [f"{path}: {known!r} and {found!r}"]


def main():
    torch.set_num_threads(1)
    target, draft = load("target"), load("draft")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(ROOT / "models/stories/target/tokenizer.json")
    )
    folder, wrong = HERE / "recorded", []
    folder.mkdir(exist_ok=True)
    for name, (prompt, given) in RUNS.items():
        options = {key: value for key, value in given.items() if key != "assisted"}
        if given.get("assisted"):
            options["assistant_model"] = draft
        recording = record(target, tokenizer, prompt, seed=SEED, **options)
        answer, counts = unrecorded(target, tokenizer, prompt, options)
        start = batch(tokenizer, prompt)["input_ids"].shape[1]
        wrong += complaints(name, recording, answer, start, counts)
        file = folder / f"{name}.json"
        if "--write" in sys.argv:
            recording.save(file)
        else:
            known = json.loads(file.read_text())
            found = json.loads(json.dumps(recording.trace))
            known.pop("recorded"), found.pop("recorded")
            wrong += [f"{name}{it}" for it in differences(known, found)[:5]]
        events = len(recording.trace["events"])
        print(f"{name}: {len(recording.trace['tokens'])} tokens, {events} events", counts or "")
    wrong += manners(target, draft, tokenizer)
    print("\n".join(wrong) or "no difference")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
