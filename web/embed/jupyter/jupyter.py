"""The Jupyter widget: a figure in a notebook, without any file beside it.

>>> from decodescope.jupyter import Player
>>> Player("run.json", start_at="50%")
"""

from __future__ import annotations

import base64
import json
import mimetypes
from pathlib import Path

import anywidget
import traitlets

from . import figure
from .block import ATTRIBUTES, wrong
from .files import PICTURES, words

_HERE = Path(__file__).with_name("player")


class Player(anywidget.AnyWidget):
    """A recorded run; `step` is the reader's place, in events from the start."""

    _esm = (_HERE / "widget.js").read_text(encoding="utf-8")
    trace = traitlets.Unicode().tag(sync=True)
    attributes = traitlets.Dict().tag(sync=True)
    method_text = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        trace: str | Path | dict,
        *,
        picture: str | Path | None = None,
        caption: str = "",
        **attributes: object,
    ):
        """`trace`: a path, or what the file holds. `attributes` as the element has them, with `_`
        for `-`. Raises ValueError for what the element would not take, and OSError."""
        if isinstance(trace, dict):
            text = json.dumps(trace)
        else:
            text = Path(trace).read_text(encoding="utf-8")
            beside = (Path(trace).with_suffix(it) for it in PICTURES)
            picture = picture or next((it for it in beside if it.is_file()), None)
        run = json.loads(text)
        self._words, self._caption, self._picture = words(run), caption, picture
        super().__init__(
            trace=text,
            attributes=_written(attributes),
            method_text=_method_text(str(run.get("method"))),
        )

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        if not bundle:
            return bundle
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/html": self._stand_in()}, metadata

    def _stand_in(self) -> str:
        """What is shown where widgets cannot be: on code hosts, in feeds, on paper."""
        values = {"caption": self._caption}
        if self._picture:
            values["picture"] = _data(Path(self._picture))
        below = f"<p><em>{figure.escape(self._caption)}</em></p>" if self._caption else ""
        return f"<div>{figure.stand_in(values, self._words)}{below}</div>"


def _written(attributes: dict[str, object]) -> dict[str, str]:
    written = {}
    for key, value in attributes.items():
        name = key.replace("_", "-")
        if name not in ATTRIBUTES or name == "src":
            raise ValueError(wrong(name, "") or f"{name} has no meaning here")
        if value is False or value is None:
            continue
        text = "" if value is True else str(value)
        problem = wrong(name, text)
        if problem:
            raise ValueError(problem)
        written[name] = text
    return written


def _method_text(method: str) -> dict | None:
    page = _HERE / "methods" / f"{method}.json"
    if not method.replace("-", "").isalnum() or not page.is_file():
        return None
    return {"id": method, **json.loads(page.read_text(encoding="utf-8"))}


def _data(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "image/svg+xml"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
