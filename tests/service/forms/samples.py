"""The submissions of the repository, with their assignments, for tests of what goes through a page."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from grader import load_assignment
from grader.api import LoadedAssignment
from grader.errors import StudentError
from grader.homework.files import read_submission
from grader.homework.solution import open_solution
from grader.marking.marker import Marker

ROOT = Path(__file__).parents[3]
KEYS = ROOT / "answer_keys"
SUBMISSIONS = sorted([*(ROOT / "submissions_example").rglob("*.toml"), *KEYS.glob("*/key.toml")])


@cache
def loaded(id: str, alone: bool = False) -> LoadedAssignment:
    """A shipped assignment; `alone` without its variants, as its key is written."""
    folder = KEYS / id
    return LoadedAssignment(Marker(open_solution(folder, alone=True)), folder) if alone else load_assignment(folder)


def assignment_of(path: Path) -> str | None:
    """The assignment that a file answers; None where the file is no submission to a shipped one."""
    try:
        document = read_submission(path.read_bytes(), path.name)
    except StudentError:
        return None
    return document.assignment if (KEYS / document.assignment).is_dir() else None


def comparable(report: Any) -> Any:
    """A report without what must differ: answers as TOML spelled them, in messages about unreadable ones, too."""
    document = json.loads(report.to_json())
    for question in document["questions"]:
        for part in question["parts"]:
            del part["submitted"]
            if part["verdict"] == "unreadable":
                del part["message"]
    return document
