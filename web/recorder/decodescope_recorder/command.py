"""The command line: one run of a model from the hub or a folder, written as a trace."""

import argparse
import sys

from transformers import AutoModelForCausalLM, AutoTokenizer

from .record import record


def main():
    args = arguments().parse_args()
    model, tokenizer = loaded(args.model)
    options = {"max_new_tokens": args.max_new_tokens, "do_sample": args.temperature > 0}
    if args.temperature > 0:
        options["temperature"] = args.temperature
    if args.assistant:
        options["assistant_model"] = loaded(args.assistant)[0]
    if args.prompt_lookup:
        options["prompt_lookup_num_tokens"] = args.prompt_lookup
    if args.beams > 1:
        options |= {"num_beams": args.beams, "num_return_sequences": args.beams}
    try:
        recording = record(model, tokenizer, args.prompt, seed=args.seed, **options)
    except ValueError as error:
        sys.exit(str(error))
    recording.save(args.out)
    print(tokenizer.decode(recording.trace["tokens"]))
    print(f"{args.out}: {len(recording.trace['events'])} events", file=sys.stderr)


def loaded(name):
    model = AutoModelForCausalLM.from_pretrained(name, dtype="auto", device_map=None).eval()
    return model, AutoTokenizer.from_pretrained(name)


def arguments():
    parser = argparse.ArgumentParser(prog="decodescope-record", description=__doc__)
    parser.add_argument("model", help="name on the hub, or a folder")
    parser.add_argument("prompt")
    parser.add_argument("--out", default="run.json")
    parser.add_argument("--max-new-tokens", type=int, default=64)
    parser.add_argument("--temperature", type=float, default=0.0, help="0 is greedy")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--assistant", help="draft model: name on the hub, or a folder")
    parser.add_argument("--prompt-lookup", type=int, metavar="K", help="guess K tokens from the text")
    parser.add_argument("--beams", type=int, default=1)
    return parser
