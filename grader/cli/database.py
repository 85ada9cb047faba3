"""`grader database`: the database of a served course."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.boundary import speak
from grader.cli.extras import service_extra
from grader.cli.options import PATH_TYPE, course_options, emit
from grader.messages import sentence
from grader.messages.languages import LANGUAGES
from grader.reports.sanitise import visible


@click.group()
def database() -> None:
    """Back up, restore and check a database.

    \b
    Examples:
      grader database backup course-2026-03-01.jsonl.gz
      grader database check --course my-course
    """


@database.command()
@course_options()
def upgrade(course: Path, database: str | None, lang: str) -> int:
    """Upgrade the database to this version's schema.

    Either the whole upgrade succeeds or nothing changes. Stop the service and make a backup first.

    \b
    Examples:
      grader database upgrade
      grader database upgrade --database postgresql+psycopg://grader@db/grader
    """
    speak(lang)
    with service_extra("database"):
        from grader.service.web.administration import upgrade_database
    before, after = upgrade_database(course, database)
    emit(LANGUAGES[lang](sentence("schema {before} -> {after}", before=before, after=after)))
    return 0


@database.command()
@click.argument("file", metavar="FILE", type=PATH_TYPE)
@course_options()
def backup(file: Path, course: Path, database: str | None, lang: str) -> int:
    """Write the whole database to a new file.

    The service may keep running: FILE is a consistent snapshot. Keep it safe: it holds names and marks.

    \b
    Examples:
      grader database backup course-$(date +%F).jsonl.gz
      grader database backup /backups/grader.gz --database postgresql+psycopg://grader@db/grader
    """
    speak(lang)
    with service_extra("database"):
        from grader.service.web.administration import back_up_database
    rows = back_up_database(course, database, file)
    emit(LANGUAGES[lang](sentence("{rows:,} rows are in {file}", rows=rows, file=visible(str(file)))))
    return 0


@database.command()
@click.argument("file", metavar="FILE", type=PATH_TYPE)
@course_options()
def restore(file: Path, course: Path, database: str | None, lang: str) -> int:
    """Read a backup into an empty database.

    The database may be SQLite or PostgreSQL, so backup and restore can also move a course from one to the other.

    \b
    Examples:
      grader database restore course-2026-03-01.jsonl.gz --course my-course
      grader database restore course.jsonl.gz --database postgresql+psycopg://grader@db/grader
    """
    speak(lang)
    with service_extra("database"):
        from grader.service.web.administration import restore_database
    rows = restore_database(course, database, file)
    emit(LANGUAGES[lang](sentence("{rows:,} rows were restored from {file}", rows=rows, file=visible(str(file)))))
    return 0


@database.command()
@course_options()
def check(course: Path, database: str | None, lang: str) -> int:
    """Check the schema, and every hand-in against its receipt.

    The exit status is 1 if anything is wrong.

    \b
    Examples:
      grader database check
    """
    speak(lang)
    with service_extra("database"):
        from grader.service.web.administration import problems_of_database
    found = problems_of_database(course, database)
    for said in found or [sentence("the database is as it should be")]:
        emit(LANGUAGES[lang](said))
    return 1 if found else 0
