"""A solved assignment: the graphs of its questions, and each part with its kind, value and text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.answers.kinds import Kind
from grader.answers.spec import AnswerSpec
from grader.formula.graph import Graph
from grader.homework.assignment import Assignment, Part, Question
from grader.homework.tables import digest
from grader.homework.vary import BASE
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.answers.values import Formula
    from grader.formula.evaluation import Evaluation
    from grader.formula.sampling import Samples
    from grader.homework.prompts.fills import Fills
    from grader.homework.variants import Variants


class SolvedPart(Struct, eq=False):
    """One part and the key's value. The texts of `part` have their values filled in.

    `value` is an int, a float, a tuple (a shape), a list of tuples (shapes), an array (nested lists of exact integers
    or a float64 array), a text (choice), or None (text; formulas, whose values are in `samples` or `formula`).
    """

    id: str
    part: Part
    kind: Kind
    spec: AnswerSpec
    value: Any = None
    samples: Samples | None = None
    formula: Formula | None = None
    axes: tuple[int, ...] = ()
    text: Any = None
    fit: Callable[[], Any] | None = None
    """Fits the text of a formula whose author gave none: slow, so called only to show or write the key."""
    computed: bool = True
    """Whether the part is a node of the question's graph."""
    underlying: SolvedPart | None = None
    """For a computed choice: its underlying value, as a part without options."""

    @property
    def as_value(self) -> SolvedPart | None:
        """The part whose values stand for answers to this one in the graph: itself, or what is behind its options.

        None if an answer is no value of the graph.
        """
        if self.computed:
            return self
        return self.underlying if self.underlying is not None and self.underlying.samples is None else None

    @property
    def rank(self) -> int:
        """How many axes an array of numbers or formulas has; 0 for one value."""
        return len(self.axes)

    @cached_property
    def key_entry(self) -> Any:
        """The part's entry in the committed key; None for a part that a person marks.

        Raises AuthorError where no text is found for a formula.
        """
        if self.text is not None:
            return self.text
        return self.fit() if self.fit is not None else nested_lists(self.value)


class SolvedQuestion(Struct, eq=False):
    """One question: its graph, the plain evaluation, its parts, and the accepted conventions."""

    question: Question
    graph: Graph
    parts: Mapping[str, SolvedPart]

    @cached_property
    def evaluation(self) -> Evaluation:
        """The graph with nothing substituted."""
        return self.graph.evaluate()

    @cached_property
    def fills(self) -> Fills:
        """The values that the texts of the question may show."""
        from grader.homework.prompts.fills import Fills

        return Fills(self)

    @cached_property
    def varying(self) -> frozenset[str]:
        """The parts that depend on what differs between variants; the others have the same key in all."""
        return frozenset().union(*map(self.graph.readers, self.varying_givens)) & self.parts.keys()

    @cached_property
    def varying_givens(self) -> frozenset[str]:
        """The givens that differ between variants, in whole or in part."""
        if self.question.vary is None:
            return frozenset()
        from grader.homework.givens import steps

        return frozenset(str(steps(target)[0]) for target in self.question.vary.draws)

    @cached_property
    def conventions(self) -> Mapping[str, Mapping[str, Any]]:
        """The givens of each accepted convention, by its name."""
        return {convention.name: convention.given for convention in self.question.accept}


class Solution(Struct, eq=False):
    """Every question solved."""

    assignment: Assignment
    questions: Mapping[str, SolvedQuestion]
    solve_variant: Callable[[Solution, str], Solution]
    """Solves one of the variants, by its id."""
    variants: Variants | None = None
    _solved: dict[str, Solution] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """The digest of the assignment's content."""
        return digest(self.assignment)

    def variant(self, id: str) -> Solution:
        """The assignment as a variant asks it, solved once; questions that do not vary are the same objects.

        Raises AuthorError where the variant cannot be solved.
        """
        if id not in self._solved:
            self._solved[id] = self.solve_variant(self, id)
        return self._solved[id]

    def of_student(self, student: str | None) -> tuple[str | None, Solution]:
        """A student's variant, and the assignment as it asks it; the base without a student.

        The variant is None where the assignment has none.
        """
        if self.variants is None:
            return None, self
        id = BASE if student is None else self.variants.own(student)
        return id, self.variant(id)

    def with_variants(self, variants: Variants) -> Solution:
        """The same solution with these variants."""
        return Solution(self.assignment, self.questions, self.solve_variant, variants)

    def __iter__(self) -> Iterator[SolvedQuestion]:
        """The questions in order."""
        return iter(self.questions.values())


def condition(name: str) -> str:
    """The node of a part's condition for right answers; no formula can name it."""
    return f"accepts({name})"


def kept(index: int) -> str:
    """The node of a condition that every variant meets; no formula can name it."""
    return f"keep({index})"


def nested_lists(value: Any) -> Any:
    """Plain lists and numbers, for writing."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [nested_lists(item) for item in value] if isinstance(value, list | tuple) else value
