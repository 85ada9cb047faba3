"""Drawing the variants of an assignment: each question by itself, until enough draws are accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil, prod
from typing import Any

from grader.errors import AuthorError
from grader.formula.arithmetic import as_lists
from grader.homework.assignment import Assignment, Question
from grader.homework.entries import round_entry
from grader.homework.givens import entry
from grader.homework.solution import Solution, SolvedPart, SolvedQuestion, solve_question
from grader.homework.variants import Variants, question_with, variant_ids
from grader.homework.vary import Vary
from grader.messages import Sentence, sentence
from grader.variants.proof import RULES, DrawRefusal, Proof
from grader.variants.stream import Stream, drawn

SURVEYED = 4
"""How many draws for each variant are examined to learn how many different keys a part can have."""
MOST_DRAWS = 150
MOST_PROOFS = 20
"""Draws, and proofs of power, for each variant."""


@dataclass
class QuestionDraws:
    """The draws of one question that are kept, and why others were refused."""

    question: str
    kept: list[dict[str, Any]] = field(default_factory=list)
    draws: int = 0
    proofs: int = 0
    refusals: Counter[DrawRefusal] = field(default_factory=Counter)
    few: dict[str, int] = field(default_factory=dict)
    """How many different keys a part has in all variants, where some share one."""
    same: tuple[str, ...] = ()
    """The parts of which every variant has the same key."""

    @property
    def notes(self) -> list[Sentence]:
        """The parts whose keys do not all differ between variants."""
        notes = [
            sentence("{part} has the same key in every variant", part=f"{self.question}.{name}") for name in self.same
        ]
        for name, different in self.few.items():
            notes.append(
                sentence(
                    "{part} has only {different} different keys: some variants share one",
                    part=f"{self.question}.{name}",
                    different=different,
                )
            )
        return notes


@dataclass(frozen=True)
class Drawn:
    """The variants of an assignment, and how each question was drawn."""

    variants: Variants
    questions: tuple[QuestionDraws, ...]


def draw_variants(base: Solution) -> Drawn:
    """The variants of a solved assignment that has some: the same for the same assignment, everywhere.

    Raises AuthorError where too few draws of a question pass, naming the rule that refused most.
    """
    header = base.assignment.variants
    assert header is not None
    ids = variant_ids(header.count)
    questions = []
    for question in base.assignment.questions:
        if question.vary is not None:
            try:
                questions.append(_Search(base.assignment, question, question.vary, base.questions[question.id]).found())
            except AuthorError as error:
                raise error.at(question=question.id) from None
    givens = {id: {one.question: one.kept[place] for one in questions} for place, id in enumerate(ids)}
    return Drawn(Variants(base.assignment.id, header.seed, givens), tuple(questions))


@dataclass(frozen=True)
class _Candidate:
    drawn: dict[str, Any]
    solved: SolvedQuestion
    keys: Mapping[str, str]


class _Search:
    """The search for the variants of one question."""

    def __init__(self, assignment: Assignment, question: Question, vary: Vary, base: SolvedQuestion) -> None:
        assert assignment.variants is not None
        self.assignment = assignment
        self.question = question
        self.vary = vary
        self.count = assignment.variants.count
        self.stream = partial(Stream, assignment.variants.seed, assignment.id, question.id)
        self.proof = Proof(base, vary)
        self.result = QuestionDraws(question.id)
        self._seen: set[str] = set()
        self._possible = prod(len(draw.choose) if draw.choose is not None else 10**9 for draw in vary.draws.values())
        self._used: dict[str, Counter[str]] = {part.id: Counter() for part in self.proof.parts}
        self._different: dict[str, set[str]] = {part.id: set() for part in self.proof.parts}
        self._rounds = 1
        self._whole: set[tuple[str, ...]] = set()

    def found(self) -> QuestionDraws:
        """As many draws as there are variants.

        Raises AuthorError where too few are found.
        """
        survey = self._survey()
        most = self._most()
        for candidate in survey:
            self._take(candidate, most)
        for rounds in (1, 2):
            self._rounds = rounds
            while len(self.result.kept) < self.count and self._may_go_on():
                another = self._next()
                if another is not None:
                    self._take(another, most)
            most = {id: max(2, several) for id, several in most.items()}  # too few: two variants may share a key
        if len(self.result.kept) < self.count:
            raise AuthorError(self._too_few())
        for id, used in self._used.items():
            if 1 < len(used) < self.count:
                self.result.few[id] = len(used)
        self.result.same = tuple(id for id, used in self._used.items() if len(used) == 1 < self.count)
        return self.result

    def _may_go_on(self) -> bool:
        result = self.result
        return (
            result.draws < self._rounds * MOST_DRAWS * self.count
            and result.proofs < self._rounds * MOST_PROOFS * self.count
            and len(self._seen) < self._possible
        )

    def _survey(self) -> list[_Candidate]:
        """The first draws that pass the cheap rules: enough of them to know how many different keys parts can have."""
        found: list[_Candidate] = []
        while not self._known(found) and self._may_go_on():
            candidate = self._next()
            if candidate is not None:
                found.append(candidate)
                for id, key in candidate.keys.items():
                    self._different[id].add(key)
        return found

    def _known(self, survey: list[_Candidate]) -> bool:
        """Whether each part has a key for every variant, or the same in all, or has been seen often enough."""
        clear = all(len(keys) >= self.count or len(keys) == 1 for keys in self._different.values())
        return len(survey) >= (self.count if clear else SURVEYED * self.count)

    def _most(self) -> dict[str, int]:
        """How many variants may share a key of each part: one, if there are enough different keys."""
        most = {}
        for id, keys in self._different.items():
            most[id] = 1 if len(keys) >= self.count else ceil(2 * self.count / max(1, len(keys)))
        return most

    def _next(self) -> _Candidate | None:
        """The next draw, if it passes the cheap rules."""
        result = self.result
        stream = self.stream(result.draws)
        result.draws += 1
        values = {
            target: drawn(entry(self.question.given, target), draw, stream) for target, draw in self.vary.draws.items()
        }
        if repr(values) in self._seen:
            return None
        self._seen.add(repr(values))
        try:
            solved = solve_question(question_with(self.question, values), self.assignment, self.proof.base.graph)
        except AuthorError as error:
            self._refuse(DrawRefusal("solved", "", str(error.said)[:120]))
            return None
        refusal = self.proof.at_once(solved)
        if refusal is not None:
            self._refuse(refusal)
            return None
        keys = {part.id: _key_text(solved.parts[part.id]) for part in self.proof.parts}
        return _Candidate(values, solved, keys)

    def _refuse(self, refusal: DrawRefusal) -> None:
        self.result.refusals[refusal] += 1

    def _take(self, candidate: _Candidate, most: Mapping[str, int]) -> None:
        """Keep a draw, if it differs from the others and diagnoses as much as the base."""
        if len(self.result.kept) == self.count or self.result.proofs >= self._rounds * MOST_PROOFS * self.count:
            return None
        whole = tuple(candidate.keys.values())
        used = next((id for id, key in candidate.keys.items() if self._used[id][key] >= most[id]), None)
        if used is not None or whole in self._whole:
            return self._refuse(DrawRefusal("differ", used or ", ".join(candidate.keys)))
        self.result.proofs += 1
        refusal = self.proof.power(candidate.solved)
        if refusal is not None:
            return self._refuse(refusal)
        self.result.kept.append(candidate.drawn)
        self._whole.add(whole)
        for id, key in candidate.keys.items():
            self._used[id][key] += 1
        return None

    def _too_few(self) -> Sentence:
        """The message on how many there are, and what the rule that refused most requires."""
        result = self.result
        by_rule = Counter[str]()
        for refusal, count in result.refusals.items():
            by_rule[refusal.rule] += count
        if not by_rule:
            return sentence(
                "only {found} of {count} variants were found: there are {possible:,} ways to choose; "
                "widen the ranges or choices, or lower the count",
                found=len(result.kept),
                count=self.count,
                possible=self._possible,
            )
        rule = by_rule.most_common(1)[0][0]
        worst = next(refusal for refusal, _ in result.refusals.most_common() if refusal.rule == rule)
        return sentence(
            "only {found} of {count} variants were found in {draws:,} draws; {refused:,} were refused because {why}",
            found=len(result.kept),
            count=self.count,
            draws=result.draws,
            refused=by_rule[rule],
            why=replace(RULES[rule], fields={"where": worst.where, "detail": worst.detail}),
        )


def _key_text(part: SolvedPart) -> str:
    """A key as a text that is equal for equal keys."""
    if part.samples is None:
        return repr(round_entry(as_lists(part.value)))
    frames = [part.samples.at(place, True) for place in range(4)]
    return repr([None if frame is None else round_entry(as_lists(frame.value(part.id))) for frame in frames])
