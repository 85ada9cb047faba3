"""`results.json` as Gradescope's autograders write it: a test for each part, visible, its output plain text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.lms.exporter import Export, Exporter, Request, register
from grader.lms.results import Record
from grader.marking.report import WAITING
from grader.messages import sentence
from grader.reports.sanitise import shorten, text_lines, visible
from grader.reports.show import marks

_OUTPUT = 5_000


@register
class GradescopeExporter(Exporter):
    """A folder for each student, with the results file that an autograder would have written."""

    name = "gradescope"
    about = "a `results.json` for each student, as Gradescope's autograders write it"
    then = "read it with tools of your own: Gradescope accepts results only from its own autograder (below)"
    file_name = "{assignment}-gradescope"
    takes_roster = False
    blanks = False  # Gradescope rejects results without a score; each waiting part says that it waits

    def export(self, request: Request) -> Export:
        """`results.json` in a folder for each student."""
        return Export(lambda out: _files(request, out))


def _files(request: Request, out: Path) -> Iterator[tuple[Path, Iterator[str]]]:
    """Every results file; in a folder that we created, students who no longer have a report are removed."""
    written = set()
    for one in request.results.records():
        written.add(one.slug)
        yield out / one.slug / "results.json", iter([dumps(results(one))])
    for path in sorted(out.glob("*/results.json")) if request.out is None else ():
        if path.parent.name not in written and not path.parent.is_symlink() and _is_ours(path):
            path.unlink()
            with suppress(OSError):
                path.parent.rmdir()


def results(one: Record) -> dict[str, Any]:
    """The document: the total is the exact sum of the tests. An ungraded submission gets 0, with the reason."""
    head: dict[str, Any] = {
        "score": float(one.score),
        "output": _summary(one),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "extra_data": {"assignment": one.assignment, "student": visible(one.student), "status": one.status},
    }
    if one.graded:
        head["tests"] = _tests(one)
    return head


def refused(message: str) -> dict[str, Any]:
    """The document of a submission that was not even read."""
    return {"score": 0.0, "output": _text([message]), "output_format": "text", "visibility": "visible", "tests": []}


def dumps(document: Mapping[str, Any]) -> str:
    """The text of the file."""
    return json.dumps(document, ensure_ascii=True, indent=1, allow_nan=False) + "\n"


def _is_ours(path: Path) -> bool:
    """Whether the file was written by an export."""
    try:
        found = json.loads(path.read_bytes())
        return {"assignment", "student", "status"} <= set(found["extra_data"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _summary(one: Record) -> str:
    if not one.graded:
        return _text([one.message])
    if one.status == "needs_review":
        return _text([str(sentence("Points that wait for a person: {points}", points=Decimal(marks(one.pending))))])
    return str(sentence("Graded: no part waits for a person."))


def _tests(one: Record) -> list[dict[str, Any]]:
    found = []
    every = iter(one.parts)
    for number, question in enumerate(one.document["questions"], 1):
        for place, part in enumerate(question["parts"], 1):
            mark = next(every)
            score = mark.score if mark.score is not None else Decimal(0)
            test: dict[str, Any] = {
                "score": float(score),
                "max_score": float(mark.max_score),
                "name": visible(f"{question['id']}.{part['id']}"),
                "number": f"{number}.{place}",
                "output": _text(_said(part)),
                "visibility": "visible",
            }
            if mark.score is not None:
                test["status"] = "passed" if mark.score == mark.max_score else "failed"
            found.append(test)
    return found


def _said(part: Mapping[str, Any]) -> list[str]:
    review = part.get("review") or {}
    causes = [f"{one['id']}: {one['message']}" for one in part.get("diagnoses", ())]
    waits = review and part["verdict"] in WAITING
    machine = [] if waits else [part["verdict"], part.get("message") or "", *causes]
    person = [str(sentence("marked by a person"))] if review else []
    return [*machine, *person, review.get("comment", ""), review.get("why", "")]


def _text(said: list[str]) -> str:
    lines = [line for text in said if text for line in text_lines(text, _OUTPUT)]
    return shorten("\n".join(lines), _OUTPUT)
