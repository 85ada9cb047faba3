"""The request for a run, remembered so that marks can be published the same way without a new run; and its summary."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import grader
from grader.errors import UsageError
from grader.gradebook.database import Database
from grader.gradebook.database.moves import Move
from grader.gradebook.run.course import Course
from grader.gradebook.run.files import UNFINISHED
from grader.gradebook.run.marking import ReportOptions
from grader.gradebook.run.scan import Aside
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.structs import Struct


class BatchRequest(Struct):
    """What to grade, where to write, and how."""

    folder: Path
    out: Path
    keys_dir: Path
    options: ReportOptions
    jobs: int | None = None
    scheduler: str | None = None
    diff: bool = False
    """Whether to list the marks that moved."""


@dataclass
class Summary:
    """What a run did."""

    files: int = 0
    marked: int = 0
    rewritten: int = 0
    """Files with unchanged marks whose reports were missing or are rendered differently now."""
    unchanged: int = 0
    ignored: int = 0
    """Documents that are not submissions, judging by their names; `files` does not count them."""
    gone: int = 0
    moved: int = 0
    review_left: bool = False
    statuses: dict[str, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    """With `diff`, the marks that moved and have not been listed yet."""
    moves_before: list[Move] = field(default_factory=list)
    """With `diff`, if there are none, those that were listed last."""
    assignments: list[str] = field(default_factory=list)
    said: list[Sentence] = field(default_factory=list)
    """Warnings about what the instructor may not have meant."""
    aside: Aside = field(default_factory=lambda: Aside([], []))

    @property
    def need_people(self) -> int:
        """How many files need a person."""
        return self.files - self.statuses.get("graded", 0) - self.statuses.get("superseded", 0)

    @property
    def exit_status(self) -> int:
        """0 if all is graded, 1 if answers wait for a person, 3 if none does and some file was not graded."""
        if self.statuses.get("needs_review"):
            return 1
        return 3 if self.need_people else 0


_NOTE = "request"


def remember(database: Database, request: BatchRequest, course: Course) -> None:
    """Store what publishing depends on besides the database."""
    options = request.options
    known = {
        "folder": str(request.folder.resolve()),
        "keys": str(request.keys_dir.resolve()),
        "options": {"reveal": options.reveal, "pages": options.pages, "lang": options.lang},
        "course": course.digest,
        "version": grader.__version__,
    }
    database.put_note(_NOTE, json.dumps(known))


def keys_of(database: Database) -> Path | None:
    """The folder of assignments of the last run; None if unknown."""
    known = database.note(_NOTE)
    return Path(json.loads(known)["keys"]) if known else None


def remembered(database: Database, out: Path, keys_dir: Path | None) -> tuple[BatchRequest, Course]:
    """The request of the last run and its assignments.

    Raises UsageError if marks other than those by people would change: that needs a run.
    """
    written = database.note(_NOTE)
    if not written or (database.path.parent / UNFINISHED).exists():
        said = sentence(
            "the results in {folder} are of an earlier version, or of a run that did not end: run `grader batch` again "
            "first",
            folder=shown(str(out)),
        )
        raise UsageError(said)
    known = json.loads(written)
    keys = keys_dir or Path(known["keys"])
    course = Course.load(keys)
    if (course.digest, grader.__version__) != (known["course"], known["version"]):
        said = sentence(
            "the assignments in {keys} or the grader changed since {folder} was made, so other marks may move, too: "
            "run `grader batch` again, which publishes marks by people as well",
            keys=shown(str(keys)),
            folder=shown(str(out)),
        )
        raise UsageError(said)
    return BatchRequest(Path(known["folder"]), out, keys, ReportOptions(**known["options"]), jobs=1), course
