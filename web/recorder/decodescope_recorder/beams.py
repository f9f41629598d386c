"""Beam search: the beams of a round, the continuations it looks at, and what becomes of them."""

from .numbers import float32, probabilities

COLUMNS = [
    {"name": "rank", "kind": "number"},
    {"name": "node", "kind": "node"},
    {"name": "score", "kind": "number"},
    {"name": "ranked", "kind": "number"},
    {"name": "status", "kind": "text"},
]


class Beams:
    def __init__(self, story, prompt, ends, count, penalty):
        self.story, self.ends, self.count, self.penalty = story, ends, count, penalty
        path = story.prompt(prompt)
        self.prompt, self.head = tuple(prompt), path[-1]
        self.prompt_path = path
        # Each text that was looked at: its node and its sum of log-probabilities.
        self.nodes = {self.prompt: path[-1]}
        self.sums = {self.prompt: 0.0}
        # Continuations of the last round, best first: text and whether it ends there.
        self.candidates = []
        self.finished = {}
        self.fed = None

    def ran(self, role, ids, start, logits, ms):
        self.fed = (ids.shape[1], ms)

    def processed(self, role, ids, stages):
        texts = [tuple(text) for text in ids.tolist()]
        self.close(set(texts))
        # The first round runs the prompt once for each beam.
        beams = list(dict.fromkeys(texts))
        raw = [probabilities(stages[0][2][texts.index(text)]) for text in beams]
        # Sums are made of what the processors leave.
        self.rows = {text: stages[-1][2][texts.index(text)] for text in beams}
        fed, ms = self.fed
        first = beams == [self.prompt]
        ancestors = self.prompt_path[-fed:-1] if first else self.ancestors(beams, fed)
        self.story.step()
        self.story.score("target", [self.nodes[text] for text in beams], ancestors, raw, ms)

    def ancestors(self, beams, fed):
        """What ran along when no keys are kept."""
        texts = {text[:length] for text in beams for length in range(len(text) - fed + 1, len(text))}
        inside = [self.nodes[text] for text in texts if len(text) > len(self.prompt)]
        whole = any(len(text) <= len(self.prompt) for text in texts)
        return (self.prompt_path if whole else []) + sorted(inside)

    def stopping(self, ids, done):
        """The continuations of a round, best first, and which of them end."""
        for text, ends in zip(ids.tolist(), done.tolist()):
            text = tuple(text)
            above, token = text[:-1], text[-1]
            if above not in self.rows or text in self.nodes:
                continue
            log_prob = min(0.0, float32(self.rows[above][token].item()))
            self.nodes[text] = self.story.grow(
                self.nodes[above], token, "target", log_prob=log_prob
            )
            self.sums[text] = self.sums[above] + self.rows[above][token].item()
            self.candidates.append((text, ends))
        for text, ends in self.candidates[: self.count]:
            if ends:
                self.finish(text)

    def finish(self, text):
        reason = "end_token" if text[-1] in self.ends else "length"
        score, ranked = float32(self.sums[text]), float32(self.ranked(text))
        self.finished[text] = {"reason": reason, "score": score, "ranked": ranked}
        self.story.finish(self.nodes[text], reason, score, ranked)

    def ranked(self, text):
        return self.sums[text] / (len(text) - len(self.prompt)) ** self.penalty

    def close(self, live):
        """The continuations that go on; the others that did not end leave."""
        if not self.candidates:
            return
        table, outside = [], []
        for rank, (text, _) in enumerate(self.candidates, 1):
            node = self.nodes[text]
            status = "finished" if text in self.finished else "live" if text in live else "pruned"
            if status == "pruned":
                outside.append(node)
            score = float32(self.sums[text])
            table.append([rank, node, score, float32(self.ranked(text)), status])
        self.story.prune(outside, "outside the beam")
        self.story.add("table", name="beams", change="set", columns=COLUMNS, rows=table)
        self.candidates = []

    def end(self, sequences, max_new_tokens):
        self.answers = [tuple(self.until_end(text)) for text in sequences]
        self.close(set(self.answers))
        answer = self.nodes[self.answers[0]]
        self.story.commit(self.story.path(self.head, answer))

    def until_end(self, text):
        """Without the padding after the end token."""
        for place in range(len(self.prompt), len(text)):
            if text[place] in self.ends:
                return text[: place + 1]
        return text

    def texts(self):
        paths = [self.story.path(self.head, self.nodes[text]) for text in self.answers]
        return [(self.prompt_path + path, len(self.prompt)) for path in paths]
