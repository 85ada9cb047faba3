"""The fixed words of the pages, as sentences that can be translated."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from grader.messages import Sentence, sentence
from grader.messages.languages import LANGUAGES, Say
from grader.reports.verdicts import CAUSE_WORDS, VERDICTS

WORDS: Mapping[str, Sentence] = {
    "skip": sentence("To the questions"),
    "student": sentence("Student"),
    "variant": sentence("Variant"),
    "total": sentence("Total"),
    "overview": sentence("Overview"),
    "overview_caption": sentence("Marks of each question, with a link to it"),
    "question": sentence("Question"),
    "parts": sentence("Parts"),
    "marks": sentence("Marks"),
    "graded": sentence("Graded: no part waits for a person."),
    "rejected": sentence("This submission could not be graded."),
    "asked": sentence("The question as it was asked"),
    "read_as": sentence("Your answer, as it was read"),
    "written": sentence("As you wrote it"),
    "answer_text": sentence("Your answer"),
    "right_answer": sentence("The right answer"),
    "causes": sentence("What these numbers equal"),
    "rubric": sentence("Rubric"),
    "review": sentence("Marked by a person"),
    "machine": sentence("The machine's mark"),
    "person": sentence("The person's mark"),
    "comment": sentence("Comment"),
    "why": sentence("Why"),
    "row": sentence("row"),
    "column": sentence("column"),
    "cell_right": sentence("right"),
    "cell_wrong": sentence("wrong"),
    "blank": sentence("blank"),
    "legend": sentence("Legend"),
    "legend_right": sentence("a right entry"),
    "legend_wrong": sentence("a wrong entry"),
    "legend_explained": sentence("a wrong entry that a cause below explains"),
    "cut": sentence("The rest of this value is not shown."),
    "made_by": sentence("Graded part by part; marks come from the assignment's own computation."),
}


class ReportWords:
    """The fixed words in one language, and how numbers are written in it."""

    def __init__(self, lang: str, say: Say | None = None) -> None:
        """Translate every word once, into the language with this code."""
        self.language = LANGUAGES[lang]
        self.say: Say = say or self.language
        self.word = SimpleNamespace(**{name: self.say(said) for name, said in WORDS.items()})
        self.verdicts = {name: self.say(shown.phrase) for name, shown in VERDICTS.items()}
        self.kinds = {name: self.say(shown.phrase) for name, shown in CAUSE_WORDS.items()}

    def number(self, text: str) -> str:
        """A number with the digits of the language."""
        return self.language.number(text)
