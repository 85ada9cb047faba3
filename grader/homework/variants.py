"""The variants of an assignment: their numbers, the file that holds them, and which student gets which.

A variant holds the givens that differ from the base, the assignment as written. A student's own variant depends only on
the seed and the student, so no list has to be kept and nobody can choose.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.errors import AuthorError, Place, StudentError
from grader.homework.entries import KEY_HEADING, round_entry, toml
from grader.homework.givens import entry, form, plain_given, put
from grader.homework.names import person_key, unknown_variant
from grader.homework.readers import TEXT, Names
from grader.homework.submission import Key, unnamed
from grader.homework.tables import RefusedTableError, Table, digest, field
from grader.homework.vary import BASE
from grader.messages import sentence
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.homework.assignment import Assignment, Question
    from grader.homework.solution import Solution
    from grader.homework.submission import Submission

VARIANTS_FILE = "variants.toml"
PROSE = frozenset({"title", "prompt", "note", "rubric", "points", "penalty", "credit", "credit_for", "carried"})
"""Fields that no number of a variant depends on, so they may be corrected after the variants are handed out."""

GivensByQuestion = Mapping[str, Mapping[str, Any]]
"""The drawn values, by question and target (`X`, `conv.kernel_size`)."""


class Chosen(NamedTuple):
    """The variant under which a submission is marked, and the one that it declares."""

    id: str
    declared: str | None = None

    @property
    def differs(self) -> bool:
        """Whether the submission declares another one."""
        return self.declared not in (None, self.id)


class Variants(Struct, eq=False):
    """The variants of one assignment."""

    assignment: str
    seed: str
    givens: Mapping[str, GivensByQuestion]
    """The drawn values, by the id of the variant."""

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids, in order, without the base."""
        return tuple(self.givens)

    def own(self, student: str) -> str:
        """The variant of a student: the same for all spellings of a name (letter case, digits, blanks)."""
        message = f"{self.assignment}\0{person_key(student)}".encode()
        found = hmac.new(self.seed.encode(), message, hashlib.sha256).digest()
        return self.ids[int.from_bytes(found) % len(self.ids)]

    def chosen(self, submission: Submission) -> Chosen:
        """The variant of a submission: its student's own; without a student, the declared one, else the base."""
        if unnamed(submission.student) or (isinstance(submission, Key) and submission.student == "key"):
            return Chosen(submission.variant or BASE, submission.variant)
        return Chosen(self.own(submission.student), submission.variant)


def variant_ids(count: int) -> tuple[str, ...]:
    """The ids of `count` variants: v01, v02, ..."""
    return tuple(f"v{number:02d}" for number in range(1, count + 1))


def check_declared(submission: Submission, assignment: Assignment, place: Place) -> None:
    """Check that the variant that a submission declares is one of the assignment's.

    Raises StudentError with the existing ids.
    """
    known = () if assignment.variants is None else variant_ids(assignment.variants.count)
    if submission.variant is not None and submission.variant not in (*known, *([BASE] if known else [])):
        raise StudentError(unknown_variant(submission.variant, assignment.id, known), place)


def question_with(question: Question, drawn: Mapping[str, Any]) -> Question:
    """A question with the values drawn for it."""
    return question.replaced(given=put(question.given, drawn)) if drawn else question


def assignment_with(assignment: Assignment, givens: GivensByQuestion) -> Assignment:
    """The assignment as a variant asks it."""
    questions = [question_with(one, givens.get(one.id, {})) for one in assignment.questions]
    return assignment.replaced(questions=questions)


# -- the file variants.toml --------------------------------------------------------------------------------------------


class VariantTable(Table):
    """One variant: what was drawn, and the resulting key."""

    given: Mapping[str, Mapping[str, Any]] = field(Names(Names(None)), "what was drawn, by question")
    answers: Mapping[str, Mapping[str, Any]] = field(Names(Names(None)), "the key, by question", factory=dict)


class VariantsDocument(Table):
    """The file variants.toml."""

    assignment: str = field(TEXT, "the id of the assignment")
    digest: str = field(TEXT, "sha256 of what the variants were drawn from")
    variants: Mapping[str, Mapping[str, Any]] = field(Names(Names(None)), "the variants by their ids")


def variants_digest(assignment: Assignment) -> str:
    """`sha256:` and the digest of everything that the variants' numbers depend on: not prose, not points."""
    return digest(assignment, without=PROSE)


