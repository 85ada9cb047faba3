"""Saving what is typed, over what its page has seen: an earlier draft, or what was handed in."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from grader.errors import StudentError
from grader.service.course.service import Service
from grader.service.course.unsent import differs
from grader.service.forms.typed import normalised, typed_of
from grader.service.store import drafts, submissions
from grader.service.store.drafts import Draft
from grader.service.store.people import Person


class TypedField(NamedTuple):
    """A field as typed, and what its page has seen: the revision of its draft (0: none), the last attempt (0: none).

    A page that does not say which attempt it has seen is one that has seen the last.
    """

    part: str
    written: str
    revision: int
    attempt: int | None
    asked: str | None = None
    """The digest of the question for which it was typed."""


class Saved(NamedTuple):
    """The draft as saved; or the newer one that was not overwritten.

    `attempt` is set if that was handed in: then it is the number of the attempt, and the revision is 0.
    """

    draft: Draft
    is_saved: bool
    attempt: int | None = None


def save(service: Service, person: Person, assignment: str, typed: TypedField) -> Saved:
    """Save a field, unless another page has saved or handed in another text since."""
    part, written, seen, _, asked = typed
    key = (person.id, assignment, part)
    for _ in range(3):
        with service.store.saving() as base:
            new = (*key, written, seen, service.now(), asked)
            saved = drafts.save(base, *new, only_if_there=True) if seen else None
            newest = saved or (None if typed.attempt is None and not seen else drafts.one(base, *key))
            if newest is None:
                newer = _handed_in_since(service, base, person, assignment, typed)
                if newer is not None:
                    return newer
                saved = drafts.save(base, *new)
                newest = saved or drafts.one(base, *key)
            elif newest.written == written:
                saved = newest
        if newest is not None:
            return Saved(newest, saved is not None)
    raise RuntimeError("a draft that is there and is not")


def _handed_in_since(
    service: Service, base: Connection, person: Person, assignment: str, typed: TypedField
) -> Saved | None:
    """What was handed in after this page was made, if it differs from what is typed there.

    The draft that the page has seen was deleted when it was handed in.
    """
    if not typed.revision and typed.attempt is None:
        return None
    last = submissions.last_attempt(base, assignment, person.student)
    if last is None or (not typed.revision and last[1] == typed.attempt):
        return None
    previewer = service.previewer(assignment)
    specs = {} if previewer is None else previewer.specs
    try:
        found = typed_of(submissions.data_of(base, last[0]), specs, only={typed.part})
    except StudentError:  # this version does not read the file any more
        return None
    question, _, id = typed.part.partition(".")
    text = found.get(question, {}).get(id, "")
    if not differs(normalised(typed.written), text):
        return None
    return Saved(Draft(typed.part, text, 0, service.now()), False, last[1])
