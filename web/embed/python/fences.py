"""Finds ``decodescope`` blocks in Markdown. Knows fences only: a block that is shown inside another
fence, as in a page about Decodescope, is left alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .block import BlockError

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")


@dataclass(frozen=True)
class Block:
    """A block as it stands in its page."""

    line: int
    """Of the opening fence, from 0."""
    indent: str
    text: str


def replace_blocks(markdown: str, replacement: Callable[[Block], list[str]]) -> str:
    """Puts lines in the place of each block, indented as the block was. Raises BlockError."""
    kept: list[str] = []
    lines = markdown.split("\n")
    number = 0
    while number < len(lines):
        opening = FENCE.match(lines[number].rstrip("\r"))
        if not opening:
            kept.append(lines[number])
            number += 1
            continue
        end = _closing(lines, number + 1, opening["fence"])
        if opening["info"].split()[:1] != ["decodescope"]:
            kept += lines[number : end + 1]
        elif end == len(lines):
            raise BlockError("the block is never closed", number)
        else:
            indent = opening["indent"]
            inside = [it.rstrip("\r").removeprefix(indent) for it in lines[number + 1 : end]]
            block = Block(number, indent, "\n".join(inside))
            kept += [indent + it if it else "" for it in replacement(block)]
        number = end + 1
    return "\n".join(kept)


def _closing(lines: list[str], first: int, fence: str) -> int:
    """The line that closes a fence; past the last line when none does."""
    for number in range(first, len(lines)):
        text = lines[number].strip()
        if len(text) >= len(fence) and set(text) == {fence[0]}:
            return number
    return len(lines)


def line_in_source(source: str, block: Block, line: int) -> int:
    """Counted from 1, the line of a block's `line` (0 is the fence) in the author's file.

    Generators take front matter off and put included files in before we see a page.
    """
    lines = [it.strip() for it in source.split("\n")]
    wanted = [it.strip() for it in block.text.split("\n")]
    for start in range(len(lines)):
        fits = lines[start + 1 : start + 1 + len(wanted)] == wanted
        if fits and FENCE.match(lines[start]):
            return start + line + 1
    return block.line + line + 1
