"""Asks a real llama.cpp server, with the shipped models as GGUF, for what the page can import.

    pip install gguf numpy xllamacpp
    python tests/import/llamacpp_runs.py            # compares with tests/import/answers
    python tests/import/llamacpp_runs.py --write    # records the answers anew

Compared are tokens and bytes, and log-probabilities up to the rounding of float16 keys.
"""

import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PROMPT = "Once upon a time, there was a little"
CHAT = {"messages": [{"role": "user", "content": PROMPT}]}
GREEDY = {"temperature": 0, "cache_prompt": False}
COMPLETION = {"prompt": PROMPT, "max_tokens": 24, "logprobs": 5, **GREEDY}
# Letters whose bytes no token holds together: the grammar makes the model write them.
LETTERS = 'root ::= " Zoë saw 🦊."'
REQUESTS = {
    "completion.json": ("/v1/completions", COMPLETION),
    "completion.sse": ("/v1/completions", {**COMPLETION, "stream": True}),
    "chat.json": (
        "/v1/chat/completions",
        {**CHAT, "max_tokens": 12, "logprobs": True, "top_logprobs": 5, **GREEDY},
    ),
    "chat.sse": (
        "/v1/chat/completions",
        {**CHAT, "max_tokens": 12, "logprobs": True, "top_logprobs": 5, "stream": True, **GREEDY},
    ),
    "several.json": (
        "/v1/completions",
        {**COMPLETION, "max_tokens": 12, "n": 3, "temperature": 1.0, "seed": 1},
    ),
    "letters.json": (
        "/v1/completions",
        {**COMPLETION, "grammar": LETTERS, "max_tokens": 32},
    ),
    "native.json": ("/completion", {"prompt": PROMPT, "n_predict": 12, "n_probs": 5, **GREEDY}),
}
# Between runs of a server, and between releases.
ROUNDING = 0.05


def gguf(folder):
    sys.path.insert(0, str(HERE))
    from gguf_from import write

    for name in ("target", "draft"):
        write(ROOT / "models" / "stories" / name, Path(folder) / f"{name}.gguf")


def serve(folder, drafted):
    """A server on a free port; the process ends with its standard input."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = f"{folder}/target.gguf"
    params.model_alias = {"stories-target"}
    params.n_ctx, params.n_parallel, params.port = 1536, 3, 0
    params.warmup = False
    params.cpuparams.n_threads = 1
    if drafted:
        kind = xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_DRAFT_SIMPLE
        params.speculative.types = [kind]
        params.speculative.draft.mparams.path = f"{folder}/draft.gguf"
        params.speculative.draft.n_max = 4
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


def served(folder, drafted, requests):
    """The answers to `requests`, and what the server logged."""
    with tempfile.TemporaryFile("w+") as log:
        arguments = [sys.executable, __file__, "--serve", folder, *(["--drafted"] * drafted)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
        with subprocess.Popen(arguments, text=True, **pipes) as process:
            address = ""
            for line in process.stdout:
                if line.startswith("http"):
                    address = line.strip()
                    break
            answers = {name: post(address + path, body) for name, (path, body) in requests.items()}
            process.stdin.close()
        log.seek(0)
        return answers, log.read()


def post(address, body):
    request = urllib.request.Request(
        address, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def tokens(answer):
    """(bytes, log-probability) of every token of an answer or a stream."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            for name in ("content", "completion_probabilities"):
                if isinstance(value.get(name), list):
                    found.extend((it["bytes"], it["logprob"]) for it in value[name])
            for it in value.values():
                walk(it)
        elif isinstance(value, list):
            for it in value:
                walk(it)

    lines = [line[5:] for line in answer.splitlines() if line.startswith("data:")] or [answer]
    for line in lines:
        if line.strip() != "[DONE]":
            walk(json.loads(line))
    return found


def complaints(name, known, found):
    known, found = tokens(known), tokens(found)
    if not found:
        yield f"{name}: no tokens"
    if [it[0] for it in known] != [it[0] for it in found]:
        yield f"{name}: other tokens than recorded"
    elif any(abs(a[1] - b[1]) > ROUNDING for a, b in zip(known, found)):
        yield f"{name}: other log-probabilities than recorded"


def main():
    wrong = []
    out = HERE / "answers"
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        gguf(folder)
        answers, _ = served(folder, False, REQUESTS)
        plain = {"completion.json": REQUESTS["completion.json"]}
        drafted, log = served(folder, True, plain)
    lines = [it for it in log.splitlines() if "draft acceptance" in it]
    log = "".join(f"{re.sub(r'^[^A-Za-z]*', '', line)}\n" for line in lines)
    print(log or "no acceptance in the log")
    # A draft model changes the speed, not the text.
    pairs = zip(tokens(answers["completion.json"]), tokens(drafted["completion.json"]))
    if any(plain[0] != guessed[0] for plain, guessed in pairs):
        wrong.append("drafted: another text than without a draft")
    for name, answer in answers.items():
        print(f"{name}: {len(tokens(answer))} tokens")
        if "--write" in sys.argv:
            (out / name).write_text(answer if answer.endswith("\n") else f"{answer}\n")
        else:
            wrong += complaints(name, (out / name).read_text(), answer)
    if "--write" in sys.argv:
        (out / "llama.cpp-log.txt").write_text(log)
    elif not re.search(r"draft acceptance = [\d.]+ \( *\d+ accepted / +\d+ generated\)", log):
        wrong.append("llama.cpp-log.txt: the line on acceptance has changed")
    print("\n".join(wrong) or "no difference")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    if "--serve" in sys.argv:
        serve(sys.argv[2], "--drafted" in sys.argv)
    else:
        main()
