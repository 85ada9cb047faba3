"""Managing the people of a course from the command line, while a service may be running."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from grader.errors import UsageError
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.reports.sanitise import visible
from grader.service.course.forget import forget
from grader.service.course.kept import everything
from grader.service.course.service import Service, utc_now
from grader.service.store.audit import note
from grader.service.store.people import Person, everybody, new_link, person_named, revoke
from grader.service.web.administration import BY_COMMAND_LINE, opened
from grader.service.web.roster import add_roster
from grader.service.web.site import public


def import_people(course: Path, url: str | None, path: Path, warn: Callable[[Sentence], None]) -> int:
    """Add or update the people in a table; return how many there are. `warn` is told of rows that are left out."""
    with opened(course, url) as store:
        return len(add_roster(store, path, utc_now(), warn=warn))


def known_people(course: Path, url: str | None) -> list[Person]:
    """Everybody, sorted by id."""
    with opened(course, url) as store, store.reading() as base:
        return everybody(base)


def new_links(
    course: Path, url: str | None, address: str, ids: tuple[str, ...], role: str | None
) -> list[tuple[Person, str]]:
    """A new sign-in link for each of these people, or for everybody of a role.

    Raises UsageError for an unknown person, without making any link.
    """
    address = public(address)
    with opened(course, url) as store, store.writing() as base:
        now = utc_now()
        found = [_named(base, id) for id in ids] + (everybody(base, role) if role else [])
        note(base, now, BY_COMMAND_LINE, "made sign-in links", "", people=len(found))
        return [(person, new_link(base, address, person, now)) for person in found]


def revoke_person(course: Path, url: str | None, id: str) -> int:
    """Revoke a person's links and end their sessions; return how many."""
    with opened(course, url) as store, store.writing() as base:
        person, now = _named(base, id), utc_now()
        note(base, now, BY_COMMAND_LINE, "revoked sign-ins", person.student)
        return revoke(base, now, person=person.id)


def forget_person(course: Path, url: str | None, id: str) -> str:
    """Forget a student; return the pseudonym of their marks."""
    with opened(course, url) as store:
        with store.reading() as base:
            person = _named(base, id)
        if person.role != "student":
            raise UsageError(
                sentence("expected a student, received {id}, who is {role}", id=shown(id), role=person.role)
            )
        service = Service(course, store)
        try:
            name = service.work.submit(forget, service, person, BY_COMMAND_LINE).result()
            store.scrub()
            return name
        finally:
            service.work.shutdown()


def export_person(course: Path, url: str | None, id: str, path: Path) -> None:
    """Write everything stored about a person to a new file that only its owner may read."""
    with opened(course, url) as store:
        with store.reading() as base:
            person = _named(base, id)
        data = everything(store, person)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except FileExistsError:
        raise UsageError(sentence("{file} is there already: nothing was written", file=visible(str(path)))) from None
    except OSError as problem:
        said = sentence("{file}: {reason}", file=visible(str(path)), reason=problem.strerror or "")
        raise UsageError(said) from None


def _named(base: Connection, id: str) -> Person:
    found = person_named(base, id)
    if found is None:
        raise UsageError(sentence("nobody in the course has the id {id}", id=shown(id)))
    return found
