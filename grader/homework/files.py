"""From a path or bytes to a checked document; from an id to its assignment's folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import AuthorError, GraderError, Place, StudentError, UsageError
from grader.homework.assignment import Assignment, AssignmentDocument
from grader.homework.names import unknown_assignment, unknown_part, unknown_question
from grader.homework.readers import ID, RefusedError
from grader.homework.submission import Key, Submission
from grader.homework.tables import RefusedTableError, first_refusal, whole_refusal
from grader.homework.toml import read_bytes, read_toml
from grader.messages import sentence
from grader.messages.names import nearest, shown

if TYPE_CHECKING:
    from grader.homework.lines import Lines

KEYS_FOLDER = "answer_keys"
KEYS_VARIABLE = "GRADER_KEYS"
ASSIGNMENT_FILE = "assignment.toml"
KEY_FILE = "key.toml"
MOST_GIVENS = 2
"""The most givens that a message about a formula locates by line."""


def load_assignment(path: Path) -> Assignment:
    """The assignment in a file, or in the file `assignment.toml` of a folder.

    Raises AuthorError with file and line.
    """
    path = path / ASSIGNMENT_FILE if path.is_dir() else path
    data = read_bytes(path, AuthorError)
    assignment = read_assignment(data, str(path))
    folder = path.resolve().parent.name
    if path.name == ASSIGNMENT_FILE and folder != assignment.id:
        raise AuthorError(
            sentence(
                "expected the id of the assignment to be the name of its folder {folder}, received {id!r}",
                folder=shown(folder),
                id=assignment.id,
            ),
            Place(file=str(path), line=line_of(data, "assignment", "id")),
        )
    return assignment


def read_assignment(data: bytes, file: str) -> Assignment:
    """The assignment in the bytes of a file.

    Raises AuthorError with file and line.
    """
    values, text = read_toml(data, file, AuthorError)
    if not values:
        raise AuthorError(sentence("the file is empty: expected [assignment] and [[questions]]"), Place(file=file))
    try:
        document = AssignmentDocument.read(values)
    except RefusedTableError as problem:
        raise AuthorError(*first_refusal(problem, values, text, file)) from None
    assignment = document.whole()
    try:
        assignment.check()
    except RefusedError as error:
        raise AuthorError(*whole_refusal(error, values, text, file)) from None
    return assignment


def locate(error: GraderError, path: Path) -> GraderError:
    """The same error with the file, and the line of the formula or part that it is about."""
    path = path / ASSIGNMENT_FILE if path.is_dir() else path
    try:
        text = read_bytes(path, AuthorError).decode("utf-8-sig")
        ids = [question.id for question in read_assignment(text.encode(), str(path)).questions]
    except (GraderError, UnicodeDecodeError):
        return error.at(file=str(path))
    from grader.homework.lines import Lines

    lines = Lines(text)
    if error.place.question not in ids:
        return error.at(file=str(path), line=_line_in(lines, error.place.path, text, error.place.below))
    question = ("questions", ids.index(error.place.question))
    if error.place.path:
        line = _line_in(lines, (*question, *error.place.path), text, error.place.below)
        return error.at(file=str(path), line=line)
    name = error.place.name or ""
    known = (lines.known((*question, table, name)) for table in ("compute", "parts", "given", "symbols"))
    line = next(filter(None, known), lines.known(question))
    places = [(given, lines.known((*question, "given", given))) for given in error.place.givens[:MOST_GIVENS]]
    return _beside_givens(error, [(given, at) for given, at in places if at is not None]).at(file=str(path), line=line)


def _line_in(lines: Lines, path: tuple[str | int, ...], text: str, below: int) -> int | None:
    """The line in the document of a given line of one of its texts."""
    line = lines.of(path) if path else None
    if line is None:
        return None
    opened = text.splitlines()[line - 1].rstrip()
    return line + below + opened.endswith(('= """', "= '''", '="""', "='''"))


def _beside_givens(error: GraderError, places: list[tuple[str, int]]) -> GraderError:
    """The same error, whose message also names the lines of the givens passed to the failing call."""
    if not places:
        return error
    said, *more = [sentence("{given} is given in line {line}", given=given, line=line) for given, line in places]
    for one in more:
        said = sentence("{one}, {more}", one=said, more=one)
    return type(error)(sentence("{said} ({where})", said=error.said, where=said), error.place)


