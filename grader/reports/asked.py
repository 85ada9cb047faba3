"""What an assignment asks, for pages: prompts, options and rubrics with values filled in, as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from grader.answers.options import letter
from grader.reports.markup import blocks, inline

if TYPE_CHECKING:
    from grader.homework.assignment import Part
    from grader.homework.solution import Solution, SolvedPart, SolvedQuestion


def asked(solution: Solution) -> dict[str, Any]:
    """The title, and what each question and part asks.

    `prompt` and `choices` are plain text, `shown`, `options` and the lines of a rubric are HTML. Values are those of
    the solution.
    """
    return {
        "title": solution.assignment.title,
        "shown": blocks(solution.assignment.prompt),
        "questions": {id: _question(solved) for id, solved in solution.questions.items()},
    }


def _question(solved: SolvedQuestion) -> dict[str, Any]:
    prompt = solved.fills.filled(solved.question.prompt)
    return {
        "prompt": prompt.plain,
        "shown": blocks(prompt.isolated),
        "parts": {name: _part(solved, part) for name, part in solved.parts.items()},
    }


def _part(solved: SolvedQuestion, part: SolvedPart) -> dict[str, Any]:
    written = solved.question.parts[part.id]
    prompt = solved.fills.filled(written.prompt)

    def shown(text: str) -> Markup:
        return inline(solved.fills.filled(text).isolated)

    return {
        "prompt": part.part.prompt,
        "shown": blocks(prompt.isolated),
        "unit": part.part.unit,
        "rubric": [(str(line.points), shown(line.text)) for line in written.rubric],
        "choices": list(part.part.choices),
        "options": [Markup("{}: {}").format(item, shown(text)) for item, text in written.items.items()]
        + [
            Markup("{}. {}").format(name, shown(text))
            for name, text in zip(option_names(written), written.choices, strict=True)
        ],
    }


def option_names(part: Part) -> Iterator[str]:
    """The letters of options, or their numbers if items are matched with them."""
    return (str(place + 1) if part.items else letter(place) for place in range(len(part.choices)))
