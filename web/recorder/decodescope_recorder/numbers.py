"""Rows of scores as the trace keeps them: the best tokens, and the mass of all others.

Probabilities are computed in float64 and written as float32, as the trace is read.
"""

import struct

import torch

# Best tokens of a row; tokens that the stages of a draw list.
ROW_KEPT = 6
STAGE_KEPT = 8


def float32(number):
    """The shortest decimal number that is read as the same float32."""
    exact = struct.unpack("f", struct.pack("f", number))[0]
    short = (float(f"{exact:.{digits}g}") for digits in range(6, 10))
    return next(it for it in short if struct.pack("f", it) == struct.pack("f", exact))


def probabilities(scores):
    """scores: [vocabulary], logits or log-probabilities → probabilities that sum to 1."""
    return scores.detach().double().cpu().softmax(-1)


def best(probs, count):
    """The most probable tokens, ties to the lower id; those without mass are left out."""
    order = torch.sort(probs, descending=True, stable=True).indices[:count].tolist()
    return [token for token in order if probs[token] > 0]


def rest_of(shown):
    """The mass that listed probabilities leave; below rounding it is nothing."""
    rest = 1.0 - sum(shown)
    return float32(rest) if rest > 1e-7 else 0.0


def row_of(probs):
    """{"top": [[token, log-probability]], "rest": mass of all others}"""
    tokens = best(probs, ROW_KEPT)
    logs = {token: min(0.0, float32(probs[token].log().item())) for token in tokens}
    return {"top": [[token, logs[token]] for token in tokens], "rest": rest_of(probs[tokens].tolist())}


def log_of(probs, token):
    return min(0.0, float32(probs[token].log().item()))


def draw_of(node, purpose, stages, token):
    """The `sample` event for a token that `stages` led to: [(name, value, probabilities)].

    `u` stays empty: `torch.multinomial` draws no single number that falls on the token.
    """
    first, last = stages[0][2], stages[-1][2]
    tokens = best(first, STAGE_KEPT)
    if token not in tokens:
        tokens.append(token)
        tokens.sort(key=lambda it: (-first[it].item(), it))
    before = last[:token].sum().item()
    prob = float32(last[token].item())
    return {
        "kind": "sample",
        "node": node,
        "purpose": purpose,
        "tokens": tokens,
        "stages": [stage_of(name, value, probs, tokens) for name, value, probs in stages],
        "u": None,
        "token": token,
        "prob": prob,
        "span": [float32(before), float32(before + prob)],
    }


def stage_of(name, value, probs, tokens):
    shown = [float32(it) for it in probs[tokens].tolist()]
    return {
        "name": name,
        "value": None if value is None else float32(value),
        "cutoff": None,
        "kept": int((probs > 0).sum()),
        "probs": shown,
        "rest": rest_of(shown),
    }


def certain(probs):
    """All mass on the most probable token: what greedy decoding makes of a row."""
    one = torch.zeros_like(probs)
    one[best(probs, 1)] = 1.0
    return one
