"""Greedy decoding and sampling, of one text or of several at once: each text is a lane."""

from .numbers import certain, draw_of, log_of, probabilities


class Plain:
    """Hears of each pass and of each row that came of it; the token that was drawn stands at the
    end of the ids of the next row, or of the finished texts."""

    def __init__(self, story, prompts, ends, sampled):
        self.story, self.ends, self.sampled = story, ends, sampled
        self.paths = [story.prompt(tokens, lane) for lane, tokens in enumerate(prompts)]
        self.prompt_lens = [len(path) for path in self.paths]
        self.living = set(range(len(prompts)))
        self.pass_ = None
        self.stages = None

    def ran(self, role, ids, start, logits, ms):
        self.pass_ = (ids.shape[1], ms)

    def processed(self, role, ids, stages):
        self.close(ids[:, -1].tolist())
        self.open(stages)

    def open(self, stages):
        self.stages = stages
        fed, ms = self.pass_
        lanes = sorted(self.living)
        heads = [self.paths[lane][-1] for lane in lanes]
        # A pass is as wide as the longest text; shorter ones are padded on the left.
        ancestors = [node for lane in lanes for node in self.paths[lane][-fed:-1]]
        self.story.step()
        rows = [probabilities(stages[0][2][lane]) for lane in lanes]
        self.story.score("target", heads, ancestors, rows, ms)

    def close(self, tokens):
        """The tokens that were drawn, one a text, once they are known."""
        if self.stages is None:
            return
        for lane in sorted(self.living):
            self.take(lane, tokens[lane])
        self.stages = None

    def take(self, lane, token):
        story, path = self.story, self.paths[lane]
        stages = [(name, value, probabilities(rows[lane])) for name, value, rows in self.stages]
        if not self.sampled:
            stages.append(("temperature", 0.0, certain(stages[-1][2])))
        story.sample(draw_of(path[-1], "target", stages, token))
        node = story.grow(path[-1], token, "target", lane, log_of(stages[0][2], token))
        path.append(node)
        story.commit([node], lane)
        if token in self.ends:
            self.living.discard(lane)
            story.finish(node, "end_token")

    def end(self, sequences, max_new_tokens):
        self.close([text[-1] for text in sequences])
        for lane in sorted(self.living):
            length = len(self.paths[lane]) - self.prompt_lens[lane]
            reason = "length" if length >= max_new_tokens else "stopped"
            self.story.finish(self.paths[lane][-1], reason)

    def texts(self):
        """The last node of each text and how many of its nodes are prompt."""
        return list(zip(self.paths, self.prompt_lens))
