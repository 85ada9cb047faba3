"""Exports of a class, as `grader export` writes them for a results folder."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

from grader.gradebook.run.files import slug
from grader.lms.export import prepare
from grader.lms.formats import EXPORTERS
from grader.messages import Sentence
from grader.service.course.counting import final_score
from grader.service.course.policies import class_of
from grader.service.course.refusals import MissingError
from grader.service.course.service import Service
from grader.service.store.submissions import Marked

_CENT = Decimal("0.01")


class ExportRequest(NamedTuple):
    """What is exported, and how; `roster` is the table of a learning platform with its name."""

    assignment: str
    format: str
    provisional: bool = False
    title: str = ""
    roster: tuple[str, bytes] | None = None


MEDIA = {"csv": "text/csv", "zip": "application/zip"}
"""The content types of exports, by how their names end."""


class File(NamedTuple):
    """A finished file, with notes to read before using it."""

    name: str
    data: bytes
    notes: list[Sentence]

    @property
    def media(self) -> str:
        """The content type."""
        return MEDIA.get(self.name.rpartition(".")[2], "application/octet-stream")

    @property
    def headers(self) -> dict[str, str]:
        """The headers by which browsers save it."""
        return {"content-disposition": f'attachment; filename="{self.name}"'}


def export(service: Service, request: ExportRequest) -> File:
    """The export as one file, a ZIP archive if there are several; totals are after late deductions.

    Raises MissingError for an unknown assignment or format, UsageError as `grader export` does.
    """
    if request.format not in EXPORTERS or request.assignment not in service.applied.course.assignments:
        raise MissingError
    with tempfile.TemporaryDirectory(prefix="grader-") as found:
        folder = Path(found)
        results = folder / "results"
        _write_reports(service, request.assignment, results)
        roster = None
        if request.roster is not None:
            roster = folder / f"roster{Path(request.roster[0]).suffix.lower()[:6]}"
            roster.write_bytes(request.roster[1])
        title = request.title.strip() or None
        options = {"assignment": request.assignment, "roster": roster, "title": title}
        ready, place = prepare(request.format, results, provisional=request.provisional, **options)  # type: ignore[arg-type]
        written = ready.write(place)
        if written == [place]:
            return File(place.name, place.read_bytes(), ready.notes)
        return File(f"{place.name}.zip", _zipped(place.parent, written), ready.notes)


def _write_reports(service: Service, assignment: str, folder: Path) -> None:
    """Write the reports as `grader batch` would, and the title of the assignment."""
    reports = folder / "reports" / assignment
    reports.mkdir(parents=True)
    with service.store.reading() as base:
        for one in class_of(service, base, assignment):
            text = dict(one.row.texts).get(".json")
            if text is not None:
                (reports / f"{slug(one.hand_in.student)}.json").write_text(_final(one, text), "utf-8")
    sections = [{"assignment": assignment, "title": service.applied.course.assignments[assignment].title}]
    (folder / "class.json").write_text(json.dumps({"assignments": sections}), "utf-8")


def _final(one: Marked, text: str) -> str:
    if one.hand_in.deduction == "0" or not one.row.marks:
        return text
    return json.dumps({**json.loads(text), "score": float(final_score(one).quantize(_CENT, ROUND_HALF_UP))})


def _zipped(folder: Path, files: list[Path]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(folder).as_posix())
    return held.getvalue()
