"""What `grader lint` found, for people and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from grader.homework.repeats import Repeat
from grader.marking.diagnosis.lint import Finding, PartLint
from grader.marking.diagnosis.suggest import Suggestion
from grader.structs import Struct

SCHEMA = "grader/lint/1"
_CELLS = 4
"""Cells that a line names."""


class AssignmentLint(Struct):
    """The findings of one assignment, and better givens where they were asked for and found."""

    assignment: str
    parts: tuple[PartLint, ...]
    suggestions: tuple[Suggestion, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    """Givens that prompts spell out by hand."""

    @property
    def count(self) -> int:
        """How many things were found."""
        return sum(part.count for part in self.parts) + len(self.repeats)


def terminal(found: Sequence[AssignmentLint]) -> str:
    """Plain text: a heading per assignment, a block per part with findings, the suggestions as TOML."""
    return "\n".join(line for one in found for line in _lines(one, "", "  "))


def markdown(found: Sequence[AssignmentLint]) -> str:
    """The same as Markdown."""
    return "\n".join(line for one in found for line in _lines(one, "## ", "- "))


def _lines(one: AssignmentLint, heading: str, item: str) -> Iterator[str]:
    tried = sum(part.tried for part in one.parts)
    yield f"{heading}{one.assignment}: {_count(one.count, 'finding')} in {_count(len(one.parts), 'part')}"
    yield ""
    for part in one.parts:
        for finding in part.findings:
            yield f"{item}{part.question}.{part.part}: {_said(finding)}"
    for repeat in one.repeats:
        yield f"{item}{repeat.question}{'.' if repeat.part else ''}{repeat.part}: {_repeated(repeat)}"
    if not one.count:
        yield f"Each of the {tried} mistakes that were tried gives another answer than the right one."
    yield ""
    for suggestion in one.suggestions:
        yield from _suggested(suggestion, item)


SAID = {
    "untried": "no known mistake is tried here: only slips are told apart",
    "invisible": "invisible, the answer is right all the same: {names}",
    "collision": "collide, the same wrong answer: {names}",
    "swallowed": "swallowed by the tolerance: {names}",
    "accident": "can be right by accident: {names} has the same value",
    "recomputed": "computes again what {names} holds: an error there is not carried; use its name in the formula",
}
"""What each finding says."""
REPEATED = {
    "repeats": "this prompt repeats {name} by hand: write {{{{ {name} }}}}",
    "differs": "this prompt repeats {name} by hand, and the two differ at {cells}: write {{{{ {name} }}}}",
}
"""What is said of a prompt that spells out a given."""


def _said(finding: Finding) -> str:
    return SAID[finding.check].format(names=(" = " if finding.check == "collision" else ", ").join(finding.names))


def _repeated(repeat: Repeat) -> str:
    cells = ", ".join(str(list(cell)) for cell in repeat.differs[:_CELLS]) + (", …" if repeat.differs[_CELLS:] else "")
    return REPEATED["differs" if cells else "repeats"].format(name=repeat.given, cells=cells)


def _suggested(suggestion: Suggestion, item: str) -> Iterator[str]:
    import json

    before, after = _count(suggestion.before, "finding"), suggestion.after
    yield f"{item}{suggestion.question}: these givens leave {after} of {before}; paste them into [questions.given]:"
    yield ""
    yield from (f"    {name} = {json.dumps(value)}" for name, value in suggestion.given.items())
    yield ""


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def json(found: Sequence[AssignmentLint]) -> str:
    """Everything as data."""
    import json

    document = {"schema": SCHEMA, "assignments": [_assignment(one) for one in found]}
    return json.dumps(document, ensure_ascii=False, indent=1)


def _assignment(one: AssignmentLint) -> dict[str, Any]:
    return {
        "assignment": one.assignment,
        "findings": one.count,
        "parts": [
            {
                "question": part.question,
                "part": part.part,
                "tried": part.tried,
                "invisible": list(part.invisible),
                "collisions": [list(group) for group in part.collisions],
                "swallowed": list(part.swallowed),
                "accidents": list(part.accidents),
                "recomputed": list(part.recomputed),
            }
            for part in one.parts
        ],
        "prompts": [
            {
                "question": each.question,
                "part": each.part or None,
                "given": each.given,
                "differs": [list(cell) for cell in each.differs],
            }
            for each in one.repeats
        ],
        "suggestions": [
            {"question": each.question, "given": each.given, "before": each.before, "after": each.after}
            for each in one.suggestions
        ],
    }
