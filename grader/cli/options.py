"""The options that several commands share, and how a command writes its text."""

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
    """How a report is written."""

    terminal = "terminal"
    markdown = "markdown"
    json = "json"


class RevealOption(StrEnum):
    """When right answers are shown."""

    never = "never"
    wrong = "wrong"
    always = "always"


def choice(names: Collection[str]) -> Callable[[str], str]:
    """A parser of an option that takes one of the names; give the option `choices(names)` as metavar.

    Typer takes an enumeration only, and a registry is none.
    """

    def chosen(name: str) -> str:
        if name not in names:
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(map(repr, names))}.")
        return name

    return chosen


def choices(names: Iterable[str]) -> str:
    """Names as the command line's help lists choices."""
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
        help="The folder of assignments; else GRADER_KEYS, else answer_keys/ here or above, else above the submission.",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How the report is written.")]
SubmissionArgument = Annotated[str, typer.Argument(metavar="SUBMISSION", help="A TOML file, or - for standard input.")]


def emit(text: str) -> None:
    """Write a finished text to standard output, ended by one line break, at once."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def nearby(path: Path) -> str:
    """The path as people here would write it: relative when it lies below the current folder, and harmless."""
    from grader.homework import files

    return visible(files.nearby(path))


def width() -> int:
    """Columns of the terminal, at most 120; 100 where there is no terminal."""
    return min(shutil.get_terminal_size((100, 24)).columns, 120)


def in_colour() -> bool:
    """Whether standard output is a terminal that shows colours (NO_COLOR and TERM are obeyed where they are read)."""
    return sys.stdout.isatty()
