"""`grader import`: a table of answers becomes submissions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.boundary import say
from grader.cli.options import PATH_TYPE, emit, keys_option
from grader.messages import sentence
from grader.messages.names import listed, shown
from grader.reports.sanitise import visible

if TYPE_CHECKING:
    from grader.lms.answer_table import Columns, Planned

SHOWN = 20


@click.command("import")
@click.argument("table", metavar="TABLE.csv", type=PATH_TYPE)
@click.option("--assignment", metavar="ID", required=True, help="The assignment that was answered.")
@click.option("--out", metavar="DIR", type=PATH_TYPE, required=True, help="Where the submissions are written.")
@click.option(
    "--map",
    metavar="MAP.toml",
    type=PATH_TYPE,
    help="What the headers mean: 'Question 4' = 'q4.Z', Date = 'submitted_at'; '' skips a column.",
)
@click.option("--student", metavar="COLUMN", help="The column that identifies the student.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--overwrite", is_flag=True, help="Replace existing submissions whose content differs.")
@keys_option
def import_table(
    table: Path,
    assignment: str,
    out: Path,
    map: Path | None,
    student: str | None,
    dry_run: bool,
    overwrite: bool,
    keys: Path | None,
) -> int:
    """Turn a table of answers into submissions, one per row.

    TABLE.csv has a row for each student, and columns such as q4.Z.
    Students are identified by a column of ids; failing that, of e-mail addresses; failing that, of names. --student
    says which column to use. The exit status is 0 if every row became a submission, 1 if some did not, and 2 if the
    command is used wrongly.

    \b
    Examples:
      grader import answers.csv --assignment cnn-foundations --out submissions --dry-run
      grader import form.csv --assignment cnn-foundations --out submissions --map map.toml --student "SIS User ID"
    """
    from grader.homework.files import find_assignment, find_keys_dir, load_assignment
    from grader.lms.answer_table import columns, planned, read_map, read_table, write

    asked = load_assignment(find_assignment(find_keys_dir(keys), assignment))
    read = read_table(table)
    found = columns(read, asked, read_map(map) if map else None, student)
    plans = list(planned(read, found, asked))
    refused = _left_out(found, plans)
    if dry_run:
        emit(_preview(found, plans, out))
    else:
        written, same = write(plans, out, overwrite)
        said = sentence(
            "submissions written to {out}: {written:,}; there already: {same:,}; rows refused: {refused:,}",
            written=written,
            out=visible(str(out)),
            same=same,
            refused=refused,
        )
        emit(str(said))
    return 1 if refused else 0


def _left_out(found: Columns, plans: list[Planned]) -> int:
    """Report which columns and rows do not become submissions; return how many rows."""
    if found.unknown:
        say(str(sentence("columns that are left out: {names}", names=visible(", ".join(found.unknown)))))
    _doubts(plans)
    refused = [plan for plan in plans if plan.refused]
    for plan in refused:
        who = f" ({plan.student[:50]})" if plan.student else ""
        say(visible(f"row {plan.row}{who}: {plan.refused}"))
    return len(refused)


def _doubts(plans: list[Planned]) -> None:
    """Report which times were not read, and who is in several rows."""
    untimed = [plan for plan in plans if plan.untimed]
    if untimed:
        said = sentence(
            "times that cannot be read, or can be read in two ways, and are left out: {count}, such "
            "as {example} in row {row}; 2026-03-01T23:59:00+03:30 has one reading",
            count=len(untimed),
            example=shown(untimed[0].untimed),
            row=untimed[0].row,
        )
        say(str(said))
    repeated = [plan.row for plan in plans if plan.repeats]
    if repeated:
        rows_said = listed(map(str, repeated))
        say(str(sentence("rows that say what an earlier one of the student says are left out: {rows}", rows=rows_said)))
    rows: dict[str, list[int]] = {}
    for plan in plans:
        if not plan.repeats and not plan.refused:
            rows.setdefault(plan.student, []).append(plan.row)
    for student, several in rows.items():
        if student and len(several) > 1:
            said = sentence(
                "{student} is in rows {rows}: one submission each",
                student=shown(student),
                rows=listed(map(str, several)),
            )
            say(str(said))


def _preview(found: Columns, plans: list[Planned], out: Path) -> str:
    """Show the meaning of the columns, and the first submissions."""
    lines = [f"student: {found.headers[found.student]}"]
    if found.submitted is not None:
        lines.append(f"submitted_at: {found.headers[found.submitted]}")
    lines += [f"{question}.{part}: {found.headers[index]}" for index, (question, part) in found.parts.items()]
    good = [plan for plan in plans if not plan.refused and not plan.repeats]
    lines += [f"row {plan.row}: {plan.student} -> {out / plan.file} ({plan.answered} answers)" for plan in good[:SHOWN]]
    if len(good) > SHOWN:
        lines.append(str(sentence("… and {count:,} more", count=len(good) - SHOWN)))
    lines.append(str(sentence("submissions that would be written: {count:,}; nothing was", count=len(good))))
    return "\n".join(map(visible, lines))
