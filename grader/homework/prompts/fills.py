"""Which values of a question its prompts may show: givens, and computed steps that do not give an answer away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from grader.errors import AuthorError, Place
from grader.formula.nodes import ScanNode
from grader.formula.noise import settled
from grader.formula.tree import Call, Name, same
from grader.homework.checks import check_fields
from grader.homework.givens import as_written
from grader.homework.prompts.pieces import OPEN, Fill, check_latex, fills_of, texts, to_be_checked
from grader.homework.readers import RefusedError
from grader.messages import Sentence, sentence
from grader.messages.names import listed, nearest

if TYPE_CHECKING:
    from grader.homework.assignment import Assignment, Part
    from grader.homework.prompts.prompt import FilledPrompt
    from grader.homework.prompts.values import FillValue
    from grader.homework.solved import SolvedQuestion

_SIZES = 4
"""The largest number of sizes in a shape."""


class Fills:
    """The values that the prompts of one solved question may show."""

    def __init__(self, solved: SolvedQuestion) -> None:
        """Nothing is looked up yet: each value is when a prompt first names it."""
        self.solved = solved
        self._values: dict[str, FillValue] = {}

    def filled(self, source: str) -> FilledPrompt:
        """A text of the question with its fills replaced by values.

        Raises AuthorError for a value that prompts may not show.
        """
        from grader.homework.prompts.prompt import prompt

        return prompt(source).filled(lambda name: self._values.get(name) or self._value(name))

    def part(self, part: Part) -> Part:
        """A part whose prompt, options, items and rubric have their fills replaced by values, as plain text.

        Raises AuthorError if two of its options become equal.
        """
        inner = [part.prompt, *part.choices, *part.items.values(), *(line.text for line in part.rubric)]
        if not any(OPEN in text for text in inner):
            return part
        filled = part.replaced(
            prompt=self.filled(part.prompt).plain,
            choices=[self._line(choice) for choice in part.choices],
            items={name: self._line(item) for name, item in part.items.items()},
            answer=self._answer(part.answer),
            rubric=[line.replaced(text=self._line(line.text)) for line in part.rubric],
        )
        try:
            check_fields(filled)
        except RefusedError as error:
            raise AuthorError(error.said) from None
        return filled

    def _line(self, source: str) -> str:
        return self.filled(source).line

    def _answer(self, answer: Any) -> Any:
        if isinstance(answer, dict):
            return {name: self._line(entry) for name, entry in answer.items()}
        if isinstance(answer, list):
            return [self._line(entry) for entry in answer]
        return None if answer is None else self._line(answer)

    def check(self) -> None:
        """Raise AuthorError, with the place, for the first text of the question that shows a value it must not."""
        for source, path in texts(self.solved.question):
            if to_be_checked(source):
                name = str(path[1]) if path[0] == "parts" else None
                _check(source, Place(question=self.solved.question.id, name=name, path=path), self.refusal)

    def refusal(self, fill: Fill) -> Sentence | None:
        """Why a fill must not be shown; None if it may, or if it is only braces in mathematics or code."""
        name, graph = fill.name, self.solved.graph
        known = (*graph.givens, *self.solved.question.compute)
        if name in graph.givens:
            return None
        if name in graph.symbols or name in graph.symbolic:
            return sentence("{fill} has no one value: it is a symbol, or computed from one", fill=fill.source)
        if name in self.asked:
            return sentence("{fill} is asked for: a prompt cannot show it", fill=fill.source)
        if name not in known:
            return _unknown(fill, known) if fill.certain else None
        return self._gives_away(fill)

    def _gives_away(self, fill: Fill) -> Sentence | None:
        """Why showing a step would give an answer away; None if it would not.

        It gives one away if it is computed from or like the answer, or if the answer is a single step away from it. A
        step without inputs, such as 1/3, and another name for a given may be shown like a given.
        """
        name, graph = fill.name, self.solved.graph
        node = graph.nodes[name]
        is_given = not node.reads or self._given(name) is not None
        above = [asked for asked in self.asked if asked in graph.ancestors(name)]
        if above:
            return sentence(
                "{fill} is computed from {asked}, which is asked for", fill=fill.source, asked=listed(above)
            )
        for asked in self.asked:
            if asked in graph.nodes and same(graph.nodes[asked].expression, node.expression):
                return sentence("{fill} is computed like {asked}, which is asked for", fill=fill.source, asked=asked)
            if not is_given and name in self._direct(asked):
                return sentence(
                    "the answer to {asked} is one step away from {fill}: a prompt cannot show it",
                    asked=asked,
                    fill=fill.source,
                )
        return None

    def _given(self, name: str) -> str | None:
        """The given that a name refers to, directly or through a step that only renames it; None if there is none."""
        if name in self.solved.graph.givens:
            return name
        node = self.solved.graph.nodes.get(name)
        alias = node.expression.id if node is not None and isinstance(node.expression, Name) else None
        return alias if alias in self.solved.graph.givens else None

    def _direct(self, name: str) -> set[str]:
        """The direct inputs of a step, and those of inputs that only rename another step."""
        graph = self.solved.graph
        found: set[str] = set()
        waiting = [name]
        while waiting:
            node = graph.nodes.get(waiting.pop())
            for read in (node.reads if node is not None else frozenset()) - found:
                found.add(read)
                if read in graph.nodes and isinstance(graph.nodes[read].expression, Name):
                    waiting.append(read)
        return found

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The names that are asked for, and the steps that are entries of a list that is asked for."""
        graph, question = self.solved.graph, self.solved.question
        found = list(question.parts)
        for name in question.parts:
            if name in graph.nodes and name not in graph.symbolic:
                nodes = graph.cells(name, self.solved.evaluation.value(name)).values()
                found += [node if isinstance(node, str) else str(node[0]) for node in nodes]
        return tuple(dict.fromkeys(found))

    def _value(self, name: str) -> FillValue | None:
        """The laid-out value of a name; None for a name without a single value."""
        from grader.homework.prompts.layout import laid_out

        graph, question = self.solved.graph, self.solved.question
        given = self._given(name)
        if given is not None:
            value = graph.givens[given]
            found = laid_out(as_written(question.given, given), _is_shape(given, value, self.shapes))
        elif name in question.compute and name not in graph.symbolic:
            value = settled(self.solved.evaluation, name)
            found = laid_out(value, _is_shape(name, value, self.shapes))
        else:
            return None
        self._values[name] = found
        return found

    @cached_property
    def shapes(self) -> frozenset[str]:
        """The names that some formula uses as the shape of an input."""
        library = self.solved.graph.library
        found = set()
        for node in self.solved.graph.nodes.values():
            if isinstance(node, ScanNode) and node.operation == "output_shape" and isinstance(node.start, Name):
                found.add(node.start.id)
            for call in node.expression.walk():
                if isinstance(call, Call) and call.function in library:
                    names = library.arguments(call.function) or ()
                    given = [*zip(names, call.arguments, strict=False), *call.keywords]
                    found |= {each.id for name, each in given if name.endswith("shape") and isinstance(each, Name)}
        return frozenset(found)