def read_submission(data: bytes, file: str) -> Submission:
    """The submission in the bytes of a file or of standard input; a `Key` if it has a digest.

    Raises StudentError with file and line for a document that cannot be graded. Names of questions and parts are
    checked by `check_names`, once the assignment is known.
    """
    values, text = read_toml(data, file, StudentError)
    if not values:
        said = sentence("the file is empty: expected assignment, student and [answers.…]")
        raise StudentError(said, Place(file=file))
    model = Key if "digest" in values else Submission
    try:
        return model.read(values)
    except RefusedTableError as problem:
        raise StudentError(*first_refusal(problem, values, text, file)) from None


def sender(data: bytes) -> Submission | None:
    """The student and assignment named by a submission that cannot otherwise be graded; None if it names none."""
    try:
        values, _ = read_toml(data, "", StudentError)
    except StudentError:
        return None
    for said in (("assignment", "student", "submitted_at"), ("assignment", "student")):
        try:
            return Submission.read({name: values[name] for name in said if name in values})
        except RefusedTableError:
            continue
    return None


def check_names(submission: Submission, assignment: Assignment, file: str, data: bytes = b"") -> None:
    """Check that every answered question and part is asked, and that the variant exists; `data` gives the line.

    Raises StudentError at the first that is not, with the nearest name and the known ones.
    """
    if submission.variant is not None:
        from grader.homework.variants import check_declared

        check_declared(submission, assignment, Place(file=file, line=line_of(data, "variant")))
    questions = {question.id: question for question in assignment.questions}
    for id, answers in submission.answers.items():
        if id not in questions:
            raise StudentError(unknown_question(id, questions), Place(file=file, line=line_of(data, "answers", id)))
        parts = questions[id].parts
        for name in answers:
            if name not in parts:
                elsewhere = [other.id for other in assignment.questions if name in other.parts]
                asked_there = elsewhere[0] if len(elsewhere) == 1 and nearest(name, parts) is None else None
                raise StudentError(
                    unknown_part(name, id, parts, asked_there), Place(file, line_of(data, "answers", id, name))
                )


def line_of(data: bytes, *path: str | int) -> int | None:
    """The line of a key path, see `Lines`."""
    from grader.homework.lines import Lines

    return Lines(data.decode("utf-8-sig", "replace")).of(path) if data else None


def nearby(path: Path) -> str:
    """The path relative to the current folder if it is below it, else unchanged."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def find_keys_dir(given: Path | None = None, submission: Path | None = None) -> Path:
    """The folder that holds the assignments.

    It is the one given (`--keys`), else GRADER_KEYS, else `answer_keys/` in the current folder or above, else above
    the submission. Raises UsageError where there is none.
    """
    named = given or (Path(os.environ[KEYS_VARIABLE]) if os.environ.get(KEYS_VARIABLE) else None)
    if named is not None:
        if not named.is_dir():
            raise UsageError(sentence("expected a folder of assignments, received {path}", path=shown(str(named))))
        return named
    starts = [Path.cwd(), *([submission.resolve().parent] if submission else [])]
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / KEYS_FOLDER).is_dir():
                return folder / KEYS_FOLDER
    raise UsageError(
        sentence(
            "no folder answer_keys in {folder} or above: name it with --keys or {variable}",
            folder=shown(str(starts[0])),
            variable=KEYS_VARIABLE,
        )
    )


def assignment_ids(keys_dir: Path) -> list[str]:
    """The ids of the assignments in the folder, sorted: its subfolders with an assignment.toml."""
    return sorted(entry.name for entry in _folders(keys_dir))


def _folders(keys_dir: Path) -> Iterator[Path]:
    for entry in keys_dir.iterdir():
        if ID.fullmatch(entry.name) and (entry / ASSIGNMENT_FILE).is_file():
            yield entry


def find_assignment(keys_dir: Path, id: str, file: str | None = None, data: bytes = b"") -> Path:
    """The folder of an assignment; an id never leads out of `keys_dir`.

    Raises StudentError for an unknown id, with the nearest known one; where a submission names the id, `file` and its
    bytes `data` give the place.
    """
    known = assignment_ids(keys_dir)
    if id not in known:
        raise StudentError(unknown_assignment(id, known), Place(file=file, line=line_of(data, "assignment")))
    return keys_dir / id
