"""Forgetting a student: what their marks depend on is kept under a pseudonym, everything else is deleted.

The pseudonym is chosen so that each hand-in keeps its variant, which depends on the student's name.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from typing import Any

import tomli
import tomli_w
from sqlalchemy import Connection, delete, select, update

from grader.errors import UsageError
from grader.messages import sentence
from grader.service.course.assignments import Applied
from grader.service.course.hand_in import FILE
from grader.service.course.service import Service
from grader.service.store import submissions as stored
from grader.service.store.audit import about, extended, note
from grader.service.store.marks import person_marks
from grader.service.store.people import Person
from grader.service.store.progress import drop_progress
from grader.service.store.store import take_turns
from grader.service.store.submissions import Marked
from grader.service.store.tables import (
    appeals,
    audit,
    extensions,
    metadata,
    people,
    submissions,
)

_TRIES = 500_000
_STUDENT = re.compile(r"""^[ \t]*student[ \t]*=[ \t]*(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*(?:#.*)?$""", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#.*\n", re.MULTILINE)


def forget(service: Service, person: Person, who: str) -> str:
    """Forget a student, in one transaction; return the pseudonym of their marks.

    Raises UsageError if a mark would move because a newer key or grader is not applied yet.
    """
    with service.store.writing() as base:
        for id in sorted({one.hand_in.assignment for one in stored.of_student(base, person.student)}):
            take_turns(base, f"marks {id}")
        service.applied = Applied.load(base)
        own = stored.of_student(base, person.student)
        name = _name(service, person.student, sorted({one.hand_in.assignment for one in own}))
        base.execute(update(submissions).where(submissions.c.sender == person.student).values(sender=name))
        for one in own:
            _renamed(service, base, one, name)
        for one in own:
            _marked_again(service, base, one, name)
        _erase(base, person, name)
        note(base, service.now(), who, "forgot a student", name)
    return name


def _name(service: Service, student: str, assignments: Iterable[str]) -> str:
    """An unused name for which each assignment has the same variant as for the student."""
    wanted = [(found, found.own(student)) for id in assignments if (found := service.solution(id).variants)]
    for _ in range(_TRIES):
        name = f"forgotten-{secrets.token_hex(6)}"
        if all(found.own(name) == variant for found, variant in wanted):
            return name
    raise UsageError(sentence("no name was found that keeps the variants of this student"))


def _renamed(service: Service, base: Connection, one: Marked, name: str) -> None:
    del service
    data = without_name(stored.data_of(base, one.hand_in.id), name)
    values = {"student": name, "data": data, "digest": hashlib.sha256(data).hexdigest()}
    base.execute(update(submissions).where(submissions.c.id == one.hand_in.id).values(**values))


def _marked_again(service: Service, base: Connection, one: Marked, name: str) -> None:
    """The report under the new name; UsageError if a mark would move."""
    id, assignment = one.hand_in.id, one.hand_in.assignment
    people = tuple(person_marks(base, assignment, name))
    row = service.marked(assignment, FILE, stored.data_of(base, id), people)
    if (row.status, row.score, row.marks) != (one.row.status, one.row.score, one.row.marks):
        said = sentence("{assignment}: a newer key or grader would move marks: apply it first", assignment=assignment)
        raise UsageError(said)
    stored.remark(base, id, row, one.version)


def without_name(data: bytes, name: str) -> bytes:
    """The submission under another name: the answers verbatim, without comments as far as these can be recognised."""
    text = data.decode("utf-8-sig")
    wanted = {**tomli.loads(text), "student": name}
    head = re.split(r"^[ \t]*\[", text, maxsplit=1, flags=re.MULTILINE)[0]
    changed = _STUDENT.sub(lambda _: f'student = "{name}"', head, count=1) + text[len(head) :]
    for candidate in (_COMMENT.sub("", changed), changed):
        if _loaded(candidate) == wanted:
            return candidate.encode()
    return tomli_w.dumps(wanted).encode()


def _loaded(text: str) -> dict[str, Any] | None:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        return None


def _erase(base: Connection, person: Person, name: str) -> None:
    for table in metadata.sorted_tables:
        if "person" in table.c:  # links, sessions, drafts, learning platform data
            base.execute(delete(table).where(table.c.person == person.id))
    of_theirs = select(submissions.c.id).where(submissions.c.student == name)
    base.execute(delete(appeals).where(appeals.c.submission.in_(of_theirs)))
    for table in metadata.sorted_tables:
        if "student" in table.c and table not in (submissions, people):
            base.execute(update(table).where(table.c.student == person.student).values(student=name))
    base.execute(update(extensions).where(extensions.c.student == name).values(why=""))
    base.execute(update(people).where(people.c.id == person.id).values(student=name, name="", email=""))
    drop_progress(base, person.student)
    _erase_from_audit(base, person.student, name)


def _erase_from_audit(base: Connection, student: str, name: str) -> None:
    for entry in about(base, student):
        details = json.loads(entry.details) if entry.details else {}
        details = {key: name if value == student else value for key, value in details.items()}
        subject = name if entry.subject == student else entry.subject
        if extended(entry.what, subject) == student:
            subject = subject.partition(" ")[0]
            details = {key: value for key, value in details.items() if key != "why"} | {"student": name}
        values = {
            "who": name if entry.who == student else entry.who,
            "subject": subject,
            "details": json.dumps(details, ensure_ascii=False, sort_keys=True) if details else "",
        }
        base.execute(update(audit).where(audit.c.id == entry.id).values(**values))
