"""The fixed words and sentences of sheets, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import SimpleNamespace

from grader.homework.checks import plain
from grader.homework.template import INTRODUCTION
from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.reports.sheets.sheet import Sheet, SheetQuestion

WORDS: Mapping[str, Sentence] = {
    "student": sentence("Student"),
    "variant": sentence("Variant"),
    "hand_in": sentence("What to hand in"),
    "written": sentence("How answers are written"),
    "key": sentence("Key"),
    "steps": sentence("Intermediate steps"),
    "rubric": sentence("Rubric"),
    "staff": sentence("Solution, for staff. Not for students."),
    "accepted": sentence("Accepted conventions"),
}


class SheetWords:
    """What a sheet says besides the author's text, and how it writes its own numbers."""

    def __init__(self, language: Language) -> None:
        """Translate the fixed words once."""
        self.language = language
        self.word = SimpleNamespace(**{name: language(said) for name, said in WORDS.items()})

    def points(self, points: Decimal) -> str:
        """`1 point`, `2.5 points`."""
        number = Decimal(plain(points))
        return self.language(sentence("1 point") if number == 1 else sentence("{points} points", points=number))

    def heading(self, question: SheetQuestion) -> str:
        """`Question 2`, with the number in the digits of the language."""
        number = int(question.number) if question.number.isdigit() else self.language.number(question.number)
        return self.language(sentence("Question {number}", number=number))

    def unit(self, unit: str) -> str:
        """The sentence about the unit of an answer."""
        return self.language(sentence("in {unit}", unit=unit))

    def guide(self, sheet: Sheet) -> Iterator[str]:
        """What to hand in, a sentence or two at a time."""
        question = sheet.questions[0]
        said = sentence(
            "Hand in one text file, made from the template of this homework. The name beside each part says where its "
            "answer goes: {part} in the block {block}.",
            part=question.parts[0].id,
            block=f"[answers.{question.id}]",
        )
        yield self.language(said)
        yield from map(self.language, INTRODUCTION)
