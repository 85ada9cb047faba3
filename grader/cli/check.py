"""`grader check`: grade one submission."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.boundary import explain, speak, warn
from grader.cli.options import (
    emit,
    format_option,
    in_colour,
    keys_option,
    lang_option,
    reveal_option,
    submission_argument,
    width,
)
from grader.cli.source import submission_bytes
from grader.errors import StudentError

if TYPE_CHECKING:
    from grader.homework.submission import Submission
    from grader.reports import Reveal
    from grader.reports.report import Report


@click.command()
@submission_argument
@keys_option
@format_option
@reveal_option
@lang_option
def check(submission: str, keys: Path | None, format: str, reveal: Reveal, lang: str) -> int:
    """Grade one submission, part by part.

    SUBMISSION is a TOML file, or - for standard input.

    The exit status is 0 if the submission earned every point that a machine can give, 1 if it did not, and 2 if it
    could not be graded.

    \b
    Examples:
      grader check submissions_example/cnn-foundations/paper-000.toml
      grader check paper.toml --keys course/answer_keys --reveal wrong
      cat paper.toml | grader check - --format json
      grader check paper.toml --lang fa
    """
    speak(lang)
    read: list[Submission] = []
    try:
        report = _graded(submission, keys, read)
        text = _written(report, format, reveal, lang)
    except Exception as error:
        if format == "json":
            emit(_rejected(error, read))
        raise
    from grader.homework.submission import nobody, unnamed

    for said in report.warnings:
        warn(said)
    if report.staff_note is not None:
        warn(report.staff_note)
    if unnamed(report.student):
        warn(nobody())
    emit(text)
    return 0 if report.earned_all else 1


def _graded(name: str, keys: Path | None, read: list[Submission]) -> Report:
    """The report. The submission is appended to `read` as soon as it is known: a failure can then name its student."""
    from grader.api import grade_read, load_assignment
    from grader.homework.files import find_assignment, find_keys_dir, read_submission, sender

    data, file, path = submission_bytes(name)
    try:
        submission = read_submission(data, file)
    except StudentError:
        read.extend(filter(None, [sender(data)]))
        raise
    read.append(submission)
    folder = find_assignment(find_keys_dir(keys, path), submission.assignment, file, data)
    return grade_read(load_assignment(folder), submission, data, file)


def _rejected(error: Exception, read: list[Submission]) -> str:
    """The report on a submission that could not be graded, as JSON."""
    from grader.reports.json import render_rejected

    known = read[0] if read else None
    return render_rejected(
        explain(error),
        assignment=known.assignment if known else None,
        student=known.student if known else None,
    )


def _written(report: Report, format: str, reveal: Reveal, lang: str) -> str:
    if format == "json":
        return report.to_json(reveal=reveal, lang=lang)
    if format == "markdown":
        return report.to_markdown(reveal=reveal, lang=lang)
    return report.to_text(reveal=reveal, lang=lang, width=width(), colour=in_colour())
