"""Options that several commands share, and how a command writes its output."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader.messages.languages import LANGUAGES
from grader.reports.sanitise import visible


class Format(StrEnum):
    """The format of a report."""

    terminal = "terminal"
    markdown = "markdown"
    json = "json"


class RevealOption(StrEnum):
    """When right answers are shown."""

    never = "never"
    wrong = "wrong"
    always = "always"


def choice(names: Collection[str]) -> Callable[[str], str]:
    """A parser for an option that takes one of the names; its metavar is `choices(names)`.

    Typer itself offers choices only of an enumeration, which a registry is not.
    """

    def chosen(name: str) -> str:
        if name not in names:
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, names))}.")
        return name

    return chosen


def choices(names: Iterable[str]) -> str:
    """The names as help texts show choices."""
    return f"[{'|'.join(names)}]"


LangOption = Annotated[
    str,
    typer.Option(
        "--lang",
        parser=choice(LANGUAGES),
        metavar=choices(LANGUAGES),
        help=f"The language of sentences: {' or '.join(language.name for language in LANGUAGES.values())}.",
    ),
]
KeysOption = Annotated[
    Path | None,
    typer.Option(
        "--keys",
        metavar="DIR",
        help="The folder of assignments. Default: $GRADER_KEYS, or answer_keys/ here, above, or above the submission.",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="The format of the report.")]
SubmissionArgument = Annotated[str, typer.Argument(metavar="SUBMISSION", help="A TOML file, or - for standard input.")]


def emit(text: str) -> None:
    """Print a finished text, ended by a line break, and flush."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def nearby(path: Path) -> str:
    """The path relative to the current folder if it is below it, with control characters escaped."""
    from grader.homework import files

    return visible(files.nearby(path))


def width() -> int:
    """Columns of the terminal, at most 120; 100 where there is no terminal."""
    return min(shutil.get_terminal_size((100, 24)).columns, 120)


def in_colour() -> bool:
    """Whether standard output is a terminal (Rich itself obeys NO_COLOR and TERM)."""
    return sys.stdout.isatty()
