"""The mdBook preprocessor: turns ```` ```decodescope ```` blocks into figures.

mdBook runs it with ``[context, book]`` as JSON on stdin and reads the book back from stdout. It
copies whatever lies in the book's ``src`` folder, so that is where the player is put.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path, PurePosixPath

from . import figure
from .block import BlockError, read_block
from .fences import Block, line_in_source, replace_blocks
from .files import PLAYER, is_elsewhere, player_files, read_run, write_changed

FOLDER = "decodescope"
"""Below ``src``, and so below the root of the built book."""


class Book:
    """A book on its way through: what was wrong in it, and which methods occur."""

    def __init__(self, source: Path, interactive: bool):
        self.source = source
        self.interactive = interactive
        self.problems: list[str] = []
        self.methods: set[str] = set()
        self.figures = 0

    def walk(self, items: list) -> None:
        for item in items:
            chapter = item.get("Chapter") if isinstance(item, dict) else None
            if not chapter:
                continue
            if chapter.get("path"):
                self.chapter(chapter)
            self.walk(chapter["sub_items"])

    def chapter(self, chapter: dict) -> None:
        path = PurePosixPath((chapter.get("source_path") or chapter["path"]).replace("\\", "/"))
        before = self.figures

        def replaced(block: Block) -> list[str]:
            try:
                lines = self.figure(block, path.parent)
            except BlockError as error:
                self.complain(path, block, str(error), error.line + 1)
                return []
            self.figures += 1
            return ["", *lines, ""]

        try:
            content = replace_blocks(chapter["content"], replaced)
        except BlockError as error:
            self.complain(path, Block(error.line, "", ""), str(error), 0)
            return
        if self.figures > before and self.interactive:
            up = "../" * len(path.parent.parts)
            content += f"\n\n{figure.script(f'{up}{FOLDER}/{PLAYER}')}\n"
        chapter["content"] = content

    def figure(self, block: Block, folder: PurePosixPath) -> list[str]:
        values = read_block(block.text)
        said = "A recorded run"
        if not is_elsewhere(values["src"]):
            path = self.inside(folder, values["src"])
            method, said = read_run(path, values)
            self.methods.add(method)
        if self.interactive:
            return figure.html(values, said).split("\n")
        alt = values.get("alt") or values.get("caption") or said
        picture = f"![{alt}]({values['picture']})" if "picture" in values else said
        return [picture, "", f"*{values['caption']}*"] if "caption" in values else [picture]

    def inside(self, folder: PurePosixPath, address: str) -> Path:
        """The file that an address names, which mdBook copies only from below ``src``."""
        path = Path(os.path.normpath(self.source / folder / address))
        if self.source not in path.parents:
            raise BlockError(f"src: {address} lies outside of {self.source}, which is what is copied")
        return path

    def complain(self, path: PurePosixPath, block: Block, message: str, line: int) -> None:
        file = self.source / path
        source = file.read_text(encoding="utf-8") if file.is_file() else ""
        self.problems.append(f"{file}:{line_in_source(source, block, line)}: {message}")


def main() -> None:
    if sys.argv[1:2] == ["supports"]:
        return
    if sys.argv[1:]:
        sys.exit("mdbook-decodescope is run by mdBook: add [preprocessor.decodescope] to book.toml")
    context, content = json.loads(sys.stdin.buffer.read())
    source = Path(context["root"], context["config"].get("book", {}).get("src", "src"))
    book = Book(source, context.get("renderer") == "html")
    book.walk(content.get("items") or content.get("sections") or [])
    if book.problems:
        sys.exit("\n".join(f"error: {it}" for it in book.problems))
    if book.figures and book.interactive:
        write_changed(source / FOLDER, player_files(book.methods))
    sys.stdout.buffer.write(json.dumps(content).encode())


if __name__ == "__main__":
    main()
