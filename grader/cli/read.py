"""`grader read`: how each answer of a submission is read, without a key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.boundary import speak
from grader.cli.options import (
    emit,
    format_option,
    in_colour,
    keys_option,
    lang_option,
    submission_argument,
    width,
)
from grader.cli.source import submission_bytes
from grader.errors import GraderError, UnreadableError
from grader.messages import Sentence, sentence

if TYPE_CHECKING:
    from grader.answers.spec import AnswerSpec
    from grader.homework.submission import Submission
    from grader.reports.reading import AnswerReading, SubmissionReading


@click.command()
@submission_argument
@keys_option
@format_option
@lang_option
def read(submission: str, keys: Path | None, format: str, lang: str) -> int:
    """Show how each answer is read.

    SUBMISSION is a TOML file, or - for standard input.
    As which number, shape, matrix or formula; no key is needed, and nothing of one is shown.

    \b
    Examples:
      grader read my-answers.toml
      grader read my-answers.toml --format json
    """
    from grader.homework.files import read_submission
    from grader.reports import reading

    say = speak(lang)
    data, file, path = submission_bytes(submission)
    document = read_submission(data, file)
    found = _read_all(document, _kinds(document, file, data, keys, path))
    if format == "json":
        emit(reading.json(found, say=say))
    elif format == "markdown":
        emit(reading.markdown(found, say=say))
    else:
        emit(reading.terminal(found, width=width(), colour=in_colour(), say=say))
    return 0


Kinds = tuple[dict[tuple[str, str], "AnswerSpec"], Sentence | None]
"""What each part is read as, by question and part; and why nothing is known, where nothing is."""


def _read_all(document: Submission, kinds: Kinds) -> SubmissionReading:
    from grader.reports.reading import SubmissionReading

    spec, warning = kinds
    answers = tuple(
        _read_one(question, part, raw, spec.get((question, part)))
        for question, parts in document.answers.items()
        for part, raw in parts.items()
    )
    return SubmissionReading(document.assignment, document.student, answers, warning)


def _kinds(document: Submission, file: str, data: bytes, keys: Path | None, path: Path | None) -> Kinds:
    """What each part is read as, by the assignment; nothing where there is none, unless `--keys` promised one."""
    from grader.homework.files import check_names, find_assignment, find_keys_dir
    from grader.homework.solution import open_solution

    try:
        solution = open_solution(find_assignment(find_keys_dir(keys, path), document.assignment))
    except (GraderError, OSError) as error:
        if keys is not None:
            raise
        return {}, sentence(
            "kinds are guessed, for no assignment could be read: {reason}",
            reason=error.located if isinstance(error, GraderError) else str(error),
        )
    check_names(document, solution.assignment, file, data)
    return {
        (question, name): part.spec
        for question, solved in solution.questions.items()
        for name, part in solved.parts.items()
    }, None


def _read_one(question: str, part: str, raw: Any, spec: AnswerSpec | None) -> AnswerReading:
    from grader.answers import guess_spec, plain, read_answer, shown
    from grader.reports.reading import AnswerReading

    meant = guess_spec(raw) if spec is None else spec
    start = AnswerReading(question, part, meant.kind, spec is None, raw)
    try:
        answer = read_answer(raw, meant)
    except UnreadableError as error:
        return replace(start, readable=False, notes=(error.said,))
    return replace(start, read=plain(answer), text="" if answer.blank else shown(answer), notes=tuple(answer.notes))
