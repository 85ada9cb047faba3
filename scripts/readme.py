"""The tables of README.md that are made from registries, kept current.

    python scripts/readme.py          writes the tables
    python scripts/readme.py --check  writes nothing; exit status 1 when a table is out of date

A table is between `<!-- NAME: made by scripts/readme.py -->` and `<!-- end of NAME -->`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
SCRIPT = "scripts/readme.py"
sys.path.insert(0, str(README.parent))

import grader.core  # noqa: E402, F401 - declares all operations
from grader.core.registry import OPERATIONS, Registry  # noqa: E402 - from this checkout
from grader.formula.helpers import HELPERS  # noqa: E402
from grader.lms.formats import EXPORTERS  # noqa: E402
from grader.messages.languages import LANGUAGES  # noqa: E402
from grader.reports.sheets.formats import SHEET_FORMATS  # noqa: E402
from grader.reports.verdicts import VERDICTS  # noqa: E402
from scripts import made_tables  # noqa: E402


def _by_topic(registry: Registry) -> Iterator[str]:
    for topic, heading in registry.topics.items():
        names = [f"`{each.name}`" for each in registry.of_topic(topic) if each.gradient_of is None]
        if names:
            yield f"| {heading} | {', '.join(names)} |"


def operations() -> Iterator[str]:
    """The operations by topic, and the rule by which gradients are named."""
    yield "| topic | operations |"
    yield "|---|---|"
    yield from _by_topic(OPERATIONS)
    yield (
        "| Gradients | `<operation>_grad_<argument>(grad_output, *the operation's own arguments)`, "
        "such as `conv2d_grad_weight` |"
    )


def helpers() -> Iterator[str]:
    """The helpers of formulas by topic."""
    yield "| topic | helpers |"
    yield "|---|---|"
    yield from _by_topic(HELPERS)


def exports() -> Iterator[str]:
    """The formats of `grader export`."""
    yield "| format | what is written | what to do with it | `--roster` |"
    yield "|---|---|---|---|"
    for name, exporter in EXPORTERS.items():
        yield f"| `{name}` | {exporter.about} | {exporter.then} | {'yes' if exporter.takes_roster else 'no'} |"


def sheets() -> Iterator[str]:
    """The formats of `grader sheet`."""
    yield "| `--format` | what is written |"
    yield "|---|---|"
    for name, one in SHEET_FORMATS.items():
        yield f"| `{name}` | {one.about} |"


def verdicts() -> Iterator[str]:
    """The verdicts on a part."""
    yield "| verdict | what it means |"
    yield "|---|---|"
    for shown in VERDICTS.values():
        yield f"| {shown.symbol} {shown.word} | {shown.meaning} |"


def languages() -> Iterator[str]:
    """The languages of sentences."""
    yield "| `--lang` | language |"
    yield "|---|---|"
    for code, language in LANGUAGES.items():
        yield f"| `{code}` | {language.name} |"


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "operations": operations,
    "helpers": helpers,
    "exports": exports,
    "sheets": sheets,
    "verdicts": verdicts,
    "languages": languages,
}


def current(text: str) -> str:
    """The text of the README with its tables made again; ValueError for a table that has no place in it."""
    return made_tables.current(text, TABLES, SCRIPT)


def main(arguments: list[str]) -> int:
    """Write the tables, or check them."""
    return made_tables.keep_current(README, TABLES, SCRIPT, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
