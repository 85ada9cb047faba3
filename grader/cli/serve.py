"""`grader serve`: a course in the browser and for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.boundary import speak, warn
from grader.cli.extras import service_extra
from grader.cli.options import PATH_TYPE, database_option, emit, lang_option

LEVELS = ("debug", "info", "warning", "error")


@click.command()
@click.argument("course", metavar="COURSE", type=PATH_TYPE)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="The port; 0 for any free one.")
@click.option(
    "--address",
    metavar="URL",
    help="The address that browsers use, if it differs, such as https://grader.example.org behind a proxy.",
)
@click.option(
    "--student", metavar="ID", multiple=True, help="Also print a sign-in link for this student. Can be repeated."
)
@click.option("--roster", metavar="FILE", type=PATH_TYPE, help="The table of people. Default: roster.csv in COURSE.")
@click.option(
    "--import",
    "submissions",
    metavar="DIR",
    type=PATH_TYPE,
    help="Hand in every submission in this folder that has not been handed in yet.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    help="How many processes serve; one is enough for thousands of students.",
)
@click.option(
    "--log-level", type=click.Choice(LEVELS), default="info", help="The lowest level that is logged to standard error."
)
@click.option("--metrics", is_flag=True, show_default=False, help="Serve /metrics in the text format of Prometheus.")
@click.option(
    "--lti",
    metavar="FILE",
    type=PATH_TYPE,
    show_default=False,
    help="The learning platforms that may sign people in. Default: lti.toml in COURSE, if it exists.",
)
@database_option
@lang_option
def serve(
    course: Path,
    host: str,
    port: int,
    address: str | None,
    student: tuple[str, ...],
    roster: Path | None,
    submissions: Path | None,
    workers: int,
    log_level: str,
    metrics: bool,
    lti: Path | None,
    database: str | None,
    lang: str,
) -> int:
    """Serve a course: hand in, mark and review in the browser.

    COURSE is a folder with answer_keys/. The first start creates its database; every start adds the people in its
    roster.csv and prints a sign-in link for the instructor. Press Ctrl-C to stop.

    \b
    Examples:
      grader serve .
      grader serve my-course --port 8080 --student student-01
      grader serve my-course --roster students.csv --import submissions
      grader serve my-course --workers 2 --metrics --log-level warning
      grader serve my-course --address https://grader.example.org --database postgresql+psycopg://grader@db/grader
    """
    speak(lang)
    with service_extra("serve"):
        from grader.service.web.serve import ServeRequest, serve_course
    where = (course, host, port, address, database, lang)
    serve_course(ServeRequest(*where, student, roster, submissions, workers, log_level, metrics, lti), emit, warn)
    return 0
