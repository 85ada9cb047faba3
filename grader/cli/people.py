"""`grader people`: who may sign in to a served course."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from grader.cli.boundary import speak, warn
from grader.cli.extras import service_extra
from grader.cli.options import PATH, course_options, emit
from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.languages import LANGUAGES
from grader.reports.sanitise import visible

ROLES = ("student", "assistant", "instructor")


@click.group()
def people() -> None:
    """Say who may sign in, and forget who left.

    \b
    Examples:
      grader people import roster.csv
      grader people link student-01
      grader people forget student-01
    """


@people.command(name="import")
@click.argument("roster", metavar="ROSTER", type=PATH)
@course_options()
def import_roster(roster: Path, course: Path, database: str | None, lang: str) -> int:
    """Add the people of a table, or bring them up to date. Nobody is removed.

    ROSTER is a CSV file with the column student, and name, role, email, team where there are such; or what a learning
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
    """List everybody: id, role, name and e-mail.

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
@click.option("--all", "role", type=click.Choice(ROLES), help="For everybody of this role, as a table for mail.")
@click.option("--address", metavar="URL", default="http://127.0.0.1:8000", help="Where browsers find the service.")
@course_options(lang=False)
def link(ids: tuple[str, ...], role: str | None, address: str, course: Path, database: str | None) -> int:
    """Make sign-in links, and print them once. Whoever has a link is taken for its person.

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
    """Revoke the links of somebody and end their sessions, within seconds.

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
    """Forget a student. Their hand-ins and marks stay, under a name that says nothing, which is printed.

    Name, e-mail, links, sessions, drafts, questions about marks and what ties them to a learning platform go. What they
    wrote in answers stays as it is, and backups that were made before hold everything.

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
@click.argument("file", metavar="FILE", type=PATH)
@course_options()
def export(id: str, file: Path, course: Path, database: str | None, lang: str) -> int:
    """Write everything that is kept about one person to a new zip FILE: data, submissions and reports.

    \b
    Examples:
      grader people export student-01 student-01.zip
    """
    speak(lang)
    with service_extra("people"):
        from grader.service.web.people import export_person
    export_person(course, database, id, file)
    return 0
