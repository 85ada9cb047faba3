"""The results of a class as exports read them: one record for each report, marks as exact decimals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.gradebook.statistics import PartMark, marks_of_document
from grader.messages import sentence
from grader.messages.names import listed, shown
from grader.reports.sanitise import unisolated

REPORTS = "reports"


@dataclass(frozen=True)
class Record:
    """One student's result; `parts` is empty, and `message` says why, where the submission could not be graded."""

    assignment: str
    student: str
    status: str
    pending: Decimal
    parts: tuple[PartMark, ...]
    document: Mapping[str, Any]
    slug: str

    @property
    def graded(self) -> bool:
        """Whether there are marks at all."""
        return self.status in ("graded", "needs_review")

    @property
    def score(self) -> Decimal:
        """The total of the report: it has two decimals, which a number of JSON holds exactly."""
        return Decimal(str(self.document["score"])) if self.graded else Decimal(0)

    @property
    def max_score(self) -> Decimal:
        """The points of the report."""
        return Decimal(str(self.document["max_score"])) if self.graded else Decimal(0)

    @property
    def message(self) -> str:
        """Why the submission could not be graded."""
        return str(self.document.get("message") or "")

    def questions(self) -> dict[str, Decimal]:
        """The exact marks of each question."""
        totals: dict[str, Decimal] = {}
        for part in self.parts:
            totals[part.question] = totals.get(part.question, Decimal(0)) + (part.score or Decimal(0))
        return totals


def record(document: Mapping[str, Any], slug: str = "") -> Record:
    """The record of one report's document."""
    marked = document.get("status") in ("graded", "needs_review")
    return Record(
        assignment=str(document.get("assignment") or ""),
        student=str(document.get("student") or ""),
        status=str(document.get("status")),
        pending=Decimal(str(document.get("pending_points") or 0)),
        parts=tuple(marks_of_document(document)) if marked else (),
        document=document,
        slug=slug,
    )


def _unisolated(document: str) -> str:
    """A report's JSON without the isolates of a Persian sentence: no gradebook knows them."""
    return unisolated(re.sub(r"(?<!\\)((?:\\\\)*)\\u206[6-9]", r"\1", document))


def choose(folder: Path, wanted: str | None) -> str:
    """The assignment to export: the wanted one, or the only one of the folder of results.

    Raises UsageError where there is none, or a choice is left.
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
    said = sentence("expected --assignment, one of {allowed}", allowed=listed(found))
    if wanted is not None:
        said = sentence(
            "expected one of the assignments {allowed}, received {id}", allowed=listed(found), id=shown(wanted)
        )
    raise UsageError(said)


def records(folder: Path, assignment: str) -> Iterator[Record]:
    """The records of an assignment, in the order of the names of their reports.

    Raises UsageError where a report is not one of ours.
    """
    for path in sorted((folder / REPORTS / assignment).glob("*.json"), key=lambda path: path.name):
        try:
            yield record(json.loads(_unisolated(path.read_text("utf-8"))), path.stem)
        except (ValueError, KeyError, TypeError, AttributeError):
            said = sentence("{file} is no report of this grader: grade the folder again", file=shown(path.name))
            raise UsageError(said) from None
