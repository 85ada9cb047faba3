"""`grader read`: how each answer of a submission is read, without a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.boundary import speak, warn
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
    from grader.answers.kinds import Kind
    from grader.answers.spec import AnswerSpec
    from grader.answers.values import Reading
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

    Each answer is shown as the number, shape, matrix or formula that `grader check` would read it as. No key is needed,
    and nothing of a key is shown. A submission made from a template does not need its assignment either. The exit
    status is 1 if an answer cannot be read.

    \b
    Examples:
      grader read my-answers.toml
      grader read my-answers.toml --format json
    """
    from grader.homework.files import read_submission
    from grader.homework.submission import nobody, unnamed
    from grader.reports import reading

    say = speak(lang)
    data, file, path = submission_bytes(submission)
    document = read_submission(data, file)
    found = _read_all(document, *_specs(document, file, data, keys, path))
    if unnamed(document.student):
        warn(nobody())
    if format == "json":
        emit(reading.json(found, say=say))
    elif format == "markdown":
        emit(reading.markdown(found, say=say))
    else:
        emit(reading.terminal(found, width=width(), colour=in_colour(), say=say))
    return 0 if all(answer.readable for answer in found.answers) else 1


def _read_all(
    document: Submission, specs: Mapping[tuple[str, str], AnswerSpec], warning: Sentence | None
) -> SubmissionReading:
    from grader.answers.reading import decimal_of, guess_spec
    from grader.reports.reading import SubmissionReading

    answers = [(question, part, raw) for question, parts in document.answers.items() for part, raw in parts.items()]
    known = [specs.get((question, part)) for question, part, _ in answers]
    read_as = [spec or guess_spec(raw) for spec, (_, _, raw) in zip(known, answers, strict=True)]
    decimal = decimal_of((spec, raw) for spec, (_, _, raw) in zip(read_as, answers, strict=True))
    return SubmissionReading(
        document.assignment,
        document.student,
        tuple(
            _read_one(*answer, replace(spec, decimal=decimal), guessed=given is None)
            for answer, spec, given in zip(answers, read_as, known, strict=True)
        ),
        warning,
    )


def _specs(
    document: Submission, file: str, data: bytes, keys: Path | None, path: Path | None
) -> tuple[Mapping[tuple[str, str], AnswerSpec], Sentence | None]:
    """How to read each part: by the assignment, or by the template that the paper was made from.

    Without either, by what each answer looks like; then the sentence says why.
    """
    from grader.homework.files import check_names, find_assignment, find_keys_dir
    from grader.homework.solution import open_solution
    from grader.homework.template import noted

    try:
        solution = open_solution(find_assignment(find_keys_dir(keys, path), document.assignment))
    except (GraderError, OSError) as error:
        if keys is not None:
            raise
        told = noted(data.decode("utf-8-sig", "replace"))
        if all((question, part) in told for question, parts in document.answers.items() for part in parts) and told:
            return told, None
        reason = error.located if isinstance(error, GraderError) else str(error)
        return told, sentence("kinds are guessed, because no assignment could be read: {reason}", reason=reason)
    check_names(document, solution.assignment, file, data)
    return {
        (question, name): part.spec
        for question, solved in solution.questions.items()
        for name, part in solved.parts.items()
    }, None


def _read_one(question: str, part: str, raw: Any, spec: AnswerSpec, *, guessed: bool) -> AnswerReading:
    from grader.answers import plain, read_answer, shown
    from grader.answers.kinds import KINDS
    from grader.reports.reading import AnswerReading

    start = AnswerReading(question, part, spec.kind, guessed, raw)
    try:
        readings = read_answer(raw, spec)
    except UnreadableError as error:
        return replace(start, readable=False, notes=(error.said,))
    others = [reading for reading in readings.all if not reading.natural]
    notes = [*readings.notes, *(also(KINDS[spec.kind], reading) for reading in others)]
    return replace(start, read=plain(readings), text="" if readings.blank else shown(readings), notes=tuple(notes))


def also(kind: Kind, reading: Reading) -> Sentence:
    """The note on a text that may also mean something else."""
    other = "" if reading.value is None else "; ".join(kind.show(reading.value).split("\n"))[:200]
    if not other:
        return sentence("it may also be no answer: if that changes the verdict, a person is asked")
    return sentence("it may also be read as {other}: if that changes the verdict, a person is asked", other=other)
