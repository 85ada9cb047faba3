"""Forgetting a student: what their marks depend on is kept under a pseudonym, everything else is deleted.

A variant depends on the student's name. The pseudonym is chosen so that hand-ins keep their variants; if no single one
is found soon, it is followed by a number in assignments in which it would have another variant.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain, count
from typing import Any

import tomli
import tomli_w
from sqlalchemy import Connection, delete, select, update

from grader.errors import UsageError
from grader.homework.variants import Variants
from grader.messages import sentence
from grader.service.course.assignments import Applied
from grader.service.course.hand_in import SUBMISSION_FILE
from grader.service.course.service import Service
from grader.service.store import submissions as stored
from grader.service.store.audit import about, extended, note
from grader.service.store.lti import forget_ended
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

_TRIES = 5_000
"""A tenth of a second: enough for two assignments of 24 variants each."""
_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}(?!")|'{3}.*?'{3,5}(?!')|"(?:\\.|[^"\\])*"|'[^']*'|#[^\r\n]*''', re.DOTALL
)
"""The strings and comments of a TOML document, which has no quote and no `#` elsewhere."""
_NEWLINE = re.compile(r"\r?\n")
_STUDENT = re.compile(r"""^[ \t]*(?:student|"student"|'student')[ \t]*=[ \t]*(?=["'])""", re.MULTILINE)


def forget(service: Service, person: Person, who: str) -> str:
    """Forget a student, in one transaction; return the pseudonym of their marks.

    What the database keeps of deleted rows is gone after `Store.scrub`.

    Raises UsageError if a mark would move because a newer key or grader is not applied yet.
    """
    with service.store.writing() as base:
        for id in sorted({one.hand_in.assignment for one in stored.of_student(base, person.student)}):
            take_turns(base, f"marks {id}")
        service.applied = Applied.load(base)
        own = stored.of_student(base, person.student)
        name, names = _names(service, person.student, sorted({one.hand_in.assignment for one in own}))
        base.execute(update(submissions).where(submissions.c.sender == person.student).values(sender=name))
        for one in own:
            _renamed(base, one, names[one.hand_in.assignment])
        for one in own:
            _marked_again(service, base, one, names[one.hand_in.assignment])
        _erase(base, person, name, names)
        forget_ended(base, service.now())
        note(base, service.now(), who, "forgot a student", name)
    return name


def _names(service: Service, student: str, assignments: Iterable[str]) -> tuple[str, dict[str, str]]:
    """The pseudonym, and in each assignment the one for which the variant is that of the student."""
    found = {id: service.solution(id).variants for id in assignments}
    wanted = [(one, one.own(student)) for one in found.values() if one is not None]
    tries = (f"forgotten-{secrets.token_hex(6)}" for _ in range(_TRIES))
    name = next((each for each in tries if all(one.own(each) == own for one, own in wanted)), None)
    name = name or f"forgotten-{secrets.token_hex(6)}"
    return name, {id: name if one is None else _numbered(one, one.own(student), name) for id, one in found.items()}


def _numbered(variants: Variants, variant: str, name: str) -> str:
    """The name, followed by a number if it would have another variant."""
    numbered = (f"{name}-{number}" for number in count(1))
    return next(each for each in chain([name], numbered) if variants.own(each) == variant)


def _renamed(base: Connection, one: Marked, name: str) -> None:
    data = without_name(stored.data_of(base, one.hand_in.id), name)
    values = {"student": name, "data": data, "digest": hashlib.sha256(data).hexdigest()}
    base.execute(update(submissions).where(submissions.c.id == one.hand_in.id).values(**values))


def _marked_again(service: Service, base: Connection, one: Marked, name: str) -> None:
    """The report under the new name; UsageError if a mark would move."""
    id, assignment = one.hand_in.id, one.hand_in.assignment
    people = tuple(person_marks(base, assignment, name))
    row = service.marked(assignment, SUBMISSION_FILE, stored.data_of(base, id), people)
    if (row.status, row.score, row.marks) != (one.row.status, one.row.score, one.row.marks):
        said = sentence("{assignment}: a newer key or grader would move marks: apply it first", assignment=assignment)
        raise UsageError(said)
    stored.remark(base, id, row, one.version)


def without_name(data: bytes, name: str) -> bytes:
    """The submission under another name and without comments; all else stays as it is written.

    Only a key that is spelled in escapes, such as `"st\\u0075dent"`, makes a document laid out anew.
    """
    text = data.decode("utf-8-sig")
    wanted = {**tomli.loads(text, parse_float=str), "student": name}
    plain = _without_comments(text)
    ends = {token.start(): token.end() for token in _TOKEN.finditer(plain)}
    found = next((one for one in _STUDENT.finditer(plain) if one.end() in ends), None)
    if found is not None:
        candidate = f'{plain[: found.start()]}student = "{name}"{plain[ends[found.end()] :]}'
        if _loaded(candidate) == wanted:
            return candidate.encode("utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8")
    return tomli_w.dumps({**tomli.loads(text, parse_float=Decimal), "student": name}).encode()


def _without_comments(text: str) -> str:
    """A document without its comments, the blanks before them, and the lines on which nothing else stands."""
    kept, done = [], 0
    for token in _TOKEN.finditer(text):
        if not token[0].startswith("#"):
            continue
        before = text[done : token.start()].rstrip(" \t")
        is_line = before.endswith("\n") if before else not done or text[done - 1] == "\n"
        end = _NEWLINE.match(text, token.end()) if is_line else None
        kept.append(before)
        done = token.end() if end is None else end.end()
    return "".join([*kept, text[done:]])


def _loaded(text: str) -> dict[str, Any] | None:
    """The document, with its numbers as they are written."""
    try:
        return tomli.loads(text, parse_float=str)
    except tomli.TOMLDecodeError:
        return None


def _erase(base: Connection, person: Person, name: str, names: Mapping[str, str]) -> None:
    for table in metadata.sorted_tables:
        if "person" in table.c:  # links, sessions, drafts, learning platform data
            base.execute(delete(table).where(table.c.person == person.id))
    every = {name, *names.values()}
    of_theirs = select(submissions.c.id).where(submissions.c.student.in_(every))
    base.execute(delete(appeals).where(appeals.c.submission.in_(of_theirs)))
    for table in metadata.sorted_tables:
        if "student" in table.c and table not in (submissions, people):
            for id, each in names.items() if "assignment" in table.c else ():
                own = (table.c.student == person.student, table.c.assignment == id)
                base.execute(update(table).where(*own).values(student=each))
            base.execute(update(table).where(table.c.student == person.student).values(student=name))
    base.execute(update(extensions).where(extensions.c.student.in_(every)).values(why=""))
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
