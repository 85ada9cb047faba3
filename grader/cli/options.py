"""Options that several commands share, and how a command writes its output."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from grader.cli.boundary import warn
from grader.messages import sentence
from grader.messages.languages import LANGUAGES, SOURCE
from grader.reports import REVEALS
from grader.reports.sanitise import visible

if TYPE_CHECKING:
    from grader.homework.solved import Solution

Command = TypeVar("Command", bound=Callable[..., Any])
FORMATS = ("terminal", "markdown", "json")
PATH_TYPE: Any = click.Path(path_type=Path)
"""A path that need not exist: errors are reported when it is opened."""

keys_option = click.option(
    "--keys",
    metavar="DIR",
    type=PATH_TYPE,
    help="The folder of assignments. Default: $GRADER_KEYS, or answer_keys/ here, in a folder above, or above the "
    "submission.",
)
format_option = click.option(
    "--format", type=click.Choice(FORMATS), default=FORMATS[0], help="The format of the report."
)
reveal_option = click.option(
    "--reveal", type=click.Choice(REVEALS), default=REVEALS[0], help="When to show right answers."
)
lang_option = click.option(
    "--lang",
    type=click.Choice(list(LANGUAGES)),
    default=SOURCE,
    help=f"The language of sentences: {' or '.join(language.name for language in LANGUAGES.values())}.",
)
_course_option = click.option(
    "--course",
    metavar="COURSE",
    type=PATH_TYPE,
    default=Path(),
    show_default=False,
    help="The course. Default: this folder.",
)
database_option = click.option(
    "--database",
    metavar="URL",
    envvar="GRADER_DATABASE",
    show_envvar=False,
    show_default=False,
    help="The database, such as postgresql+psycopg://user@host/name. Default: $GRADER_DATABASE, or SQLite in COURSE.",
)
submission_argument = click.argument("submission", metavar="SUBMISSION")


def course_options(*, lang: bool = True) -> Callable[[Command], Command]:
    """Declare --course and --database and, for a command that prints sentences, --lang."""
    options = (_course_option, database_option, lang_option) if lang else (_course_option, database_option)

    def declared(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return declared


def emit(text: str) -> None:
    """Print a finished text, ended by a line break, and flush."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def nearby(path: Path) -> str:
    """The path relative to the current folder if it is below it, with control characters escaped."""
    from grader.homework import files

    return visible(files.nearby(path))


def warn_of_variants(solution: Solution) -> None:
    """Warn, if an assignment has variants, that output without a student belongs to none of them."""
    if solution.variants is not None:
        warn(
            sentence(
                "{id} has variants, and each student is marked under one of them: this is the base, use --student",
                id=solution.assignment.id,
            )
        )


def width() -> int:
    """Columns of the terminal, at most 120; 100 where there is no terminal."""
    return min(shutil.get_terminal_size((100, 24)).columns, 120)


def in_colour() -> bool:
    """Whether standard output is a terminal (Rich itself obeys NO_COLOR and TERM)."""
    return sys.stdout.isatty()
