"""`grader export`: the results of a class in the file of a gradebook."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import PATH_TYPE, emit, nearby
from grader.lms.formats import EXPORTERS
from grader.messages import Sentence, sentence
from grader.reports.sanitise import visible

WITH_ROSTER = [name for name, each in EXPORTERS.items() if each.takes_roster]
FORMATS = "Formats: " + "; ".join(f"{name}: {each.about}" for name, each in EXPORTERS.items()) + "."


@click.command(epilog=FORMATS)
@click.argument("format", metavar="FORMAT", type=click.Choice(list(EXPORTERS)))
@click.argument("folder", metavar="DIR", type=PATH_TYPE)
@click.option("--assignment", metavar="ID", help="Which assignment, if DIR holds several.")
@click.option(
    "--roster",
    metavar="FILE",
    type=PATH_TYPE,
    help=f"The list of students that the LMS exports; for {' and '.join(WITH_ROSTER)}.",
)
@click.option("--title", metavar="TEXT", help="The column's title in the gradebook.")
@click.option("--out", metavar="PATH", type=PATH_TYPE, help="The file to write; DIR/exports/… if not given.")
@click.option("--provisional", is_flag=True, help="Also write marks that are not final; parts that wait count 0.")
@click.option("--dry-run", is_flag=True, help="Report who is not in the roster, and write nothing.")
def export(
    format: str,
    folder: Path,
    assignment: str | None,
    roster: Path | None,
    title: str | None,
    out: Path | None,
    provisional: bool,
    dry_run: bool,
) -> int:
    """Write the marks for a gradebook.

    FORMAT is one of the formats listed below; DIR is the results folder of `grader batch`.

    Marks stay blank while a part waits for a person, unless --provisional is given.
    The command first reports who is not in the roster and who is left out. The exit status is 1 if somebody is not in
    the roster or the last run into DIR did not finish, 2 if the command is used wrongly, and 0 otherwise.

    \b
    Examples:
      grader export csv results
      grader export canvas results --roster canvas-gradebook.csv --dry-run
    """
    from grader.lms.export import prepare

    ready, place = prepare(
        format, folder, assignment=assignment, roster=roster, title=title, out=out, provisional=provisional
    )
    for note in ready.notes:
        emit(visible(str(note)))
    if dry_run:
        emit(str(sentence("nothing is written (--dry-run)")))
    else:
        emit(str(_written(ready.write(place), place)))
    return 0 if ready.complete else 1


def _written(files: list[Path], out: Path) -> Sentence:
    """What was written, and where."""
    if len(files) == 1:
        return sentence("written: {place}", place=nearby(files[0]))
    return sentence("{count} files written below {place}", count=len(files), place=nearby(out))
