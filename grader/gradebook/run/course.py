"""The assignments of a batch, as plain data that can be sent to any process and solved once there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import grader
from grader.answers.spec import AnswerSpec
from grader.errors import AuthorError, GraderError, Place
from grader.gradebook.database.schema import PersonMark
from grader.homework.assignment import Part
from grader.homework.files import (
    ASSIGNMENT_FILE,
    KEY_FILE,
    assignment_ids,
    load_assignment,
    read_assignment,
)
from grader.homework.solution import Solution, solve
from grader.homework.tables import digest
from grader.homework.toml import read_bytes
from grader.homework.variants import VARIANTS_FILE, read_variants, variants_bytes
from grader.marking.marker import Marker
from grader.messages import sentence
from grader.structs import Struct


class CourseAssignment(Struct):
    """One assignment: its bytes and the digests that a mark depends on; `broken` says why it cannot be used.

    `variants` are the bytes of the file with its variants, None where there is none.
    """

    id: str
    data: bytes
    assignment_digest: str
    key_digest: str
    title: str = ""
    variants: bytes | None = None
    broken: str | None = None

    def marker(self) -> Marker:
        """The marker for submissions to the assignment.

        Raises AuthorError where the assignment is broken.
        """
        if self.broken is not None:
            raise AuthorError(sentence("{reason}", reason=self.broken))
        try:
            return Marker(_solution(self))
        except AuthorError as problem:
            raise AuthorError(sentence("{reason}", reason=_said(problem, self.id))) from None

    def tried(self) -> CourseAssignment:
        """The same, marked as broken if it can be read but not solved."""
        try:
            self.marker()
        except AuthorError as problem:
            return replace(self, broken=str(problem.said))
        return self


class Course(Struct):
    """Every assignment of a folder of keys."""

    assignments: Mapping[str, CourseAssignment]

    @classmethod
    def load(cls, keys_dir: Path) -> Course:
        """Read all assignments; a broken one is kept with its reason, because the class may not need it."""
        return cls({id: _assignment(keys_dir / id, id) for id in assignment_ids(keys_dir)})

    def __hash__(self) -> int:
        """By the digest, so that a course that was sent to another process finds what was made for it before."""
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """A digest of everything that a mark depends on apart from the submission."""
        parts = [f"{one.id}\0{one.assignment_digest}\0{one.key_digest}" for one in self.assignments.values()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @cached_property
    def ids_digest(self) -> str:
        """A digest of the assignments' ids: what refusing an unknown assignment depends on."""
        return hashlib.sha256("\n".join(self.assignments).encode()).hexdigest()

    def is_broken(self, assignment: str | None) -> bool:
        """Whether the course has this assignment but cannot load it."""
        one = self.assignments.get(assignment or "")
        return one is not None and one.broken is not None

    def parts(self, assignment: str | None) -> Mapping[str, Part]:
        """The parts of an assignment by `question.part`, in the order of asking; none if it is unknown or broken."""
        one = self.assignments.get(assignment or "")
        return {} if one is None or one.broken is not None else _parts(one)

    def spec(self, assignment: str, name: str, variant: str | None = None) -> AnswerSpec:
        """How to read answers to a part (`question.part`) of a usable assignment, or of a variant of it."""
        solution = _solution(self.assignments[assignment])
        question, _, part = name.partition(".")
        return (solution if variant is None else solution.variant(variant)).questions[question].parts[part].spec

    def asked(self, assignment: str, variant: str | None = None) -> Mapping[str, Any]:
        """What a usable assignment asks, or a variant of it, for the pages."""
        return _asked(self.assignments[assignment], variant)

    def causes(self, submission: str, assignment: str | None, people: Sequence[PersonMark]) -> str:
        """The five things that a mark depends on: submission, assignment, key, grader version, marks by people."""
        one = self.assignments.get(assignment or "")
        digests = (one.assignment_digest, one.key_digest) if one else (self.ids_digest, "")
        known = [one._replace(answer="") for one in people]
        given = hashlib.sha256(repr(known).encode()).hexdigest()[:16] if known else ""
        return "|".join((submission, *digests, grader.__version__, given))


@lru_cache(maxsize=100)
def _solution(known: CourseAssignment) -> Solution:
    assignment = read_assignment(known.data, f"{known.id}/{ASSIGNMENT_FILE}")
    return solve(assignment, read_variants(assignment, known.variants, f"{known.id}/{VARIANTS_FILE}"))


@lru_cache(maxsize=100)
def _parts(known: CourseAssignment) -> Mapping[str, Part]:
    try:
        solved = _solution(known).questions
    except AuthorError:  # every submission reports it; the points of its parts are still known
        questions = read_assignment(known.data, known.id).questions
        return {f"{question.id}.{name}": part for question in questions for name, part in question.parts.items()}
    return {f"{id}.{name}": part.part for id, question in solved.items() for name, part in question.parts.items()}


@lru_cache(maxsize=1_000)
def _asked(known: CourseAssignment, variant: str | None) -> Mapping[str, Any]:
    from grader.reports.asked import asked

    try:
        solution = _solution(known)
        return asked(solution if variant is None else solution.variant(variant))
    except AuthorError:
        return {"title": known.title}


def _assignment(folder: Path, id: str) -> CourseAssignment:
    data = b""
    try:
        key = hashlib.sha256(read_bytes(folder / KEY_FILE, AuthorError)).hexdigest()
    except AuthorError:
        key = "none"
    try:
        data = read_bytes(folder / ASSIGNMENT_FILE, AuthorError)
        assignment = load_assignment(folder)
        variants = variants_bytes(folder) if assignment.variants is not None else None
        read_variants(assignment, variants, str(folder / VARIANTS_FILE))
    except GraderError as problem:
        return CourseAssignment(id, data, hashlib.sha256(data).hexdigest(), key, broken=_said(problem, id))
    if variants is not None:
        key = hashlib.sha256(key.encode() + variants).hexdigest()
    return CourseAssignment(id, data, digest(assignment), key, assignment.title, variants)


def _said(problem: GraderError, id: str) -> str:
    """The sentence without paths of this machine, so that results are the same everywhere."""
    file = Path(problem.place.file or ASSIGNMENT_FILE).name
    place = Place(f"{id}/{file}", problem.place.line, None, problem.place.question, problem.place.name)
    return str(type(problem)(problem.said, place))
