"""Re-marking a class in the background: a few hand-ins at a time, with progress in the database."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from grader.errors import GraderError
from grader.messages import sentence
from grader.service.course.refusals import OvertakenError
from grader.service.course.remark import apply_files, moved, state_of
from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.log import LOG
from grader.service.store.progress import Progress, begin, put_progress

LOOK, APPLY = "look", "apply"


def start(service: Service, who: Who, assignment: str, what: str, shown: str | None = None) -> threading.Thread:
    """Start finding out what would move, or applying what was shown.

    Raises OvertakenError if such work is already running, here or in another worker.
    """
    first = Progress(what, "running", who.name, service.now())
    with service.store.writing() as base:
        if not begin(base, name_of(assignment), first):
            raise OvertakenError(
                sentence("these hand-ins are being marked again already: look at what comes of it before you go on")
            )
    return service.beside("remark", partial(_run, service, who, assignment, first, shown))


def name_of(assignment: str) -> str:
    """The name of this work."""
    return f"the re-mark of {assignment}"


def _run(service: Service, who: Who, assignment: str, first: Progress, shown: str | None) -> None:
    def say(**values: Any) -> None:
        nonlocal first
        first = first._replace(at=service.now(), **values)
        with service.store.writing() as base:
            put_progress(base, name_of(assignment), first)

    try:
        state = state_of(service, assignment)
        found, rows = moved(service, assignment, lambda done, total: say(done=done, total=total))
        if first.what == APPLY:
            found = service.work.submit(apply_files, service, who, assignment, shown or "", rows).result()
        elif state != state_of(service, assignment):  # the files changed while moves were computed
            state = ""
        say(state="done", outcome={"state": state, **found._asdict()})
    except GraderError as problem:
        say(state="failed", outcome={"said": service.language(problem.located)})
    except RuntimeError:  # the service is stopping: the next look finds that this was interrupted
        return
    except Exception as problem:
        LOG.error("a fault in a re-mark: %s", type(problem).__name__)
        said = sentence("a fault of ours, nothing was changed")
        say(state="failed", outcome={"said": service.language(said)})
