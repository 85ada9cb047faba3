"""Exporting the results of a class: choose the format, say what the instructor should know, write the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.lms.exporter import Export, Request
from grader.gradebook.lms.formats import EXPORTERS
from grader.gradebook.lms.results import ClassResults, choose
from grader.gradebook.run.files import write_whole
from grader.messages import Sentence, sentence
from grader.reports.sanitise import visible


@dataclass(frozen=True)
class PreparedExport:
    """What will be written and where, what to know first, and whether everybody has a place in it."""

    export: Export
    out: Path
    notes: list[Sentence]
    complete: bool

    def write(self) -> list[Path]:
        """Write every file whole or not at all; the paths that were written."""
        return [write_whole(path, text) for path, text in self.export.files(self.out)]


def prepare(
    format: str,
    folder: Path,
    *,
    assignment: str | None = None,
    roster: Path | None = None,
    title: str | None = None,
    out: Path | None = None,
    provisional: bool = False,
) -> PreparedExport:
    """Read the results and the roster, and say what would be written.

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
    notes = [*results.notes(), *export.notes]
    if results.waiting and not provisional and exporter.blanks:
        notes.append(sentence("marks that are not final are left blank; --provisional writes them as they are now"))
    if results.unfinished:
        notes.insert(0, sentence("a run of `grader batch` has not ended: students may be missing, run it again"))
    return PreparedExport(export, place, notes, export.complete and not results.unfinished)
