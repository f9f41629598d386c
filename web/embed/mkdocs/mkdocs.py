"""The MkDocs plugin: turns ```` ```decodescope ```` blocks into figures.

A block becomes a word of its own before Markdown is read, and that word becomes the figure
afterwards: so a block may stand in a list or an admonition, where Markdown takes no HTML.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.utils import get_relative_url

from . import figure
from .block import BlockError, read_block
from .fences import Block, line_in_source, replace_blocks
from .files import PLAYER, is_elsewhere, player_files, read_run, write_changed

FOLDER = "decodescope"
"""Below the root of the built site."""


class Decodescope(BasePlugin):
    def on_pre_build(self, *, config, **_) -> None:
        self.methods: set[str] = set()
        self.figures: dict[str, list[str]] = {}

    def on_page_markdown(self, markdown: str, *, page, config, files, **_) -> str:
        made = self.figures[page.file.src_uri] = []

        def replaced(block: Block) -> list[str]:
            try:
                made.append(self.figure(block, page, files))
            except BlockError as error:
                raise self.problem(page, block, error, error.line + 1) from None
            return ["", _word(len(made) - 1), ""]

        try:
            return replace_blocks(markdown, replaced)
        except BlockError as error:
            raise self.problem(page, Block(error.line, "", ""), error, 0) from None

    def on_page_content(self, html: str, *, page, config, files, **_) -> str:
        made = self.figures.pop(page.file.src_uri, [])
        for number, text in enumerate(made):
            word = _word(number)
            html = html.replace(f"<p>{word}</p>", text).replace(word, text)
        if made:
            html += figure.script(get_relative_url(f"{FOLDER}/{PLAYER}", page.url))
        return html

    def on_post_build(self, *, config, **_) -> None:
        if self.methods:
            write_changed(Path(config.site_dir, FOLDER), player_files(self.methods))

    def figure(self, block: Block, page, files) -> str:
        values = read_block(block.text)
        if is_elsewhere(values["src"]):
            self.methods.add("")
            return figure.html(values, "A recorded run")
        file = self.file("src", values["src"], page, files)
        method, said = read_run(Path(file.abs_src_path), values)
        self.methods.add(method)
        if values.get("picture") and not is_elsewhere(values["picture"]):
            picture = self.file("picture", values["picture"], page, files)
            values["picture"] = picture.url_relative_to(page.file)
        values["src"] = file.url_relative_to(page.file)
        return figure.html(values, said)

    def file(self, key: str, address: str, page, files):
        """The file of the site that an address on a page names."""
        uri = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), address))
        found = files.get_file_from_path(uri)
        if found is None:
            raise BlockError(f"{key}: there is no file {uri} in docs_dir")
        return found

    def problem(self, page, block: Block, error: BlockError, line: int) -> PluginError:
        number = line_in_source(page.file.content_string, block, line)
        return PluginError(f"{page.file.abs_src_path}:{number}: {error}")


def _word(number: int) -> str:
    return f"decodescope0figure0{number}0"
