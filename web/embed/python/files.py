"""The files that a page with figures needs: the trace, its picture, and the player with the pages
of the methods that occur."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

from .block import BlockError

PLAYER = "decodescope-player.js"
PICTURES = (".svg", ".png", ".webp")


def is_elsewhere(address: str) -> bool:
    """Whether an address names another host: such a trace is neither read nor copied."""
    return re.match(r"[a-z][a-z0-9+.-]*:|//", address, re.IGNORECASE) is not None


def read_trace(path: Path) -> dict:
    """Raises BlockError; the player says what else may be wrong with a trace."""
    try:
        trace = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise BlockError(f"src: there is no file {path}") from None
    except ValueError as error:
        raise BlockError(f"src: {path} is no JSON: {error}") from None
    if not isinstance(trace, dict) or not isinstance(trace.get("events"), list):
        raise BlockError(f"src: {path} is no trace: it has no events")
    return trace


def read_run(path: Path, values: dict[str, str]) -> tuple[str, str]:
    """The method of a trace, and the run in words. Names in `values` the picture that lies beside
    it, unless they name one. Raises BlockError."""
    trace = read_trace(path)
    beside = next((it for end in PICTURES if (it := path.with_suffix(end)).is_file()), None)
    if beside and "picture" not in values:
        values["picture"] = posixpath.join(posixpath.dirname(values["src"]), beside.name)
    return str(trace.get("method")), words(trace)


def words(trace: dict) -> str:
    """The run in words: its method, and its text with the prompt before it."""
    vocabulary = trace.get("vocabulary", {})
    target = trace.get("models", {}).get("target", {})
    ends = set(target.get("end_tokens", []))
    both = [*trace.get("prompt_tokens", []), *trace.get("tokens", [])]
    parts = b"".join(_bytes(vocabulary.get(str(it))) for it in both if it not in ends)
    text = " ".join(parts.decode("utf-8", "replace").split())
    return f"A recorded run of {trace.get('method', 'a decoding method')}: “{text}”"


def _bytes(text: object) -> bytes:
    """What a token stands for: its text, or its bytes where it holds a part of a character."""
    if isinstance(text, str):
        return text.encode()
    return bytes(it for it in text if it in range(256)) if isinstance(text, list) else b""


def player_files(methods: set[str]) -> dict[str, bytes]:
    """By path below the player's folder: the script with what it loads, and the pages of
    `methods`."""
    folder = Path(__file__).with_name("player")
    found = {it.relative_to(folder).as_posix(): it.read_bytes() for it in folder.rglob("*.js")}
    found.pop("widget.js", None)
    for method in sorted(methods):
        page = folder / "methods" / f"{method}.json"
        if re.fullmatch(r"[\w-]+", method) and page.is_file():
            found[f"methods/{method}.json"] = page.read_bytes()
    return found


def write_changed(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    """Writes what is not there yet; whoever watches the folder is not woken for nothing."""
    written = []
    for name, content in contents.items():
        path = folder / name
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written
