"""Reads what an author wrote between the fences of a ``decodescope`` block: ``key: value`` lines.

The keys are the attributes of ``<decodescope-player>``, and three for what stands in for the figure
where there are no scripts: ``picture``, ``alt`` and ``caption``.
"""

from __future__ import annotations

import json
from difflib import get_close_matches
from pathlib import Path

ATTRIBUTES: dict[str, dict] = json.loads(
    Path(__file__).with_name("attributes.json").read_text(encoding="utf-8")
)
"""By name, as the element declares them; the same file is in every package."""

STAND_IN = ("picture", "alt", "caption")
KEYS = (*ATTRIBUTES, *STAND_IN)


class BlockError(ValueError):
    """A sentence for the author, and the line it is about, counted from 0 within the block."""

    def __init__(self, message: str, line: int = 0):
        super().__init__(message)
        self.line = line


def read_block(text: str) -> dict[str, str]:
    """The values by key. Raises BlockError."""
    values: dict[str, str] = {}
    for number, line in enumerate(text.split("\n")):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon and not (key in ATTRIBUTES and "flag" in ATTRIBUTES[key]):
            raise BlockError(f"“{line.strip()}” is no line of the form “key: value”", number)
        if key in values:
            raise BlockError(f"“{key}” occurs twice", number)
        value = _unquoted(value.strip())
        problem = wrong(key, value)
        if problem:
            raise BlockError(problem, number)
        values[key] = value
    if not values.get("src"):
        raise BlockError("“src” is missing: name the trace, as in “src: run.json”")
    return values


def wrong(key: str, value: str) -> str | None:
    """What is wrong with a key and its value, in a sentence."""
    if key not in KEYS:
        near = get_close_matches(key, KEYS, 1)
        hint = f"did you mean “{near[0]}”?" if near else "there are: " + ", ".join(KEYS)
        return f"unknown key “{key}”; {hint}"
    kind = ATTRIBUTES.get(key, {})
    if "flag" in kind and value.lower() not in ("", "true", "false", "yes", "no", "1", "0"):
        return f"{key}: “{value}” is neither “true” nor “false”"
    if "one" in kind and value not in kind["one"]:
        return f"{key}: “{value}” is none of " + ", ".join(kind["one"])
    if "number" in kind:
        least, most = kind["number"]
        try:
            inside = least <= float(value) <= most
        except ValueError:
            inside = False
        if inside and "whole" in kind:
            inside = value.isascii() and value.isdigit()
        if not inside:
            kind_of = "whole number" if "whole" in kind else "number"
            return f"{key}: “{value}” is no {kind_of} from {least} to {most}"
    for part in value.replace(",", " ").split() if "some" in kind else ():
        if part not in kind["some"]:
            return f"{key}: “{part}” is none of " + ", ".join(kind["some"])
    return None


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value
