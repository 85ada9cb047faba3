"""`grader people`: who may sign in to a served course."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from grader.cli.boundary import speak, warn
from grader.cli.extras import service_extra
from grader.cli.options import PATH_TYPE, course_options, emit
from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.languages import LANGUAGES
from grader.reports.sanitise import visible

ROLE_CHOICES = ("student", "assistant", "instructor")


@click.group()
def people() -> None:
    """Manage the people of a course and their sign-in links.

    \b
    Examples:
      grader people import roster.csv
      grader people link student-01
      grader people forget student-01
    """


@people.command(name="import")
@click.argument("roster", metavar="ROSTER", type=PATH_TYPE)
@course_options()
def import_roster(roster: Path, course: Path, database: str | None, lang: str) -> int:
    """Add the people in a table, or update them. Nobody is removed.

    ROSTER is a CSV file with a column student, and optionally name, role, email and team; or the table that a learning
    platform exports.

    \b
    Examples:
      grader people import roster.csv
    """
    speak(lang)
    with service_extra("people"):
        from grader.service.web.people import import_people
    count = import_people(course, database, roster, warn)
    emit(LANGUAGES[lang](sentence("{count} people", count=count)))
    return 0


@people.command(name="list")
@course_options(lang=False)
def list_people(course: Path, database: str | None) -> int:
    """List everybody, with id, role, name and e-mail address.

    \b
    Examples:
      grader people list
    """
    with service_extra("people"):
        from grader.service.web.people import known_people
    for one in known_people(course, database):
        emit("\t".join(visible(text) for text in (one.student, one.role, one.name, one.email)))
    return 0


@people.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option(
    "--all", "role", type=click.Choice(ROLE_CHOICES), help="For everybody with this role, as a table for a mail merge."
)
@click.option("--address", metavar="URL", default="http://127.0.0.1:8000", help="Where browsers find the service.")
@course_options(lang=False)
def link(ids: tuple[str, ...], role: str | None, address: str, course: Path, database: str | None) -> int:
    """Make sign-in links, and print them once. Whoever has a link can sign in as that person.

    \b
    Examples:
      grader people link student-01 --address https://grader.example.org
      grader people link --all student --address https://grader.example.org > links.csv
    """
    with service_extra("people"):
        from grader.service.web.people import new_links
    if bool(ids) == bool(role):
        raise UsageError(sentence("expected ids of people, or --all with a role"))
    found = new_links(course, database, address, ids, role)
    if role is None:
        for _, made in found:
            emit(made)
        return 0
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("student", "name", "email", "link"))
    writer.writerows((one.student, one.name, one.email, made) for one, made in found)
    emit(table.getvalue())
    return 0


@people.command()
@click.argument("id", metavar="ID")
@course_options()
def revoke(id: str, course: Path, database: str | None, lang: str) -> int:
    """Revoke a person's links and end their sessions.

    Both stop working within seconds.

    \b
    Examples:
      grader people revoke student-01
    """
    speak(lang)
    with service_extra("people"):
        from grader.service.web.people import revoke_person
    count = revoke_person(course, database, id)
    emit(LANGUAGES[lang](sentence("{count} links and sessions were revoked", count=count)))
    return 0


@people.command()
@click.argument("id", metavar="ID")
@course_options()
def forget(id: str, course: Path, database: str | None, lang: str) -> int:
    """Forget a student. Their hand-ins and marks are kept under a pseudonym, which is printed.

    Their name, e-mail address, links, sessions, drafts, questions about marks and connection to a learning platform are
    deleted. What they wrote in answers stays as it is, and earlier backups still hold everything.

    \b
    Examples:
      grader people forget student-01
    """
    speak(lang)
    with service_extra("people"):
        from grader.service.web.people import forget_person
    emit(forget_person(course, database, id))
    return 0


@people.command()
@click.argument("id", metavar="ID")
@click.argument("file", metavar="FILE", type=PATH_TYPE)
@course_options()
def export(id: str, file: Path, course: Path, database: str | None, lang: str) -> int:
    """Write everything stored about one person to a new file.

    FILE is a ZIP archive with their data, submissions and reports.

    \b
    Examples:
      grader people export student-01 student-01.zip
    """
    speak(lang)
    with service_extra("people"):
        from grader.service.web.people import export_person
    export_person(course, database, id, file)
    return 0
