"""`grader check`: grade one submission."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.boundary import explain, speak, warn
from grader.cli.options import (
    Format,
    FormatOption,
    KeysOption,
    LangOption,
    RevealOption,
    SubmissionArgument,
    emit,
    in_colour,
    nearby,
    width,
)
from grader.cli.source import submission_bytes
from grader.errors import StudentError
from grader.messages.languages import SOURCE, Language

if TYPE_CHECKING:
    from grader.homework.submission import Submission
    from grader.marking.report import Report


def check(
    submission: SubmissionArgument,
    keys: KeysOption = None,
    format: FormatOption = Format.terminal,
    reveal: Annotated[RevealOption, typer.Option("--reveal", help="When right answers are shown.")] = (
        RevealOption.never
    ),
    lang: LangOption = SOURCE,
) -> int:
    """Grade one submission, part by part.

    Leaves with 0 when every point that a machine can give was earned, with 1 when not, with 2 when the submission
    could not be graded.

    \b
    Examples:
      grader check submissions_example/cnn-foundations/paper-000.toml
      grader check paper.toml --keys course/answer_keys --reveal wrong
      cat paper.toml | grader check - --format json
      grader check paper.toml --lang fa
    """
    say = speak(lang)
    read: list[Submission] = []
    try:
        report = _graded(submission, keys, read)
        text = _rendered(report, format, reveal, say)
    except Exception as error:
        if format is Format.json:
            from grader.reports.json import render_rejected

            known = read[0] if read else None
            emit(
                render_rejected(
                    explain(error),
                    assignment=known.assignment if known else None,
                    student=known.student if known else None,
                )
            )
        raise
    for said in report.warnings:
        warn(said)
    from grader.homework.submission import nobody, unnamed

    if unnamed(read[0].student):
        warn(nobody())
    emit(text)
    return 0 if report.earned_all else 1


def _graded(name: str, keys: Path | None, read: list[Submission]) -> Report:
    """The report; the submission is left in `read` as soon as it is known, for the message if grading fails."""
    from dataclasses import replace

    from grader.homework.files import (
        KEY_FILE,
        check_names,
        find_assignment,
        find_keys_dir,
        read_submission,
        sender,
    )
    from grader.homework.keys import key_warnings
    from grader.homework.solution import open_solution
    from grader.marking.mark import mark

    data, file, path = submission_bytes(name)
    try:
        submission = read_submission(data, file)
    except StudentError:
        read.extend(filter(None, [sender(data)]))
        raise
    read.append(submission)
    folder = find_assignment(find_keys_dir(keys, path), submission.assignment, file, data)
    solution = open_solution(folder)
    check_names(submission, solution.assignment, file, data)
    key = folder / KEY_FILE
    return replace(mark(solution, submission), warnings=key_warnings(key, nearby(key), solution))


def _rendered(report: Report, format: Format, reveal: RevealOption, say: Language) -> str:
    if format is Format.json:
        from grader.reports import json

        return json.render(report, reveal=reveal.value, say=say)
    if format is Format.markdown:
        from grader.reports import markdown

        return markdown.render(report, reveal=reveal.value, say=say)
    from grader.reports import terminal

    return terminal.render(report, reveal=reveal.value, width=width(), colour=in_colour(), say=say)
