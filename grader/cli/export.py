"""`grader export`: the results of a class in the file of a gradebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import choice, emit, nearby
from grader.gradebook.lms.formats import EXPORTERS
from grader.messages import Sentence, sentence
from grader.reports.sanitise import visible

WITH_ROSTER = [name for name, each in EXPORTERS.items() if each.takes_roster]


def export(
    format: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            parser=choice(EXPORTERS),
            help="; ".join(f"{name}: {each.about}" for name, each in EXPORTERS.items()) + ".",
        ),
    ],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of results of `grader batch`.")],
    assignment: Annotated[
        str | None, typer.Option("--assignment", metavar="ID", help="Which assignment, where DIR holds several.")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            "--roster",
            metavar="FILE",
            help=f"The list of students that the LMS exports; for {' and '.join(WITH_ROSTER)}.",
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="The column's title in the gradebook.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="PATH", help="The file to write; DIR/exports/… if not given.")
    ] = None,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Write marks that are not final, too: of parts that wait, 0.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who matches nobody, and write nothing.")] = False,
) -> int:
    """Write the marks for a gradebook.

    Marks stay blank while a part waits for a person, unless --provisional is given.
    Says first who matches nobody and who is left out. The exit status is 0, 1 when somebody has no place in the roster
    or the last run into DIR did not end, 2 on bad use.

    \b
    Examples:
      grader export csv results
      grader export canvas results --roster canvas-gradebook.csv --dry-run
    """
    from grader.gradebook.lms.export import prepare

    ready = prepare(format, folder, assignment=assignment, roster=roster, title=title, out=out, provisional=provisional)
    for note in ready.notes:
        emit(visible(str(note)))
    if dry_run:
        emit(str(sentence("nothing is written (--dry-run)")))
    else:
        emit(str(_written(ready.write(), ready.out)))
    return 0 if ready.complete else 1


def _written(files: list[Path], out: Path) -> Sentence:
    """What was written, and where."""
    if len(files) == 1:
        return sentence("written: {place}", place=nearby(files[0]))
    return sentence("{count} files written below {place}", count=len(files), place=nearby(out))
