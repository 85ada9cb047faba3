"""`grader sheet`: the sheet for students, and for staff with the solution."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.boundary import speak
from grader.cli.options import PATH_TYPE, emit, keys_option, lang_option, nearby, warn_of_variants
from grader.errors import UsageError
from grader.messages import sentence
from grader.reports.sheets.formats import SHEET_FORMATS

DEFAULT = "html"
FORMATS = "Formats: " + "; ".join(f"{name}: {each.about}" for name, each in SHEET_FORMATS.items()) + "."


@click.command(epilog=FORMATS)
@click.argument("assignment", metavar="ASSIGNMENT")
@click.option("--student", metavar="ID", help="Make the sheet for this student, with their variant.")
@click.option("--roster", metavar="FILE", type=PATH_TYPE, help="Make a sheet for each student in this table.")
@click.option("--format", type=click.Choice(list(SHEET_FORMATS)), default=DEFAULT, help="The format of the sheet.")
@lang_option
@click.option("--solution", is_flag=True, help="Add right answers, steps and rubrics: for staff, not for students.")
@click.option("--out", "-o", metavar="PATH", type=PATH_TYPE, help="The file to write; with --roster, the folder.")
@keys_option
def sheet(
    assignment: str,
    student: str | None,
    roster: Path | None,
    format: str,
    lang: str,
    solution: bool,
    out: Path | None,
    keys: Path | None,
) -> int:
    """Make the sheet that students get.

    ASSIGNMENT is the id of an assignment. The sheet shows the questions with their points, and explains how to write
    answers.

    Without --out, the sheet is printed. With --roster, --out names a folder, which gets a file for each student.

    \b
    Examples:
      grader sheet cnn-foundations --out homework.html
      grader sheet cnn-foundations --format pdf --lang fa --out homework.pdf
      grader sheet cnn-foundations --roster students.csv --out sheets
      grader sheet cnn-foundations --solution --out for-staff.html
    """
    from grader.homework.files import find_assignment, find_keys_dir
    from grader.homework.solution import open_solution
    from grader.reports.sheets.sheet import sheet_for

    language, form = speak(lang), SHEET_FORMATS[format]
    if student is not None and roster is not None:
        raise UsageError(sentence("--student names one student and --roster many: expected one of them"))
    if roster is not None and out is None:
        raise UsageError(sentence("--roster makes a file for each student: expected --out FOLDER"))
    if out is None and not form.text and sys.stdout.isatty():
        raise UsageError(sentence("a terminal cannot show {format}: expected --out FILE", format=format))
    solved = open_solution(find_assignment(find_keys_dir(keys), assignment))
    for who, path in _wanted(student, roster, out, form.ending):
        data = form.write(sheet_for(solved, who, staff=solution), language)
        if path is None:
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            emit(language(sentence("written: {place}", place=nearby(path))))
    if student is None and roster is None:
        warn_of_variants(solved)
    return 0


def _wanted(
    student: str | None, roster: Path | None, out: Path | None, ending: str
) -> list[tuple[str | None, Path | None]]:
    """Whose sheets are wanted, and the file of each; None for standard output."""
    if roster is None or out is None:
        return [(student, out)]
    from grader.gradebook.run.files import slug
    from grader.lms.students import students_of

    return [(one, out / f"{slug(one)}{ending}") for one in students_of(roster)]
