"""Converting form input to a submission, and a submission to form input.

Every answer is the text that a person wrote. The file made from it has exactly that text, so that `grader check` reads
the same as the page did.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from grader.errors import StudentError
from grader.homework.files import read_submission
from grader.homework.submission import Submission
from grader.messages import sentence
from grader.service.forms.spelling import spelled

if TYPE_CHECKING:
    from grader.answers.spec import AnswerSpec

Answers = Mapping[str, Mapping[str, str]]
"""What was typed, by question and part."""
MOST_TYPED = 100_000
"""Characters of one answer."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPES = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def normalised(written: str) -> str:
    r"""A text with LF at the end of each line: browsers send CRLF.

    >>> normalised("1 2\r\n3 4")
    '1 2\n3 4'
    """
    return written.replace("\r\n", "\n").replace("\r", "\n") if "\r" in written else written


def submission_bytes(
    assignment: str, student: str, submitted_at: datetime | None, answers: Answers, variant: str | None = None
) -> bytes:
    """The submission with what was typed: the file that a student keeps and `grader check` grades.

    Raises:
        StudentError: a text that a file cannot hold or that is too long, or a document that cannot be graded.
    """
    lines = [f"assignment = {_string(assignment)}", f"student = {_string(student)}"]
    if variant is not None:
        lines.append(f"variant = {_string(variant)}")
    if submitted_at is not None:
        lines.append(f"submitted_at = {submitted_at.isoformat(sep='T', timespec='seconds')}")
    for question, parts in answers.items():
        lines += ["", f"[answers.{_key(question)}]", *_part_lines(question, parts)]
    data = ("\n".join(lines) + "\n").encode()
    _check(read_submission(data, f"{assignment}.toml"), answers)
    return data


def typed_of(
    data: bytes,
    specs: Mapping[tuple[str, str], AnswerSpec] | None = None,
    file: str = "submission.toml",
    only: Container[str] | None = None,
) -> dict[str, dict[str, str]]:
    """The form input for a submission: numbers and lists as texts that are read the same.

    `specs` tell how parts are read; parts without a spec get the first spelling of their value. `only` names the parts
    that are wanted, such as `q1.a`; all of them without it.

    Raises:
        StudentError: the submission cannot be graded.
    """
    told = specs or {}
    return {
        question: {
            part: spelled(raw, told.get((question, part)))
            for part, raw in parts.items()
            if only is None or f"{question}.{part}" in only
        }
        for question, parts in read_submission(data, file).answers.items()
    }


def _part_lines(question: str, parts: Mapping[str, str]) -> Iterator[str]:
    for part, written in parts.items():
        if len(written) > MOST_TYPED:
            said = sentence(
                "{question}.{part}: expected an answer of at most {limit:,} characters, received {received:,}",
                question=question,
                part=part,
                limit=MOST_TYPED,
                received=len(written),
            )
            raise StudentError(said)
        if _SURROGATE.search(written):
            said = sentence("{question}.{part}: expected text, received half a character", question=question, part=part)
            raise StudentError(said)
        yield f"{_key(part)} = {_string(normalised(written))}"


def _check(document: Submission, answers: Answers) -> None:
    """Check that the file is read as exactly what was typed."""
    wanted = {question: dict(parts) for question, parts in answers.items()}
    if document.answers != {
        question: {part: normalised(written) for part, written in parts.items()} for question, parts in wanted.items()
    }:
        raise AssertionError("the submission does not hold what was typed")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _basic(name)


def _string(text: str) -> str:
    r"""A text as a TOML string, verbatim where possible.

    >>> print(_string(r"\frac{1}{2}"), _string("don't"))
    '\frac{1}{2}' "don't"
    """
    as_it_is = all(char.isprintable() or char in "\n\t" for char in text)
    if as_it_is and "\n" not in text and "'" not in text:
        return f"'{text}'"
    if as_it_is and "\n" in text and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}'''"
    return _basic(text)


def _basic(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
