"""The message catalogues, kept current: extract templates, merge them into each .po, compile each .mo.

    python scripts/catalogue.py          writes the files and lists what is not translated
    python scripts/catalogue.py --check  writes nothing; exit status 1 when a file is out of date

Every language of `grader/messages/languages.py` but the source has a catalogue; a new row gets an empty one here.

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
from jinja2.ext import babel_extract

PACKAGE = Path(__file__).resolve().parents[1] / "grader"
sys.path.insert(0, str(PACKAGE.parent))

from grader.messages.languages import DOMAIN, LANGUAGES, SOURCE, Language  # noqa: E402 - from this checkout

CATALOGUES = PACKAGE / "messages" / "catalogues"
CALLS = ("sentence", "unreadable")
"""The functions that take a template first."""


class SteadyCatalog(Catalog):
    """A catalogue with the same headers on every day and under every release of Babel."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """Headers without a date, a person or a tool."""
        return [
            ("Project-Id-Version", "cnn-homework-grader"),
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


def po_path(language: Language) -> Path:
    """Where the translations into a language are."""
    return CATALOGUES / language.code / "LC_MESSAGES" / f"{DOMAIN}.po"


def translated_languages() -> list[Language]:
    """The languages that have a catalogue.

    Raises SystemExit for a folder of translations into a language that no row declares.
    """
    for folder in sorted(path.name for path in CATALOGUES.iterdir() if path.is_dir()):
        if folder not in LANGUAGES:
            raise SystemExit(f"{folder}: add the language's row to LANGUAGES in grader/messages/languages.py")
    return [language for code, language in LANGUAGES.items() if code != SOURCE]


def templates() -> list[str]:
    """Every English template: those in calls to `sentence` and its kin, and the catalogue's of misconceptions."""
    from grader.misconceptions.registry import misconceptions

    found = set(templates_below(PACKAGE))
    for row in misconceptions():
        found |= {row.equals.template, row.repair.template}
    return sorted(found)


def templates_below(folder: Path) -> Iterator[str]:
    """The templates in calls below a folder, in modules and in pages, one for each call."""
    methods: list[Any] = [("**.py", calls), ("**.html", babel_extract)]
    options = {"**.html": {"silent": "false"}}
    for _, _, message, _, _ in extract_from_dir(folder, methods, options, keywords=dict.fromkeys(CALLS)):
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


def merged(language: Language, known: dict[str, str]) -> SteadyCatalog:
    """The templates with the translations that are known; translations of templates that are gone are left out."""
    comment = f"# {language.name} sentences of the grader."
    catalog = SteadyCatalog(locale=language.code, header_comment=comment, fuzzy=False)
    for english in templates():
        catalog.add(english, known.get(english, ""))
        catalog[english].flags.clear()
    return catalog


def translated(language: Language) -> dict[str, str]:
    """The translations into a language by their templates; empty where there is no file yet."""
    path = po_path(language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale=language.code)
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
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 when a file is out of date")
    check = parser.parse_args(arguments).check
    failed = [_keep_current(language, check) for language in translated_languages()]
    return 1 if any(failed) else 0


def _keep_current(language: Language, check: bool) -> bool:
    """Write the catalogue of one language, or check it; whether something is left to do."""
    catalog = merged(language, translated(language))
    po = po_path(language)
    stale = False
    for path, data in ((po, po_bytes(catalog)), (po.with_suffix(".mo"), mo_bytes(catalog))):
        if not path.exists() or path.read_bytes() != data:
            stale = True
            print(f"{'out of date' if check else 'written'}: {path.relative_to(CATALOGUES).as_posix()}")
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    missing = [str(message.id) for message in catalog if message.id and not message.string]
    for english in missing:
        print(f"not translated into {language.name}: {english}")
    return bool(missing) or (check and stale)


if __name__ == "__main__":
    sys.exit(main())
