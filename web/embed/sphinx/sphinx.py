"""The Sphinx extension: a directive ``decodescope``, also for MyST and Jupyter Book.

Only HTML gets the player. Every other output gets the picture and the caption, as a figure would.
"""

from __future__ import annotations

import os
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from . import figure
from .block import ATTRIBUTES, STAND_IN, BlockError, wrong
from .files import PLAYER, is_elsewhere, player_files, read_run, write_changed

FOLDER = "decodescope"
"""Below the root of the built documentation."""


class player(nodes.General, nodes.Element):
    """The element; its children are what stands in for it."""


def _option(name: str):
    def convert(value: str | None) -> str:
        problem = wrong(name, value or "")
        if problem:
            raise ValueError(problem)
        return value or ""

    return convert


class Decodescope(SphinxDirective):
    """``.. decodescope:: run.json``; its content is the caption."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {
        **{name: _option(name) for name in (*ATTRIBUTES, *STAND_IN) if name != "src"},
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        values = {key: it for key, it in self.options.items() if key in (*ATTRIBUTES, *STAND_IN)}
        values["src"] = directives.uri(self.arguments[0])
        said = "A recorded run"
        here = _figures(self.env).setdefault(self.env.docname, {})
        if not is_elsewhere(values["src"]):
            relative, absolute = self.env.relfn2path(values["src"])
            try:
                method, said = read_run(Path(absolute), values)
                if relative.startswith(".."):
                    raise BlockError(f"src: {relative} lies outside of the documentation")
            except BlockError as error:
                raise self.error(str(error)) from None
            self.env.note_dependency(relative)
            here[relative] = method
            values["src"] = relative.replace(os.sep, "/")
        element = player(values=values)
        alt = values.get("alt") or values.get("caption") or said
        element += (
            nodes.image(uri=values["picture"], alt=alt)
            if values.get("picture")
            else nodes.paragraph(text=said)
        )
        whole = nodes.container(classes=["decodescope", *self.options.get("class", [])])
        whole += element
        self.set_source_info(element)
        self.add_name(whole)
        if self.content or values.get("caption"):
            caption = nodes.container(classes=["decodescope-caption"])
            if self.content:
                self.state.nested_parse(self.content, self.content_offset, caption)
            else:
                caption += nodes.paragraph(text=values["caption"])
            whole += caption
        return [whole]


def _figures(env) -> dict[str, dict[str, str]]:
    """By document, the traces on it and their methods."""
    if not hasattr(env, "decodescope_figures"):
        env.decodescope_figures = {}
    return env.decodescope_figures


def _plays(builder) -> bool:
    return builder.format == "html" and builder.name != "epub"


def _below_root(translator, address: str) -> str:
    builder = translator.builder
    return relative_uri(builder.get_target_uri(builder.current_docname), f"{FOLDER}/{address}")


def _open(translator, node: player) -> None:
    if not _plays(translator.builder):
        return
    values = dict(node["values"])
    if not is_elsewhere(values["src"]):
        values["src"] = _below_root(translator, f"traces/{values['src']}")
    translator.body.append(figure.player(values))


def _close(translator, node: player) -> None:
    if _plays(translator.builder):
        script = figure.script(_below_root(translator, PLAYER))
        translator.body.append(f"</decodescope-player>{script}")


def _pass(translator, node: player) -> None:
    """Only the children are written."""


def _copy(app, exception) -> None:
    figures = _figures(app.env)
    if exception or not _plays(app.builder) or not figures:
        return
    traces = {path: method for page in figures.values() for path, method in page.items()}
    contents = {
        f"traces/{Path(path).as_posix()}": Path(app.srcdir, path).read_bytes() for path in traces
    }
    write_changed(Path(app.outdir, FOLDER), contents | player_files(set(traces.values())))


def _purge(app, env, docname: str) -> None:
    _figures(env).pop(docname, None)


def _merge(app, env, docnames, other) -> None:
    for docname in docnames:
        if docname in _figures(other):
            _figures(env)[docname] = _figures(other)[docname]


def setup(app) -> dict:
    pages = dict.fromkeys(("latex", "text", "man", "texinfo"), (_pass, _pass))
    app.add_node(player, html=(_open, _close), **pages)
    app.add_directive("decodescope", Decodescope)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("build-finished", _copy)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
