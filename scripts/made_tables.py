"""Documents in which some parts are made from registries: between `<!-- NAME: made by SCRIPT -->` and its end."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Tables = Mapping[str, Callable[[], Iterator[str]]]


def current(text: str, tables: Tables, script: str) -> str:
    """The text with its tables made again.

    Raises ValueError for a table that has no place in the text.
    """
    for name, rows in tables.items():
        opening, closing = f"<!-- {name}: made by {script} -->", f"<!-- end of {name} -->"
        place = re.compile(f"{re.escape(opening)}\n.*?{re.escape(closing)}", re.DOTALL)
        if not place.search(text):
            raise ValueError(f"expected {opening} and {closing} in the text, received neither or one")
        table = "\n".join(rows())
        text = place.sub(lambda _, made=f"{opening}\n\n{table}\n\n{closing}": made, text)
    return text


def keep_current(path: Path, tables: Tables, script: str, arguments: list[str]) -> int:
    """Write the document, or with `--check` say by the exit status whether it is current."""
    text = path.read_text(encoding="utf-8")
    made = current(text, tables, script)
    if "--check" in arguments:
        if made != text:
            print(f"out of date: {path.name}; run `python {script}`", file=sys.stderr)
        return int(made != text)
    path.write_text(made, encoding="utf-8", newline="\n")
    return 0


def cell(text: str) -> str:
    """A text for a cell of a Markdown table.

    >>> cell("a | b")
    'a \\\\| b'
    """
    return text.replace("|", "\\|")
