"""Listens to one `generate` call and tells a listener what happens, in order. Changes nothing:
the same calls are made with the same numbers, and no random number is drawn.

The listener hears

    ran(role, ids, start, logits, ms)     one forward pass: ids [texts, length], keys before it
    processed(role, ids, stages)          scores after every processor: [(name, value, [texts, V])]
    stopping(ids, done)                   which texts the stopping criteria end
    proposing() · proposed(ids, guess, scores)   a candidate generator's guess
    tested(uniforms)                      the draws of speculative sampling
    matched(ids, count)                   the text after a round, as `generate` counts it
"""

import re
import time
from contextlib import ExitStack, contextmanager

import torch
from transformers import LogitsProcessorList, StoppingCriteriaList
from transformers.generation import utils

# Where a processor keeps the number it was set to, by the name that the trace gives it.
SETTINGS = {
    "temperature": "temperature",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "top_h": "top_h",
    "typical": "mass",
    "epsilon": "epsilon",
    "eta": "epsilon",
    "repetition_penalty": "penalty",
}


@contextmanager
def watching(model, assistant, listener):
    with ExitStack() as stack:
        for role, it in (("target", model), ("draft", assistant)):
            if it is not None:
                stack.enter_context(watched_model(it, role, listener))
        stack.enter_context(watched_candidates(model, listener))
        stack.enter_context(watched_tests(listener))
        yield


@contextmanager
def watched_model(model, role, listener):
    started = {}

    def before(_, args, kwargs):
        cache = kwargs.get("past_key_values")
        started["keys"] = 0 if cache is None else int(cache.get_seq_length())
        started["at"] = now(model)

    def after(_, args, kwargs, output):
        ms = (now(model) - started["at"]) * 1000
        ids = kwargs["input_ids"] if "input_ids" in kwargs else args[0]
        listener.ran(role, ids, started["keys"], output.logits, ms)

    def processors(*args, **kwargs):
        return ToldProcessors(make_processors(*args, **kwargs), role, listener)

    def criteria(*args, **kwargs):
        return ToldCriteria(make_criteria(*args, **kwargs), listener)

    make_processors, make_criteria = model._get_logits_processor, model._get_stopping_criteria
    hooks = [
        model.register_forward_pre_hook(before, with_kwargs=True),
        model.register_forward_hook(after, with_kwargs=True),
    ]
    model._get_logits_processor = processors
    if role == "target":
        model._get_stopping_criteria = criteria
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
        for name in ("_get_logits_processor", "_get_stopping_criteria"):
            vars(model).pop(name, None)


def now(model):
    if model.device.type == "cuda":
        torch.cuda.synchronize(model.device)
    return time.perf_counter()


class ToldProcessors(LogitsProcessorList):
    """The processors of a run, which tell what each of them left."""

    def __init__(self, processors, role, listener):
        super().__init__(processors)
        self.role, self.listener = role, listener

    def __call__(self, input_ids, scores, **kwargs):
        # The caller may write its answer over the row it gave.
        stages = [("model", None, scores.clone())]
        for processor in self:
            # One after another through the list's own call, which knows their arguments. Some
            # change their input in place.
            scores = LogitsProcessorList([processor])(input_ids, scores.clone(), **kwargs)
            stages.append((*named(processor), scores))
        self.listener.processed(self.role, input_ids, stages)
        return scores


def named(processor):
    """A processor's name as the trace has it, and its setting."""
    plain = re.sub(r"Logits(Processor|Warper)$", "", type(processor).__name__)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", plain).lower()
    value = getattr(processor, SETTINGS.get(name, ""), None)
    return name, float(value) if isinstance(value, (int, float)) else None


class ToldCriteria(StoppingCriteriaList):
    """The stopping criteria of a run, which tell which texts they end."""

    def __init__(self, criteria, listener):
        super().__init__(criteria)
        self.listener = listener

    def __call__(self, input_ids, scores, **kwargs):
        done = super().__call__(input_ids, scores, **kwargs)
        self.listener.stopping(input_ids, done)
        return done


@contextmanager
def watched_candidates(model, listener):
    make = model._get_candidate_generator

    def told(*args, **kwargs):
        generator = make(*args, **kwargs)
        listener.drafts_with(generator)
        get, update = generator.get_candidates, generator.update_candidate_strategy

        def get_candidates(input_ids, *args, **kwargs):
            listener.proposing()
            guess, scores = get(input_ids, *args, **kwargs)
            listener.proposed(input_ids, guess, scores)
            return guess, scores

        def update_candidate_strategy(input_ids, scores, num_matches):
            listener.matched(input_ids, int(num_matches))
            return update(input_ids, scores, num_matches)

        generator.get_candidates = get_candidates
        generator.update_candidate_strategy = update_candidate_strategy
        return generator

    model._get_candidate_generator = told
    try:
        yield
    finally:
        del model._get_candidate_generator


@contextmanager
def watched_tests(listener):
    """Speculative sampling draws one uniform for each guess; they are read as they are drawn."""
    test = utils._speculative_sampling

    def told(*args, **kwargs):
        draw = torch.rand_like

        def rand_like(*args, **kwargs):
            drawn = draw(*args, **kwargs)
            listener.tested(drawn.flatten().tolist())
            return drawn

        torch.rand_like = rand_like
        try:
            return test(*args, **kwargs)
        finally:
            torch.rand_like = draw

    utils._speculative_sampling = told
    try:
        yield
    finally:
        utils._speculative_sampling = test
