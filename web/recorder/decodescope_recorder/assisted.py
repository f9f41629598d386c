"""Assisted generation: a draft model or a look-up in the text guesses, one pass of the target
tests all guesses, and the first that is refused is replaced."""

from .numbers import certain, draw_of, float32, log_of, probabilities, row_of


class Assisted:
    def __init__(self, story, prompt, ends, sampled, drafter):
        self.story, self.ends, self.sampled = story, ends, sampled
        # Who guesses, in the word of the trace: `draft` or `ngram`.
        self.drafter = drafter
        self.path = story.prompt(prompt)
        self.prompt_len = len(prompt)
        # Tokens of `matched`, as `generate` counts them, and as the rules had it.
        self.counted = []
        self.kept = []
        self.new_round()

    def new_round(self):
        self.guesses = []
        self.scores = None
        self.drafting = []
        self.uniforms = None
        self.stages = []
        self.pass_ = None
        self.within = False

    # ── What is heard ───────────────────────────────────────────────────────────────────────

    def proposing(self):
        self.story.step()
        self.within = True

    def ran(self, role, ids, start, logits, ms):
        if role == "draft":
            self.drafting.append([start, ids.shape[1], logits[0, -1], ms, None])
        else:
            self.pass_ = (start, ids.shape[1], logits[0], ms)

    def processed(self, role, ids, stages):
        if role == "draft":
            self.drafting[-1][-1] = [(name, value, rows[0]) for name, value, rows in stages]
        elif not self.within:
            # A look-up asks the target's processors which tokens they forbid: no row of the model.
            self.stages.append([(name, value, rows[0]) for name, value, rows in stages])

    def proposed(self, ids, guess, scores):
        self.within = False
        self.guesses = guess[0, ids.shape[1] :].tolist()
        self.scores = None if scores is None else scores[0]
        self.nodes = []
        if self.drafting:
            self.write_drafts()
        else:
            for token in self.guesses:
                self.nodes.append(self.story.grow(self.last(), token, self.drafter))
        if self.drafter == "ngram":
            self.say_looked_up(ids[0].tolist())

    def tested(self, uniforms):
        self.uniforms = uniforms

    def matched(self, ids, count):
        """The round is over: the text as it stands now."""
        new = ids[0, len(self.path) :].tolist()
        self.counted.append(count)
        self.write_verification(new)
        self.new_round()

    # ── What is written ─────────────────────────────────────────────────────────────────────

    def last(self):
        return self.nodes[-1] if self.nodes else self.path[-1]

    def at(self, position):
        """The node at a position of the text and the guesses after it."""
        return (self.path + self.nodes)[position]

    def write_drafts(self):
        for (start, fed, logits, ms, stages), token in zip(self.drafting, self.guesses):
            place = start + fed - 1
            ancestors = [self.at(it) for it in range(start, place)]
            raw = stages or [("model", None, logits)]
            rows = [(name, value, probabilities(row)) for name, value, row in raw]
            self.story.score("draft", [self.at(place)], ancestors, [rows[0][2]], ms)
            drawn = rows[-1][2]
            if not self.sampled:
                rows.append(("temperature", 0.0, certain(drawn)))
            self.story.sample(draw_of(self.at(place), "draft", rows, token))
            row = row_of(drawn) if self.sampled else None
            node = self.story.grow(
                self.last(), token, "draft", log_prob=log_of(drawn, token), row=row
            )
            self.nodes.append(node)

    def say_looked_up(self, text):
        if not self.guesses:
            self.story.note("nothing_found", "The last tokens do not occur before: no guess.")
            return
        self.story.note(
            "looked_up",
            f"The last tokens occur before, and {len(self.guesses)} tokens follow there.",
            drafted=len(self.guesses),
        )

    def rows(self):
        """The distributions after the head and after each guess, stage by stage."""
        start, fed, logits, ms = self.pass_
        count = len(self.guesses) + 1
        raw = self.stages or [[("model", None, row)] for row in logits[-count:]]
        return [[(name, value, probabilities(row)) for name, value, row in it] for it in raw]

    def write_verification(self, new):
        story, head = self.story, self.path[-1]
        start, fed, _, ms = self.pass_
        rows = self.rows()
        scored = [head, *self.nodes]
        first = len(self.path) - 1
        ancestors = [self.at(it) for it in range(start, first)]
        story.score("target", scored, ancestors, [it[0][2] for it in rows], ms)

        kept = self.judge([it[-1][2] for it in rows])
        self.kept.append(kept)
        # A text that ends within the kept guesses takes no token more.
        path = self.nodes[: min(kept, len(new))]
        if len(new) > kept:
            path = [*path, self.choose(scored[kept], rows[kept], new[kept], kept)]
        # The rules decide on all guesses, the text may end before.
        more = "" if len(new) <= kept else "; the same pass gives one token more"
        if self.guesses:
            story.note(
                "accepted",
                f"{kept} of {len(self.guesses)} guesses were kept{more}.",
                accepted=kept,
                drafted=len(self.guesses),
            )
        story.prune([node for node in self.nodes if node not in path], "not kept")
        story.commit(path)
        self.path += path

    def judge(self, probs):
        """Tests the guesses in turn as `generate` does; how many are kept."""
        by_ratio = self.uniforms is not None
        drafts = None if not by_ratio else [probabilities(row) for row in self.scores]
        for place, (node, guess) in enumerate(zip(self.nodes, self.guesses)):
            p = probs[place]
            if by_ratio:
                q, u = drafts[place], self.uniforms[place]
                # The same float32 numbers that were compared.
                accepted = u <= (p[guess].float() / q[guess].float()).item()
                rest = None if accepted else (p - q).clamp(min=0)
                self.story.judge(
                    node,
                    accepted,
                    "ratio",
                    float32(p[guess].item()),
                    float32(q[guess].item()),
                    u,
                    None if accepted else row_of(rest / rest.sum()),
                )
            else:
                rule = "sample_match" if self.sampled else "greedy"
                accepted = self.matches(place, guess, p)
                said = p if self.sampled else certain(p)
                self.story.judge(node, accepted, rule, float32(said[guess].item()))
            if not accepted:
                return place
        return len(self.guesses)

    def matches(self, place, guess, p):
        if not self.sampled:
            return int(p.argmax()) == guess
        # The draw itself is not kept: the text says how far guess and draw agreed.
        return place < self.counted[-1]

    def choose(self, above, stages, token, kept):
        """The target's own token after the last kept guess."""
        refused = kept < len(self.guesses)
        if refused and self.uniforms is not None:
            rest = (stages[-1][2] - probabilities(self.scores[kept])).clamp(min=0)
            draw = draw_of(above, "residual", [("residual", None, rest / rest.sum())], token)
        else:
            if not self.sampled:
                stages = [*stages, ("temperature", 0.0, certain(stages[-1][2]))]
            draw = draw_of(above, "target", stages, token)
        self.story.sample(draw)
        by = "recovered" if refused else "bonus" if self.guesses else "target"
        return self.story.grow(above, token, by, log_prob=log_of(stages[0][2], token))

    def end(self, sequences, max_new_tokens):
        tokens = sequences[0]
        new = len(self.path) - self.prompt_len
        ended = tokens[-1] in self.ends
        reason = "end_token" if ended else "length" if new >= max_new_tokens else "stopped"
        self.story.finish(self.path[-1], reason)

    def texts(self):
        return [(self.path, self.prompt_len)]