def read_document(data: bytes, file: str) -> tuple[VariantsDocument, dict[str, VariantTable]]:
    """The file and its variants.

    Raises AuthorError with the file.
    """
    from grader.homework.toml import read_toml

    values, _ = read_toml(data, file, AuthorError)
    try:
        document = VariantsDocument.read(values)
        return document, {id: VariantTable.read(table) for id, table in document.variants.items()}
    except RefusedTableError as problem:
        raise AuthorError(problem.refusals[0].said, Place(file=file)) from None


def read_variants(assignment: Assignment, data: bytes | None, file: str) -> Variants | None:
    """The variants of an assignment from the bytes of its file, None for no file; None where it has no variants.

    Raises AuthorError where the file is missing, stale, or does not fit the assignment.
    """
    if assignment.variants is None:
        return None
    if data is None:
        raise AuthorError(sentence("the variants are not drawn yet: run `grader keys build`"), Place(file=file))
    document, tables = read_document(data, file)
    ids = variant_ids(assignment.variants.count)
    if document.digest != variants_digest(assignment) or tuple(tables) != ids:
        said = sentence("the variants were drawn from another state of the assignment: run `grader keys build`")
        raise AuthorError(said, Place(file=file))
    givens = {id: {question: _plain(drawn) for question, drawn in tables[id].given.items()} for id in ids}
    for id in ids:
        _check_fit(assignment, givens[id], id, file)
    return Variants(assignment.id, assignment.variants.seed, givens)


def _plain(drawn: Mapping[str, Any]) -> dict[str, Any]:
    return {target: plain_given(value) for target, value in drawn.items()}


def _check_fit(assignment: Assignment, givens: GivensByQuestion, id: str, file: str) -> None:
    """Check that the variant has numbers for every question that varies, in the form of the base's."""
    for question in assignment.questions:
        drawn, draws = givens.get(question.id, {}), {} if question.vary is None else question.vary.draws
        fits = drawn.keys() == draws.keys()
        for target in draws if fits else ():
            base = entry(question.given, target)
            fits = fits and (base is None or form(base) == form(drawn[target]))
        if not fits:
            said = sentence(
                "{variant} does not hold what {question} varies: run `grader keys build`",
                variant=id,
                question=question.id,
            )
            raise AuthorError(said, Place(file=file))


def load_variants(assignment: Assignment, folder: Path) -> Variants | None:
    """The variants in the folder of an assignment; None where it has none.

    Raises AuthorError where the file is missing, stale, or does not fit the assignment.
    """
    if assignment.variants is None:
        return None
    return read_variants(assignment, variants_bytes(folder), str(folder / VARIANTS_FILE))


def variants_bytes(folder: Path) -> bytes | None:
    """The bytes of the file in the folder of an assignment; None where there is none.

    Raises AuthorError where it cannot be read.
    """
    from grader.homework.toml import read_bytes

    path = folder / VARIANTS_FILE
    return read_bytes(path, AuthorError) if path.is_file() else None


def variants_text(base: Solution, variants: Variants) -> str:
    """The text of `variants.toml`: byte-identical wherever it is built.

    Raises AuthorError where a variant cannot be solved or its key is not finite.
    """
    solved = base.with_variants(variants)
    head = {"assignment": base.assignment.id, "digest": variants_digest(base.assignment)}
    lines = [KEY_HEADING, *(f"{name} = {toml(text)}\n" for name, text in head.items())]
    for id, givens in variants.givens.items():
        for question, drawn in givens.items():
            lines += _table(f"variants.{id}.given.{question}", drawn)
        for question, key in _own_key(solved.variant(id), base, givens).items():
            lines += _table(f"variants.{id}.answers.{question}", key)
    return "".join(lines)


def _own_key(variant: Solution, base: Solution, givens: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The keys of the parts that depend on a variant's numbers, by question."""
    found: dict[str, dict[str, Any]] = {}
    for question in givens:
        reached = base.questions[question].varying
        for name, part in variant.questions[question].parts.items():
            if name in reached:
                found.setdefault(question, {})[name] = round_entry(part.key_entry)
    return found


def _table(name: str, entries: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n[{name}]\n"
    for target, value in entries.items():
        yield f"{_name(target)} = {toml(value)}\n"


def _name(target: str) -> str:
    """A target as a TOML key: quoted where it leads into a given."""
    return target if target.replace("_", "").isalnum() and target.isascii() else toml(target)
