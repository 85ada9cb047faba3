"""The grader from Python: load an assignment, grade submissions, get reports.

The interface for the command line, notebooks and web services. It knows documents, marking and reports, and prints
nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import AuthorError, Place, StudentError
from grader.formula.arithmetic import as_lists
from grader.homework.files import KEY_FILE, check_names, locate, nearby, read_submission
from grader.homework.names import unknown_assignment
from grader.homework.toml import read_bytes
from grader.marking.marker import Marker
from grader.messages import sentence
from grader.reports.report import Report
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.homework.solution import Solution
    from grader.homework.submission import Submission
    from grader.messages import Sentence

PathLike = str | os.PathLike[str]
Submitted = PathLike | bytes | Mapping[str, Any]
_DEEPEST = 100


class LoadedAssignment(Struct, eq=False):
    """An assignment ready to grade with: its key is computed once.

    Made by `load_assignment`. `folder` is where it was found.
    """

    marker: Marker
    folder: Path

    @property
    def solution(self) -> Solution:
        """The assignment's questions, solved."""
        return self.marker.solution

    @property
    def id(self) -> str:
        """The id by which submissions name it."""
        return self.solution.assignment.id

    @property
    def title(self) -> str:
        """The title as people read it."""
        return self.solution.assignment.title

    @property
    def points(self) -> Decimal:
        """The sum of the points of all parts."""
        return sum((part.points for each in self.solution for part in each.question.parts.values()), Decimal())

    @cached_property
    def warnings(self) -> tuple[Sentence, ...]:
        """What a reader of the marks should know: the committed key is missing, or does not match the assignment."""
        from grader.homework.keys import key_warnings

        key = self.folder / KEY_FILE
        return key_warnings(key, nearby(key), self.solution)


def load_assignment(path: PathLike) -> LoadedAssignment:
    """Load an assignment from its folder, or from its `assignment.toml`, and compute its key.

    Raises AuthorError, with file and line where they are known, for an assignment that cannot be read or computed.

    >>> assignment = load_assignment("answer_keys/cnn-foundations")
    >>> assignment.id, str(assignment.points)
    ('cnn-foundations', '20')
    """
    from grader.homework.solution import open_solution

    found = Path(path)
    solution = open_solution(found)
    try:
        marker = Marker(solution)
    except AuthorError as error:
        raise locate(error, found) from None
    return LoadedAssignment(marker, found if found.is_dir() else found.parent)


def grade(assignment: LoadedAssignment | PathLike, submission: Submitted, *, name: str = "submission") -> Report:
    """Grade one submission to an assignment.

    Args:
        assignment: what `load_assignment` returned, or a path for it. Load it once to grade many submissions.
        submission: a path; or the TOML document itself, as bytes or as text of several lines; or its content as a
            mapping with `student` and `answers`, in which `answers[question][part]` is a number, a text, a list or a
            NumPy array.
        name: the name of a submission without a path in error messages.

    Raises:
        AuthorError: the assignment cannot be read or computed.
        StudentError: the submission cannot be graded as a document: not TOML, another assignment, an unknown part. An
            answer that cannot be read raises nothing: its part is `unreadable` and the others are graded.

    >>> report = grade("answer_keys/cnn-foundations", {"student": "student-01", "answers": {"q4": {"Z": "40/4"}}})
    >>> report
    <Report cnn-foundations 'student-01': 1 / 20, graded>
    >>> [(part.id, part.verdict) for part in report.questions[-1].parts]
    [('O', 'missing'), ('Z', 'correct'), ('dF', 'missing'), ('dX', 'missing')]
    >>> print(report.to_markdown().splitlines()[0])
    # cnn-foundations: Homework 4: convolution, sizes, backpropagation
    """
    loaded = assignment if isinstance(assignment, LoadedAssignment) else load_assignment(assignment)
    data, file = document(submission, loaded.id, name)
    return grade_read(loaded, read_submission(data, file), data, file)


def grade_read(assignment: LoadedAssignment, submission: Submission, data: bytes, file: str) -> Report:
    """Grade a submission read from the bytes of a file; `data` and `file` are for places in error messages.

    Raises StudentError for a submission to another assignment, or with an unknown question or part.
    """
    if submission.assignment != assignment.id:
        raise StudentError(unknown_assignment(submission.assignment, [assignment.id]), Place(file=file))
    check_names(submission, assignment.solution.assignment, file, data)
    marked = assignment.marker.mark(submission)
    asked = assignment.solution if marked.variant is None else assignment.solution.variant(marked.variant.id)
    return Report.of(marked, asked, assignment.warnings)


def document(submission: Submitted, assignment: str, name: str = "submission") -> tuple[bytes, str]:
    """The bytes of a submission, as its file would hold them, and its name in messages.

    Raises StudentError for a file that cannot be read, and for a mapping that TOML cannot hold.
    """
    if isinstance(submission, bytes | bytearray):
        return bytes(submission), name
    if isinstance(submission, Mapping):
        return _as_toml({"assignment": assignment, **submission}, name), name
    if isinstance(submission, str) and "\n" in submission:
        return submission.encode("utf-8", "surrogatepass"), name
    path = Path(submission)
    return read_bytes(path), str(path)


def _as_toml(values: Mapping[str, Any], name: str) -> bytes:
    """A mapping as a TOML document, so that it goes through the same limits and the same reader as a file."""
    import tomli_w

    try:
        return tomli_w.dumps(_plain(values, _DEEPEST)).encode()
    except (TypeError, ValueError, RecursionError) as error:
        said = sentence("expected numbers, texts, lists and arrays: {reason}", reason=str(error))
        raise StudentError(said, Place(file=name)) from None


def _plain(value: Any, depth: int) -> Any:
    """A value as TOML can hold it: arrays as lists, floats with the digits that Python prints, None left out."""
    if not depth:
        raise ValueError("nested too deeply")
    value = as_lists(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(entry, depth - 1) for key, entry in value.items() if entry is not None}
    if isinstance(value, list | tuple):
        return ["" if entry is None else _plain(entry, depth - 1) for entry in value]
    return str(value) if isinstance(value, Fraction) else value
