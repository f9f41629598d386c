"""The HTML of a figure: the element, and inside it the picture that feeds, print and readers without
scripts get. The caption stands below, so that it stays when the figure plays."""

from __future__ import annotations

from html import escape

from .block import ATTRIBUTES


def player(values: dict[str, str]) -> str:
    """The opening tag of the element; `values` as `read_block` gives them, `src` as the page needs it."""
    written = []
    for name in ATTRIBUTES:
        value = values.get(name)
        if value is None:
            continue
        if "flag" in ATTRIBUTES[name]:
            if value.lower() not in ("false", "no", "0"):
                written.append(f" {name}")
        else:
            written.append(f' {name}="{escape(value)}"')
    return f"<decodescope-player{''.join(written)}>"


def stand_in(values: dict[str, str], words: str) -> str:
    """What is shown where the figure cannot be: the picture, or the words of the run."""
    if values.get("picture"):
        alt = values.get("alt") or values.get("caption") or words
        return f'<img src="{escape(values["picture"])}" alt="{escape(alt)}">'
    return f"<p>{escape(words)}</p>"


def html(values: dict[str, str], words: str) -> str:
    """The whole figure, without blank lines: Markdown ends a piece of HTML there.

    A <div>, not a <figure>: themes centre the text of figures, and what the player shows would be
    centred with it.
    """
    label = escape(values.get("alt") or values.get("caption") or words)
    lines = [
        f'<div class="decodescope" role="figure" aria-label="{label}">',
        player(values) + stand_in(values, words) + "</decodescope-player>",
    ]
    if values.get("caption"):
        lines.append(f'<p class="decodescope-caption"><em>{escape(values["caption"])}</em></p>')
    return "\n".join([*lines, "</div>"])


def script(address: str) -> str:
    """The tag that brings the element; it may occur several times on a page."""
    return f'<script src="{escape(address)}" defer></script>'
