"""How a results folder was last made, so that marks can be published in the same way without a new run."""

from __future__ import annotations

import json
from pathlib import Path

import grader
from grader.errors import UsageError
from grader.gradebook.database import Database
from grader.gradebook.run.course import Course
from grader.gradebook.run.files import UNFINISHED
from grader.gradebook.run.marking import ReportOptions
from grader.gradebook.run.request import BatchRequest
from grader.messages import sentence
from grader.messages.names import shown

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
        raise _run_first(out)
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


def _run_first(out: Path) -> UsageError:
    said = sentence(
        "the results in {folder} are of an earlier version, or of a run that did not end: run `grader batch` again "
        "first",
        folder=shown(str(out)),
    )
    return UsageError(said)
