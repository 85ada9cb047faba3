"""The results of a class as exports read them: one record for each report, marks as exact decimals."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.gradebook.database.schema import MARKED
from grader.gradebook.run.files import UNFINISHED
from grader.gradebook.run.publish import TABLE
from grader.gradebook.run.scan import STATE
from grader.messages import Sentence, sentence
from grader.messages.isolates import unisolated
from grader.messages.names import listed, shown
from grader.statistics.measures import PartMark, marks_of_document
from grader.structs import Struct

REPORTS = "reports"


class Record(Struct):
    """One student's result; if the submission could not be graded, `parts` is empty and `message` says why."""

    document: Mapping[str, Any]
    slug: str
    parts: tuple[PartMark, ...] = ()
    assignment: str = ""
    student: str = ""
    status: str = ""
    message: str = ""
    score: Decimal = Decimal(0)
    max_score: Decimal = Decimal(0)
    pending: Decimal = Decimal(0)

    @property
    def graded(self) -> bool:
        """Whether there are marks at all."""
        return self.status in MARKED

    @property
    def final(self) -> bool:
        """Whether no part waits for a person."""
        return self.status == "graded"

    def questions(self) -> dict[str, Decimal]:
        """The exact marks of each question."""
        return _by_question((part.question, part.score or Decimal(0)) for part in self.parts)

    def unfinished(self) -> set[str]:
        """The questions with a part that waits for a person."""
        return {part.question for part in self.parts if part.score is None}


def _by_question(marks: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for question, mark in marks:
        totals[question] = totals.get(question, Decimal(0)) + mark
    return totals


def record(document: Mapping[str, Any], slug: str = "") -> Record:
    """The record of one report's document; its totals have two decimals, which a JSON number can hold."""

    def text(name: str) -> str:
        return str(document.get(name) or "")

    one = Record(document, slug, (), text("assignment"), text("student"), text("status"), text("message"))
    if not one.graded:
        return one
    score, max_score, pending = (Decimal(str(document[name])) for name in ("score", "max_score", "pending_points"))
    parts = tuple(marks_of_document(document))
    return replace(one, parts=parts, score=score, max_score=max_score, pending=pending)


def _unisolated(document: str) -> str:
    """A report's JSON without the direction isolates of Persian sentences, which no gradebook handles."""
    return unisolated(re.sub(r"(?<!\\)((?:\\\\)*)\\u206[6-9]", r"\1", document))


def choose(folder: Path, wanted: str | None) -> str:
    """The assignment to export: the one named, or the only one in the results folder.

    Raises UsageError if there is none, or more than one to choose from.
    """
    if not (folder / REPORTS).is_dir():
        said = sentence(
            "expected a folder of results made by `grader batch`, received {folder}: it holds no {reports}",
            folder=shown(str(folder)),
            reports=REPORTS,
        )
        raise UsageError(said)
    found = sorted(path.name for path in (folder / REPORTS).iterdir() if path.is_dir())
    if not found:
        raise UsageError(sentence("{folder} holds no reports: grade a folder first", folder=shown(str(folder))))
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted in found:
        return wanted
    allowed = listed(found)
    if wanted is None:
        raise UsageError(sentence("expected --assignment, one of {allowed}", allowed=allowed))
    said = sentence("expected one of the assignments {allowed}, received {id}", allowed=allowed, id=shown(wanted))
    raise UsageError(said)


@dataclass
class ClassResults:
    """One assignment's results in a folder that `grader batch` wrote.

    Reports are read one by one, once when the object is made and again for each call of `records`.
    """

    folder: Path
    assignment: str
    points: Decimal = Decimal(0)
    parts: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    """The points of each part, by question and name, in the order of the report."""
    students: int = 0
    waiting: int = 0
    """Students with a part that waits for a person."""
    not_graded: int = 0

    def __post_init__(self) -> None:
        """Read every report once, without keeping it."""
        for one in self.records():
            self.students += 1
            self.waiting += one.status == "needs_review"
            self.not_graded += not one.graded
            if one.graded and not self.parts:
                self.points = one.max_score
                self.parts = {(part.question, part.part): part.max_score for part in one.parts}

    def records(self) -> Iterator[Record]:
        """The results, in the order of the names of their reports.

        Raises:
            UsageError: a report that is not one of ours.
        """
        for path in sorted((self.folder / REPORTS / self.assignment).glob("*.json"), key=lambda path: path.name):
            try:
                yield record(json.loads(_unisolated(path.read_text("utf-8"))), path.stem)
            except (ValueError, KeyError, TypeError, AttributeError):
                said = sentence("{file} is not a report of this grader: grade the folder again", file=shown(path.name))
                raise UsageError(said) from None

    @property
    def questions(self) -> dict[str, Decimal]:
        """The points of each question."""
        return _by_question((question, points) for (question, _), points in self.parts.items())

    @property
    def title(self) -> str:
        """The assignment's title from the class report; empty if it has none."""
        try:
            sections = json.loads((self.folder / "class.json").read_bytes())["assignments"]
            return next((str(one["title"]) for one in sections if one["assignment"] == self.assignment), "")
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    @property
    def unfinished(self) -> bool:
        """Whether a run of `grader batch` into the folder did not end."""
        return (self.folder / STATE / UNFINISHED).exists()

    def notes(self) -> list[Sentence]:
        """What the instructor should know before using any export: how many students, who waits, who is left out."""
        said = [sentence("students: {count}", count=self.students)]
        if self.waiting:
            said.append(
                sentence(
                    "students with parts that wait for a person, whose marks are not final: {count}",
                    count=self.waiting,
                )
            )
        if self.not_graded:
            said.append(sentence("students who could not be graded and have no mark: {count}", count=self.not_graded))
        return said + self._left_out()

    def _left_out(self) -> list[Sentence]:
        """Who has no report: students with two submissions of which neither is newer; unreadable files."""
        names: set[str] = set()
        lost: list[str] = []
        try:
            with (self.folder / TABLE).open(encoding="utf-8-sig", newline="") as stream:
                for row in csv.DictReader(stream):
                    if row["status"] == "refused" and row["assignment"] == self.assignment:
                        names.add(row["student"])
                    elif not row["student"]:
                        lost.append(row["file"])
        except (OSError, ValueError, KeyError, csv.Error):
            return []
        said = []
        if names:
            who = listed(sorted(names))
            said.append(sentence("students with several submissions, none the newer, are left out: {names}", names=who))
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
