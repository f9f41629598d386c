"""The events of a trace as they are written: nodes by number, passes by role, tokens that occur."""

from .numbers import row_of


class Story:
    def __init__(self):
        self.events = []
        self.pass_ms = []
        self.tokens = set()
        self.parents = []
        self.steps = 0
        self.passes = {}

    def add(self, kind, **fields):
        self.events.append({"kind": kind, **fields})

    def step(self):
        self.add("step", index=self.steps)
        self.steps += 1

    def grow(self, parent, token, by, lane=0, log_prob=None, row=None):
        node = len(self.parents)
        self.parents.append(parent)
        self.tokens.add(token)
        self.see(row)
        self.add(
            "grow",
            node=node,
            parent=parent,
            lane=lane,
            input={"token": token},
            by=by,
            log_prob=log_prob,
            row=row,
        )
        return node

    def prompt(self, tokens, lane=0):
        """A lane's prompt; its nodes from the root down."""
        path = []
        for token in tokens:
            path.append(self.grow(path[-1] if path else None, token, "prompt", lane))
        return path

    def score(self, role, nodes, ancestors, probs, ms):
        """One pass; `probs` has the row that follows each of `nodes`."""
        number = self.passes.get(role, 0)
        self.passes[role] = number + 1
        rows = [row_of(it) for it in probs]
        for row in rows:
            self.see(row)
        self.pass_ms.append(ms)
        self.add(
            "score",
            role=role,
            variant=None,
            nodes=nodes,
            ancestors=ancestors,
            rows=rows,
            group=None,
            **{"pass": number},
        )

    def sample(self, event):
        self.tokens.update(event["tokens"])
        self.events.append(event)

    def judge(self, node, accepted, rule, p, q=None, u=None, residual=None):
        self.see(residual)
        self.add(
            "judge", node=node, accepted=accepted, rule=rule, p=p, q=q, u=u, residual=residual
        )

    def commit(self, nodes, lane=0):
        if nodes:
            self.add("commit", lane=lane, head=nodes[-1], nodes=nodes)

    def finish(self, node, reason, score=None, ranked=None):
        self.add("finish", node=node, reason=reason, score=score, ranked=ranked)

    def prune(self, nodes, reason):
        if nodes:
            self.add("prune", nodes=nodes, reason=reason)

    def note(self, name, text, **values):
        self.add("note", id=name, text=text, values=values)

    def see(self, row):
        if row is not None:
            self.tokens.update(token for token, _ in row["top"])

    def path(self, above, node):
        """The nodes from just below `above` down to `node`."""
        path = []
        while node != above:
            path.append(node)
            node = self.parents[node]
        return path[::-1]
