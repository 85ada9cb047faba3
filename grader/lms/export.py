"""Exporting the results of a class: choose the format, tell the instructor what to know, write the files."""

from __future__ import annotations

from pathlib import Path

from grader.errors import UsageError
from grader.lms.exporter import Export, Request
from grader.lms.formats import EXPORTERS
from grader.lms.results import ClassResults, choose
from grader.messages import sentence
from grader.reports.sanitise import visible


def prepare(
    format: str,
    folder: Path,
    *,
    assignment: str | None = None,
    roster: Path | None = None,
    title: str | None = None,
    out: Path | None = None,
    provisional: bool = False,
) -> tuple[Export, Path]:
    """Read the results and the roster; return what would be written, with its notes, and where.

    Raises:
        UsageError: no folder of results, no roster, or a choice that only the instructor can make.
    """
    exporter = EXPORTERS[format]
    results = ClassResults(folder, choose(folder, assignment))
    if roster is not None and not exporter.takes_roster:
        allowed = " and ".join(name for name, each in EXPORTERS.items() if each.takes_roster)
        raise UsageError(sentence("--roster is for {allowed}, not for {format}", allowed=allowed, format=format))
    place = out or folder / "exports" / exporter.file_name.format(assignment=results.assignment)
    if roster is not None and place.resolve() == roster.resolve():
        raise UsageError(sentence("{file} is the roster: name another file with --out", file=visible(str(place))))
    export = exporter.export(Request(results, roster, title, out, provisional))
    export.notes[:0] = results.notes()
    if results.waiting and not provisional and exporter.blanks:
        note = sentence("marks that are not final are left blank; --provisional writes them as they are now")
        export.notes.append(note)
    if results.unfinished:
        note = sentence("a run of `grader batch` has not finished: students may be missing; run it again")
        export.notes.insert(0, note)
        export.complete = False
    return export, place
