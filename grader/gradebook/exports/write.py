"""One export: what is written, where to, and what an instructor has to know before it is used."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from grader.errors import UsageError
from grader.gradebook.closing import TABLE
from grader.gradebook.discover import STATE
from grader.gradebook.exports import canvas, gradescope, moodle, nbgrader, otter, plain
from grader.gradebook.exports.records import Record, choose, records
from grader.gradebook.exports.rosters import Match, Roster, preview, read_roster
from grader.gradebook.exports.tables import lines, mark
from grader.gradebook.files import UNFINISHED
from grader.messages import Sentence, sentence
from grader.messages.names import listed
from grader.reports.sanitise import visible

Format = Literal["csv", "gradescope", "canvas", "moodle", "nbgrader", "otter"]
FORMATS: tuple[Format, ...] = ("csv", "gradescope", "canvas", "moodle", "nbgrader", "otter")
WITH_ROSTER = ("canvas", "moodle")


@dataclass(frozen=True)
class Wanted:
    """What is exported, and how: `out` is a file, for gradescope a folder."""

    format: Format
    folder: Path
    assignment: str | None = None
    roster: Path | None = None
    title: str | None = None
    out: Path | None = None


@dataclass
class Export:
    """An export that is ready to be written; `said` is the preview, `complete` whether everybody has a place in it."""

    out: Path
    pieces: Callable[[], Iterator[tuple[Path, Iterator[str]]]]
    said: list[Sentence] = field(default_factory=list)
    complete: bool = True

    def write(self) -> list[Path]:
        """Write every file whole, or not at all; the paths that were written."""
        return [_write(path, text) for path, text in self.pieces()]


@dataclass(frozen=True)
class _Facts:
    """What is known once every report was looked at, without keeping them."""

    count: int
    points: Decimal
    questions: dict[str, Decimal]
    waiting: int
    not_graded: int


def prepare(wanted: Wanted) -> Export:
    """Read the results and the roster and say what would be written.

    Raises UsageError for a folder or a roster that is none, and for a choice that is left.
    """
    assignment = choose(wanted.folder, wanted.assignment)
    if wanted.roster is not None and wanted.format not in WITH_ROSTER:
        said = sentence(
            "--roster is for {allowed}, not for {format}", allowed=" and ".join(WITH_ROSTER), format=wanted.format
        )
        raise UsageError(said)
    facts = _facts(records(wanted.folder, assignment))

    def found() -> Iterator[Record]:
        return records(wanted.folder, assignment)

    ending = "" if wanted.format == "gradescope" else ".csv"
    out = wanted.out or wanted.folder / "exports" / f"{assignment}-{wanted.format}{ending}"
    if wanted.roster is not None and out.resolve() == wanted.roster.resolve():
        raise UsageError(sentence("{file} is the roster: name another file with --out", file=visible(str(out))))
    if wanted.format == "gradescope":
        export = Export(out, lambda: _gradescope(out, found(), wanted.out is None))
    elif wanted.format == "canvas":
        export = _canvas(wanted, assignment, out, facts, found)
    elif wanted.format == "moodle":
        export = _moodle(wanted, assignment, out, found)
    elif wanted.format == "nbgrader":
        export = _table(out, lambda: nbgrader.rows(found(), facts.points))
    elif wanted.format == "otter":
        export = _table(out, lambda: otter.rows(found(), facts.questions))
    else:
        export = _table(out, lambda: plain.rows(found()))
    export.said = [*_state(facts), *_missing(wanted.folder, assignment), *export.said]
    unfinished = (wanted.folder / STATE / UNFINISHED).exists()
    if unfinished:
        export.said.insert(0, sentence("a run of `grader batch` has not ended: students may be missing, run it again"))
        export.complete = False
    return export


def _missing(folder: Path, assignment: str) -> list[Sentence]:
    """Who has no report at all: two submissions of one student, neither the newer; a file that cannot be read."""
    names: set[str] = set()
    lost: list[str] = []
    try:
        with (folder / TABLE).open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["status"] == "refused" and row["assignment"] == assignment:
                    names.add(row["student"])
                elif not row["student"]:
                    lost.append(row["file"])
    except (OSError, ValueError, KeyError, csv.Error):
        return []
    said = []
    if names:
        said.append(
            sentence(
                "students with several submissions, none the newer, are left out: {names}",
                names=listed(sorted(names)),
            )
        )
    if lost:
        said.append(
            sentence(
                "files of which no student is known are left out ({count}): {files}; see {table}",
                count=len(lost),
                files=listed(lost),
                table=TABLE,
            )
        )
    return said


def _facts(found: Iterable[Record]) -> _Facts:
    count = waiting = not_graded = 0
    points, questions = Decimal(0), dict[str, Decimal]()
    for one in found:
        count += 1
        waiting += one.status == "needs_review"
        not_graded += not one.graded
        if one.graded and not questions:
            points = one.max_score
            for part in one.parts:
                questions[part.question] = questions.get(part.question, Decimal(0)) + part.max_score
    return _Facts(count, points, questions, waiting, not_graded)


def _state(facts: _Facts) -> list[Sentence]:
    said = [sentence("students: {count}", count=facts.count)]
    if facts.waiting:
        said.append(
            sentence(
                "students with parts that wait for a person, whose marks are not final: {count}", count=facts.waiting
            )
        )
    if facts.not_graded:
        said.append(sentence("students who could not be graded and have no mark: {count}", count=facts.not_graded))
    return said


def _table(out: Path, rows: Callable[[], Iterator[list[str]]], end: str = "\n") -> Export:
    return Export(out, lambda: iter([(out, lines(rows(), end))]))


def _canvas(wanted: Wanted, assignment: str, out: Path, facts: _Facts, found: Callable[[], Iterator[Record]]) -> Export:
    if wanted.roster is None:
        title = canvas.column_title(None, [assignment], wanted.title)
        export = _table(out, lambda: canvas.rows_alone(found(), title, facts.points))
        export.said.append(
            sentence(
                "no --roster: Canvas finds students by login or name, and makes a new assignment {title}", title=title
            )
        )
        converted = [one.student for one in found() if canvas.converted(one.student)]
        if converted:
            export.said.append(
                sentence(
                    "logins that Canvas would take for numbers, and match nobody ({count}): {names}; use --roster",
                    count=len(converted),
                    names=listed(converted),
                )
            )
        return export
    roster = read_roster(wanted.roster)
    width = canvas.checked(roster, wanted.roster)
    titles = [assignment, *_titles(wanted.folder, assignment)]
    title = canvas.column_title(roster, titles, wanted.title)
    known = canvas.people(roster)
    matched = canvas.matched(known, found())
    export = _table(out, lambda: canvas.rows(known, matched, title, facts.points, width))
    export.said += _canvas_preview(roster, matched, title, facts)
    export.complete = not matched.nobody and not matched.twice
    return export


def _canvas_preview(roster: Roster, matched: Match, title: str, facts: _Facts) -> list[Sentence]:
    said = preview(matched)
    if title not in roster.header:
        said.append(
            sentence("the roster has no column for this assignment: Canvas makes a new one, {title}", title=title)
        )
    theirs = canvas.points_of(roster, title)
    if theirs is not None and theirs != facts.points:
        said.append(
            sentence(
                "the roster gives {title} {theirs} points, the assignment has {ours}",
                title=title,
                theirs=mark(theirs),
                ours=mark(facts.points),
            )
        )
    return said


def _titles(folder: Path, assignment: str) -> list[str]:
    """The assignment's title, which the class report knows."""
    try:
        sections = json.loads((folder / "class.json").read_bytes())["assignments"]
        return [str(one["title"]) for one in sections if one["assignment"] == assignment and one["title"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _moodle(wanted: Wanted, assignment: str, out: Path, found: Callable[[], Iterator[Record]]) -> Export:
    title = wanted.title or assignment
    if wanted.roster is None:
        export = _table(out, lambda: moodle.rows_alone(found(), title))
        export.said.append(
            sentence(
                "no --roster: the student's id is taken for the username; one that Moodle does not know stops the "
                "import"
            )
        )
        return export
    roster = read_roster(wanted.roster)
    moodle.checked(roster, wanted.roster)
    matched = moodle.matched(roster, found())
    export = _table(out, lambda: moodle.rows(roster, matched, title))
    export.said += preview(matched)
    export.complete = not matched.nobody and not matched.twice
    return export


def _gradescope(out: Path, found: Iterator[Record], ours: bool) -> Iterator[tuple[Path, Iterator[str]]]:
    """A folder for each student; in a folder of our own making nobody stays who has no report any more."""
    written = set()
    for one in found:
        written.add(one.slug)
        yield out / one.slug / "results.json", iter([gradescope.dumps(gradescope.results(one))])
    for path in sorted(out.glob("*/results.json")) if ours else ():
        if path.parent.name not in written and not path.parent.is_symlink() and gradescope.is_ours(path):
            path.unlink()
            with suppress(OSError):
                path.parent.rmdir()


def _write(path: Path, pieces: Iterator[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            stream.writelines(pieces)
        os.replace(new, path)  # noqa: PTH105
    except OSError as problem:  # it is the place that is wrong, not the hidden file
        new.unlink(missing_ok=True)
        raise OSError(problem.errno, problem.strerror, str(path)) from None
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return path
