"""Possible copying: wrong answers that equal the right ones of another variant, shown to staff only.

Only entries count that are wrong under the student's own variant, are not explained by a mistake, and are not 0. To
leave out chance, the number of such entries in a paper that agree with some variant is compared with how likely so many
coincidences are, as in the diagnosis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grader.answers.comparison import Vector
from grader.homework.solution import SolvedQuestion
from grader.marking.attempt import Attempt, paper_decimal
from grader.marking.carrying import World, as_key
from grader.marking.diagnosis.evidence import WrongAnswer
from grader.marking.report import PartReport, SubmissionReport
from grader.messages import Sentence, sentence
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.homework.submission import Submission
    from grader.marking.marker import Marker

LEAST = 4
"""The least number of agreeing entries to consider."""

ALPHA = 1e-5
"""How many honest papers may be expected to agree this well by coincidence."""


class Copied(Struct):
    """A part whose answer equals another variant's key in `count` of its entries."""

    question: str
    part: str
    variant: str
    entries: int
    of: int

    @property
    def said(self) -> Sentence:
        """In words."""
        return sentence(
            "equals the right answer to {variant} ({entries} of {of} entries)",
            variant=self.variant,
            entries=self.entries,
            of=self.of,
        )


class _Suspect(Struct, eq=False):
    """A wrong answer, with the entries that no mistake of the student explains."""

    solved: SolvedQuestion
    part: str
    convention: str | None
    answer: WrongAnswer
    left: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many of them there are."""
        return int(self.left.sum())

    def agreeing(self, key: Vector | None) -> int:
        """The number of these entries where the answer equals a key."""
        written = self.answer.written
        if key is None or key.values.shape != written.vector.values.shape or key.axes != written.vector.axes:
            return 0
        return int((written.matches(key.values[None])[0] & self.left).sum())


class Copies:
    """Checks papers of one assignment with variants; caches the variants' keys."""

    def __init__(self, marker: Marker) -> None:
        """Variants are solved only when a paper gives reason to."""
        self.marker = marker
        self._keys: dict[tuple[str, str, str, str | None], Vector | None] = {}

    def of(self, submission: Submission, report: SubmissionReport) -> tuple[Copied, ...]:
        """What a marked paper shares with another variant's key; empty where chance explains it.

        Of several variants with that key the first is named.
        """
        variants = self.marker.solution.variants
        if variants is None or report.variant is None:
            return ()
        suspects = list(self._suspects(submission, report))
        if sum(suspect.count for suspect in suspects) < LEAST:
            return ()
        others = [id for id in variants.ids if id != report.variant.id]
        shown = (self._in_common(suspects, id, len(others)) for id in others)
        return max(shown, key=lambda found: sum(one.entries for one in found), default=())

    def _in_common(self, suspects: list[_Suspect], variant: str, variants: int) -> tuple[Copied, ...]:
        """The parts that agree with a variant's key beyond coincidence, taken together or one by one."""
        agreeing = [(suspect, suspect.agreeing(self._key(variant, suspect))) for suspect in suspects]
        if not _no_coincidence(agreeing, variants):
            agreeing = [one for one in agreeing if _no_coincidence([one], variants)]
        return tuple(
            Copied(suspect.solved.question.id, suspect.part, variant, found, len(suspect.left))
            for suspect, found in agreeing
            if found
        )

    def _suspects(self, submission: Submission, report: SubmissionReport) -> Iterator[_Suspect]:
        """The wrong answers to parts that vary, with entries left to explain."""
        assert report.variant is not None
        own = self.marker.solution.variant(report.variant.id)
        decimal = paper_decimal(own, submission.answers)
        for question in report.questions:
            solved, marker = own.questions[question.id], self.marker.questions(own)[question.id]
            wrong = [
                part for part in question.parts if part.verdict in ("wrong", "partial") and part.id in solved.varying
            ]
            if not wrong:
                continue
            attempt = Attempt(solved, submission.answers.get(question.id, {}), decimal)
            for part in wrong:
                answer = marker.diagnoser(question.convention).wrong_answer(attempt, part.id)
                if answer is None or solved.parts[part.id].samples is not None or answer.repeats_one_value:
                    continue
                left = answer.wrong & ~_explained(part, answer) & answer.written.vector.values.any(axis=1)
                if left.any():
                    yield _Suspect(solved, part.id, question.convention, answer, left)

    def _key(self, variant: str, suspect: _Suspect) -> Vector | None:
        """The right answer to a part under another variant, and under the convention of the student."""
        at = (variant, suspect.solved.question.id, suspect.part, suspect.convention)
        if at not in self._keys:
            solved = self.marker.solution.variant(variant).questions[at[1]]
            world = World.of(solved, suspect.convention)
            part = solved.parts[suspect.part]
            value = as_key(world.base.value(part.id), part) if part.computed else None
            self._keys[at] = None if value is None else part.kind.encode([value], part.rank)
        return self._keys[at]


def _explained(part: PartReport, answer: WrongAnswer) -> NDArray[np.bool_]:
    """The entries that a named cause explains."""
    cells = answer.written.vector.cells
    return np.array([any(cell not in one.unexplained for one in part.diagnoses) for cell in cells])


def _no_coincidence(agreeing: list[tuple[_Suspect, int]], variants: int) -> bool:
    """Whether enough entries agree with one of the variants to rule out coincidence.

    The bound: the ways to choose those entries, times the chance that they agree, times the number of variants.
    """
    found = sum(many for _, many in agreeing)
    if found < LEAST:
        return False
    ways = math.comb(sum(one.count for one, _ in agreeing), found)
    chances = sum(many * math.log(one.answer.chance) for one, many in agreeing)
    return math.log(ways) + chances + math.log(variants) < math.log(ALPHA)