def check_header(assignment: Assignment) -> None:
    """Raise AuthorError if the prompt of the whole assignment shows a value: only questions have values."""
    if to_be_checked(assignment.prompt):
        _check(assignment.prompt, Place(path=("assignment", "prompt")), _of_no_question)


def _of_no_question(fill: Fill) -> Sentence | None:
    if not fill.certain:
        return None
    return sentence("{fill} is in the prompt of the assignment, but only questions have givens", fill=fill.source)


def _check(source: str, place: Place, refusal: Callable[[Fill], Sentence | None]) -> None:
    """Raise AuthorError for the first refused fill or lost backslash, with its line in the text."""
    try:
        check_latex(source)
        for fill in fills_of(source):
            said = refusal(fill)
            if said is not None:
                raise AuthorError(said, replace(place, below=source.count("\n", 0, fill.at)))
    except RefusedError as error:
        below = source.count("\n", 0, int(error.at[0]))
        raise AuthorError(error.said, replace(place, below=below)) from None


def _is_shape(name: str, value: Any, shapes: frozenset[str]) -> bool:
    """Whether a value is a list of integers that is a shape: a formula uses it as one, or its name says so."""
    if not isinstance(value, list) or not 1 <= len(value) <= _SIZES or any(type(size) is not int for size in value):
        return False
    return name in shapes or name.rpartition("_")[2] in ("shape", "size")


def _unknown(fill: Fill, known: tuple[str, ...]) -> Sentence:
    guess = nearest(fill.name, known)
    if guess is None:
        return sentence(
            "{fill} is neither given nor computed in the question; known: {allowed}",
            fill=fill.source,
            allowed=listed(known),
        )
    return sentence(
        "{fill} is neither given nor computed in the question: did you mean {nearest!r}?",
        fill=fill.source,
        nearest=guess,
    )
