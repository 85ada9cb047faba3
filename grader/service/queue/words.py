"""The words of the marking pages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from markupsafe import Markup

from grader.homework.checks import plain
from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.service.words import FixedWords, merged

WORDS: Mapping[str, Sentence] = {
    "skip": sentence("To the content"),
    "overview": sentence("Overview"),
    "part": sentence("Part"),
    "waiting": sentence("Decisions to make"),
    "answers": sentence("Answers that wait"),
    "progress": sentence("Progress"),
    "nothing": sentence("No answer needs a person."),
    "all_done": sentence("All answers to this part are marked."),
    "next_part": sentence("Next part"),
    "all_answers": sentence("All answers to this part"),
    "previous": sentence("Previous"),
    "next": sentence("Next"),
    "asked": sentence("What was asked"),
    "answer": sentence("Answer"),
    "no_answer": sentence("(nothing was written)"),
    "said": sentence("What the machine says"),
    "students": sentence("Students"),
    "mark": sentence("Mark"),
    "marked": sentence("marked"),
    "rubric": sentence("Rubric"),
    "full": sentence("Full points"),
    "points": sentence("Points given"),
    "comment": sentence("Comment"),
    "earlier": sentence("Earlier comments"),
    "choose": sentence("choose one"),
    "who": sentence("Marked by"),
    "save": sentence("Save and go on"),
    "wrong": sentence("Not saved"),
    "stale": sentence("Somebody else marked this answer in the meantime"),
    "stale_hint": sentence(
        "Nothing was overwritten. What you typed is still here: saving again replaces the other mark."
    ),
    "gone": sentence("Nobody's answer is this one any more: the submissions were graded again. Nothing was saved."),
    "given": sentence("Given so far"),
    "anonymous": sentence("Hide the students' names"),
    "named": sentence("Show the students' names"),
    "hidden": sentence("Names are hidden."),
    "keyboard": sentence("Keyboard"),
    "key_tick": sentence("tick a line of the rubric"),
    "key_zero": sentence("no points"),
    "key_move": sentence("go to the answer before or after"),
    "key_enter": sentence("save and go on"),
    "readings": sentence("How to read this"),
    "readings_hint": sentence(
        "In place of points: the machine marks this reading, and what follows from it in the question."
    ),
    "read_as": sentence("Read it as"),
    "mark_reading": sentence("Mark this reading"),
    "key_readings": sentence("go to the readings"),
    "key_comment": sentence("write a comment; Escape leaves the field"),
}


class QueueWords(FixedWords):
    """The words of the marking pages, and of the pages around them."""

    def __init__(self, language: Language, more: Mapping[str, Sentence]) -> None:
        """Translate the fixed words once."""
        super().__init__(language, merged(WORDS, more))

    def students(self, count: int) -> Markup:
        """`1 student`, `12 students`."""
        return self.say(sentence("1 student") if count == 1 else sentence("{count:,} students", count=count))

    def of(self, place: int, total: int) -> Markup:
        """The number of the answer shown, out of all."""
        return self.say(sentence("Answer {place:,} of {total:,}", place=place, total=total))

    def left(self, count: int) -> Markup:
        """How many decisions are left in a part."""
        return self.say(sentence("1 left") if count == 1 else sentence("{count:,} left", count=count))

    def worth(self, points: Decimal) -> Markup:
        """What a part is worth."""
        return self.say(sentence("of {points}", points=Decimal(plain(points))))

    def saved(self, points: str, count: int) -> Markup:
        """What was just saved."""
        given = Decimal(points)
        if count == 1:
            return self.say(sentence("Saved: points given to 1 student: {points}", points=given))
        return self.say(
            sentence("Saved: points given to each of {count:,} students: {points}", points=given, count=count)
        )

    def read_as(self, reading: str) -> Markup:
        """How a person read an answer."""
        return self.say(sentence("read as {reading}", reading=reading))

    def saved_reading(self, reading: str, count: int) -> Markup:
        """Which reading was just saved."""
        if count == 1:
            return self.say(sentence("Saved: the answer of 1 student is read as {reading}", reading=reading))
        return self.say(
            sentence("Saved: the answers of {count:,} students are read as {reading}", reading=reading, count=count)
        )

    def open_with(self, names: list[str]) -> Sentence | None:
        """Who else has an answer open, possibly without names; None for nobody."""
        known = [name for name in names if name]
        if not known:
            return sentence("Somebody else has this open") if names else None
        if len(known) == 1:
            return sentence("{name} has this open", name=known[0])
        return sentence("{names} have this open", names=self.language.comma.join(known))

    def open_with_text(self, names: list[str]) -> str:
        """Like `open_with`, as text for the script."""
        said = self.open_with(names)
        return "" if said is None else self.language(said)
