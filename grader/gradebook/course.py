"""The assignments of a batch as plain data that can be sent to any process, and solved there once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import grader
from grader.errors import AuthorError, GraderError, Place
from grader.homework.files import (
    ASSIGNMENT_FILE,
    KEY_FILE,
    assignment_ids,
    load_assignment,
    read_assignment,
    read_bytes,
)
from grader.homework.keys import digest
from grader.homework.solution import Solution, solve
from grader.messages import sentence


@dataclass(frozen=True)
class Sheet:
    """One assignment: its bytes, and the digests that a mark depends on; `broken` says why nothing can be marked."""

    id: str
    data: bytes
    assignment_digest: str
    key_digest: str
    broken: str | None = None

    def solution(self) -> Solution:
        """The assignment, solved.

        Raises AuthorError where it cannot be.
        """
        if self.broken is not None:
            raise AuthorError(sentence("{reason}", reason=self.broken))
        try:
            return solve(read_assignment(self.data, f"{self.id}/{ASSIGNMENT_FILE}"))
        except AuthorError as problem:
            raise AuthorError(sentence("{reason}", reason=_said(problem, self.id))) from None


@dataclass(frozen=True)
class Course:
    """Every assignment of a folder of keys."""

    sheets: Mapping[str, Sheet]

    @classmethod
    def load(cls, keys_dir: Path) -> Course:
        """Read all assignments; one that is broken is kept with its reason, as it may not be wanted."""
        return cls({id: _sheet(keys_dir / id, id) for id in assignment_ids(keys_dir)})

    @cached_property
    def digest(self) -> str:
        """The digest of all that a mark depends on besides the submission."""
        parts = [f"{sheet.id}\0{sheet.assignment_digest}\0{sheet.key_digest}" for sheet in self.sheets.values()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @cached_property
    def ids_digest(self) -> str:
        """The digest of the assignments' ids: what a refused name of an assignment depends on."""
        return hashlib.sha256("\n".join(self.sheets).encode()).hexdigest()

    def asked(self) -> dict[str, Any]:
        """What each assignment that can be used asks, for pages."""
        from grader.reports.html import asked

        usable = [sheet for sheet in self.sheets.values() if sheet.broken is None]
        return {sheet.id: asked(read_assignment(sheet.data, sheet.id)) for sheet in usable}

    def cache_key(self, submission_digest: str, assignment: str | None) -> str:
        """The hash of the four things that a mark depends on: submission, assignment, key, grader version."""
        sheet = self.sheets.get(assignment or "")
        parts = (sheet.assignment_digest, sheet.key_digest) if sheet else (self.ids_digest, "")
        return hashlib.sha256("\0".join((submission_digest, *parts, grader.__version__)).encode()).hexdigest()


def _sheet(folder: Path, id: str) -> Sheet:
    data = read_bytes(folder / ASSIGNMENT_FILE, AuthorError)
    try:
        key = hashlib.sha256(read_bytes(folder / KEY_FILE, AuthorError)).hexdigest()
    except AuthorError:
        key = "none"
    try:
        assignment = load_assignment(folder)
    except GraderError as problem:
        return Sheet(id, data, hashlib.sha256(data).hexdigest(), key, _said(problem, id))
    return Sheet(id, data, digest(assignment), key)


def _said(problem: GraderError, id: str) -> str:
    """The sentence without the path of this machine: results are the same wherever they are made."""
    place = Place(f"{id}/{ASSIGNMENT_FILE}", problem.place.line, None, problem.place.question, problem.place.name)
    return str(type(problem)(problem.said, place))
