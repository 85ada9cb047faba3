"""The committed key: a submission that earns every automatically marked point; the same bytes wherever it is built."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.errors import AuthorError
from grader.homework.entries import KEY_HEADING, round_entry, toml
from grader.homework.pieces import changes, comments, pieces, read_comments
from grader.homework.tables import digest
from grader.messages import Sentence, sentence
from grader.messages.names import shown

if TYPE_CHECKING:
    from grader.homework.assignment import Assignment
    from grader.homework.solution import Solution
    from grader.homework.submission import Submission

NOISE = 1e-12
FITTED: Final = object()
"""In place of the text of a formula that was not requested, because it would have to be fitted."""
UNIT = 1.01e-11  # values rounded separately to 12 digits may differ by one unit of the last


def _noise(entry: Any) -> float:
    """The largest difference that rounding on another machine may cause, in proportion to the largest number."""
    return NOISE * max(_numbers(entry), default=0.0)


def _numbers(entry: Any) -> Iterator[float]:
    if isinstance(entry, list | tuple):
        for inner in entry:
            yield from _numbers(inner)
    elif isinstance(entry, float | int) and not isinstance(entry, bool):
        yield min(abs(entry), 1e300)


def key_entries(solution: Solution, *, fit: bool = True) -> dict[str, dict[str, Any]]:
    """The automatically marked parts of each question, with their rounded entries.

    Without `fit`, the entry is `FITTED` for a formula whose text would have to be fitted.
    """
    entries: dict[str, dict[str, Any]] = {}
    for id, question in solution.questions.items():
        for name, part in question.parts.items():
            entry = part.key_entry if fit or part.fit is None else FITTED
            if entry is not None:
                entries.setdefault(id, {})[name] = entry if entry is FITTED else round_entry(entry)
    return entries


def build_key_text(assignment: Assignment, solution: Solution | None = None) -> str:
    """The text of `key.toml`: the same bytes wherever it is built.

    Raises AuthorError if the assignment cannot be solved or a key is not finite.
    """
    head = {"assignment": assignment.id, "student": "key", "digest": digest(assignment)}
    lines = [KEY_HEADING, *(f"{name} = {toml(text)}\n" for name, text in head.items())]
    for id, parts in key_entries(solution or _solve(assignment)).items():
        lines.append(f"\n[answers.{id}]\n")
        lines.extend(f"{name} = {toml(entry)}\n" for name, entry in parts.items())
    return "".join(lines)


def key_file_text(assignment: Assignment, solution: Solution) -> str:
    """The text of the committed key file: the key, with comments on what it was built from."""
    built_from = "".join(f"{line}\n" for line in comments(pieces(assignment)))
    return f"{build_key_text(assignment, solution)}\n{built_from}"


def changed_pieces(folder: Path) -> list[Sentence]:
    """What has changed in an assignment since its committed key was built; [] if the key has no record of it.

    Raises AuthorError where the assignment cannot be read.
    """
    from grader.homework.files import KEY_FILE, load_assignment

    key = folder / KEY_FILE
    before = read_comments(key.read_text(encoding="utf-8-sig", errors="replace")) if key.is_file() else {}
    return list(changes(before, pieces(load_assignment(folder))))


def _solve(assignment: Assignment) -> Solution:
    from grader.homework.solution import solve

    return solve(assignment)


def check_key(folder: Path) -> list[Sentence]:
    """The differences between the committed key in a folder and the key computed now.

    Raises AuthorError where the assignment cannot be read or solved.
    """
    from grader.homework.files import ASSIGNMENT_FILE, KEY_FILE, load_assignment, locate

    assignment = load_assignment(folder / ASSIGNMENT_FILE)
    path = folder / KEY_FILE
    if not path.is_file():
        return [sentence("{file} is missing: run `grader keys build`", file=f"{folder.resolve().name}/{KEY_FILE}")]
    try:
        solution = _solve(assignment)
        key_entries(solution)
    except AuthorError as problem:
        raise locate(problem, folder / ASSIGNMENT_FILE) from None
    try:
        committed = _committed(path)
    except AuthorError as problem:
        file = f"{folder.resolve().name}/{KEY_FILE}"
        return [sentence("{file} cannot be read: {reason}; run `grader keys build`", file=file, reason=_where(problem))]
    return differences(committed, solution)


def key_warnings(key: Path, file: str, solution: Solution) -> tuple[Sentence, ...]:
    """A warning, without any value, if the committed key (called `file`) does not match the assignment.

    Formulas whose text would have to be fitted are left to `grader keys check`: fitting takes longer than grading.
    """
    try:
        count = len(differences(_committed(key), solution, fit=False))
    except AuthorError:
        return (
            sentence(
                "{file} is missing or cannot be read; marks come from the assignment (see `grader keys check`)",
                file=file,
            ),
        )
    if not count:
        return ()
    return (
        sentence(
            "{file} and the assignment disagree (differences: {count}); marks come from the assignment "
            "(see `grader keys check`)",
            file=file,
            count=count,
        ),
    )


def _where(problem: AuthorError) -> str:
    """What is wrong with a key and on which line; the caller names the file."""
    line = problem.place.line
    return f"line {line}: {problem.said}" if line is not None else str(problem.said)


def _committed(path: Path) -> Submission:
    """The committed key; an error in it becomes an AuthorError."""
    from grader.errors import StudentError
    from grader.homework.files import read_submission
    from grader.homework.toml import read_bytes

    try:
        return read_submission(read_bytes(path, AuthorError), str(path))
    except StudentError as problem:
        raise AuthorError(problem.said, problem.place) from None


def differences(committed: Submission, solution: Solution, *, fit: bool = True) -> list[Sentence]:
    """The differences between a committed key and the computed one, in the order of the assignment."""
    found = []
    wanted = {"assignment": solution.assignment.id, "student": "key", "digest": solution.digest}
    for name, value in wanted.items():
        received = getattr(committed, name, None)
        if received != value:
            found.append(
                sentence(
                    "{name}: expected {expected}, committed {received}",
                    name=name,
                    expected=value,
                    received="none" if received is None else received,
                )
            )
    computed = key_entries(solution, fit=fit)
    for id in dict.fromkeys([*computed, *committed.answers]):
        parts, answers = computed.get(id, {}), committed.answers.get(id, {})
        for name in dict.fromkeys([*parts, *answers]):
            found.extend(difference(f"{id}.{name}", parts.get(name), answers.get(name)))
    return found


def difference(part: str, computed: Any, committed: Any) -> Iterator[Sentence]:
    """The message about one part, if its two entries differ."""
    if committed is None:
        yield sentence(
            "{part}: computed {computed}, but the committed key has no such part", part=part, computed=_brief(computed)
        )
    elif computed is None:
        yield sentence(
            "{part}: committed {committed}, but the key has no such part", part=part, committed=_brief(committed)
        )
    elif computed is not FITTED and not _same(computed, committed, _noise(computed)):
        yield sentence(
            "{part}: computed {computed}, committed {committed}",
            part=part,
            computed=_brief(computed),
            committed=_brief(committed),
        )


def _same(computed: Any, committed: Any, noise: float) -> bool:
    """Whether two entries are equal: floats up to rounding to 12 digits, integers and texts exactly."""
    if isinstance(computed, list):
        return (
            isinstance(committed, list)
            and len(computed) == len(committed)
            and all(_same(one, other, noise) for one, other in zip(computed, committed, strict=True))
        )
    if isinstance(computed, float) and isinstance(committed, int | Decimal) and not isinstance(committed, bool):
        given = float(Decimal(committed))
        return (computed == 0) == (given == 0) and math.isclose(computed, given, rel_tol=UNIT, abs_tol=noise)
    return type(computed) is type(committed) and bool(computed == committed)


def _brief(entry: Any) -> str:
    """An entry on one line of at most 200 characters, as TOML writes it."""
    text = _plain(entry)
    return text if len(text) <= 200 else text[:199] + "…"


def _plain(entry: Any) -> str:
    if isinstance(entry, list | tuple):
        return "[" + ", ".join(map(_plain, entry)) + "]"
    return shown(entry)
