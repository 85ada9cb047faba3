"""What `grader lint` found, for people and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.homework.oversights import Doubt
from grader.homework.repeats import Repeat
from grader.marking.diagnosis.lint import Finding, PartLint, Suggestion
from grader.structs import Struct

SCHEMA = "grader/lint/1"
_CELLS = 4
"""The most cells that a line names."""


class AssignmentLint(Struct):
    """The findings of one assignment, and better givens if requested and found."""

    assignment: str
    parts: tuple[PartLint, ...]
    suggestions: tuple[Suggestion, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    """Givens that prompts repeat by hand."""
    variants: Mapping[str, tuple[PartLint, ...]] | None = None
    """The parts of each variant that reveal less than the base's; None without variants."""
    doubts: tuple[Doubt, ...] = ()
    """Possible mistakes in the policy."""

    @property
    def count(self) -> int:
        """The number of findings."""
        variants = sum(map(len, (self.variants or {}).values()))
        return sum(len(part.findings) for part in self.parts) + len(self.repeats) + len(self.doubts) + variants


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
    for doubt in one.doubts:
        yield f"{item}[assignment.policy] {doubt.field}: {_doubted(doubt)}"
    yield from _variants(one, item)
    if not one.count:
        yield f"Each of the {tried} mistakes that were tried gives another answer than the right one."
    yield ""
    for suggestion in one.suggestions:
        yield from _suggested(suggestion, item)


def _variants(one: AssignmentLint, item: str) -> Iterator[str]:
    """The findings that a variant has but the base does not."""
    if one.variants is None:
        return
    base = {(part.question, part.part): set(part.findings) for part in one.parts}
    for id, parts in one.variants.items():
        for part in parts:
            for finding in part.findings:
                if finding not in base[part.question, part.part]:
                    yield f"{item}{id}: {part.question}.{part.part}: {_said(finding)}"
    less = sum(map(bool, one.variants.values()))
    yield f"{_count(len(one.variants), 'variant')}: {less or 'none'} of them shows less than the base."


SAID = {
    "untried": "no known mistake is tried here: only slips are told apart",
    "invisible": "invisible, the answer is right all the same: {names}",
    "collision": "collide, the same wrong answer: {names}",
    "swallowed": "swallowed by the tolerance: {names}",
    "accident": "can be right by accident: {names} has the same value",
    "recomputed": "computes again what {names} holds: an error there is not carried; use its name in the formula",
}
"""The message of each finding."""
REPEATED = {
    "repeats": "this prompt repeats {name} by hand: write {{{{ {name} }}}}",
    "differs": "this prompt repeats {name} by hand, and the two differ at {cells}: write {{{{ {name} }}}}",
}
"""The messages about a prompt that repeats a given."""
DOUBTED = {
    "offset": "the offset is not that of the zone, whose clocks show {meets} then",
    "worthless": "from day {meets} on, late work earns nothing, and it is accepted until day {written}",
    "early": 'right answers are shown {meets}, while they can still be handed in: see feedback = "after_due"',
}
"""The messages about a policy."""


def _said(finding: Finding) -> str:
    return SAID[finding.check].format(names=(" = " if finding.check == "collision" else ", ").join(finding.names))


def _repeated(repeat: Repeat) -> str:
    cells = ", ".join(str(list(cell)) for cell in repeat.differs[:_CELLS]) + (", …" if repeat.differs[_CELLS:] else "")
    return REPEATED["differs" if cells else "repeats"].format(name=repeat.given, cells=cells)


def _doubted(doubt: Doubt) -> str:
    return DOUBTED[doubt.check].format(written=doubt.written, meets=doubt.meets.replace("_", " "))


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
        "parts": _parts(one.parts),
        "prompts": [
            {
                "question": each.question,
                "part": each.part or None,
                "given": each.given,
                "differs": [list(cell) for cell in each.differs],
            }
            for each in one.repeats
        ],
        **({} if one.variants is None else {"variants": {id: _parts(parts) for id, parts in one.variants.items()}}),
        **({"policy": [_doubt(each) for each in one.doubts]} if one.doubts else {}),
        "suggestions": [
            {"question": each.question, "given": each.given, "before": each.before, "after": each.after}
            for each in one.suggestions
        ],
    }


def _doubt(doubt: Doubt) -> dict[str, str]:
    return {"check": doubt.check, "field": doubt.field, "written": doubt.written, "meets": doubt.meets}


def _parts(parts: Sequence[PartLint]) -> list[dict[str, Any]]:
    return [
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
        for part in parts
    ]
