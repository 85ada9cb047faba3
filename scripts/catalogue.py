"""The message catalogue of Persian, kept current: extract templates, merge them into the .po, compile the .mo.

    python scripts/catalogue.py          writes both files and names what is not translated
    python scripts/catalogue.py --check  writes nothing; leaves with 1 when a file is not current

Needs Babel (the extra `test`). Nothing of the day or the machine goes into the files: the same templates and
translations give the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import string
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1] / "grader"
PO = PACKAGE / "messages" / "catalogues" / "fa" / "LC_MESSAGES" / "grader.po"
MO = PO.with_suffix(".mo")
CALLS = ("sentence", "unreadable")
"""The functions that take a template first."""
HEADERS = [
    ("Project-Id-Version", "cnn-homework-grader"),
    ("Language", "fa"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Transfer-Encoding", "8bit"),
]


class SteadyCatalog(Catalog):
    """A catalogue with the same headers on every day and under every release of Babel."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The headers, as they always are."""
        return HEADERS


def templates() -> list[str]:
    """Every English template: those in calls of `sentence` and its kin, and the catalogue's of misconceptions."""
    sys.path.insert(0, str(PACKAGE.parent))
    from grader.misconceptions.catalogue import CATALOGUE

    found = set(templates_below(PACKAGE))
    for row in CATALOGUE:
        found |= {row.equals.template, row.repair.template}
    return sorted(found)


def templates_below(folder: Path) -> Iterator[str]:
    """The templates in calls below a folder, one for each call."""
    methods: list[Any] = [("**.py", calls)]
    for _, _, message, _, _ in extract_from_dir(folder, methods, keywords=dict.fromkeys(CALLS)):
        if isinstance(message, str) and message:
            yield message


def calls(
    file: IO[bytes], names: Iterable[str], comments: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The literal templates of one module, as Babel asks for them.

    Babel's own reading of Python goes by tokens: it passes over calls inside f-strings and deep inside other calls.
    """
    del comments, options
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in names:
            continue
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield node.lineno, node.func.id, first.value, []


def merged(known: dict[str, str]) -> SteadyCatalog:
    """The templates with the translations that are known; what is not asked any more is left out."""
    catalog = SteadyCatalog(locale="fa", header_comment="# Persian sentences of the grader.", fuzzy=False)
    for english in templates():
        catalog.add(english, known.get(english, ""))
        catalog[english].flags.clear()
    return catalog


def translated(path: Path = PO) -> dict[str, str]:
    """The translations of a .po file by their templates; none where there is no file."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale="fa")
    return {str(message.id): str(message.string) for message in catalog if message.id and message.string}


def po_bytes(catalog: Catalog) -> bytes:
    """The .po file, in the order of the templates."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=100, no_location=True, sort_output=True)
    return buffer.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The .mo file that gettext reads."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def places(template: str) -> set[tuple[str, str, str]]:
    """The fields of a template, each with its conversion and format.

    >>> sorted(places("expected {most:,}, received {word!r}"))
    [('most', ',', ''), ('word', '', 'r')]
    """
    parsed = string.Formatter().parse(template)
    return {(name, form or "", conversion or "") for _, name, form, conversion in parsed if name is not None}


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; leave with 1 when a file is not current")
    check = parser.parse_args(arguments).check
    catalog = merged(translated())
    stale = False
    for path, data in ((PO, po_bytes(catalog)), (MO, mo_bytes(catalog))):
        if not path.exists() or path.read_bytes() != data:
            stale = True
            print(f"{'not current' if check else 'written'}: {path.relative_to(PACKAGE.parent).as_posix()}")
            if not check:
                path.write_bytes(data)
    missing = [str(message.id) for message in catalog if message.id and not message.string]
    for english in missing:
        print(f"not translated: {english}")
    return 1 if missing or (check and stale) else 0


if __name__ == "__main__":
    sys.exit(main())
