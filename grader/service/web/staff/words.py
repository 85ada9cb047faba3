"""What the pages of staff say."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.service.queue.words import QueueWords
from grader.service.web.pages import WORDS

STAFF: Mapping[str, Sentence] = {
    "staff": sentence("Course"),
    "assignment": sentence("Assignment"),
    "handed_in": sentence("Handed in"),
    "feedback": sentence("Feedback"),
    "due": sentence("Due"),
    "no_due": sentence("none"),
    "key": sentence("Key"),
    "key_current": sentence("applied"),
    "key_changed": sentence("The files changed: look at what would move"),
    "open_class": sentence("The class"),
    "open_queue": sentence("To the queue"),
    "no_assignments": sentence("No assignment is served."),
    "at_once": sentence("seen at once"),
    "after_due": sentence("seen after the due time"),
    "not_released": sentence("not released"),
    "released": sentence("released"),
}


class StaffWords(QueueWords):
    """The words of the pages of staff, in one language."""

    def __init__(self, language: Language) -> None:
        """Translate the fixed words once."""
        super().__init__(language, {**WORDS, **STAFF})

    def open_with(self, names: list[str]) -> Markup:
        """Who else has an answer open."""
        shown = self.language.comma.join(names)
        return self.say(
            sentence("{name} has this open", name=shown)
            if len(names) == 1
            else sentence("{names} have this open", names=shown)
        )

    def feedback(self, when: str, released: bool) -> str:
        """When students see the marks of an assignment."""
        if when == "when_released":
            return str(self.word.released if released else self.word.not_released)
        return str(self.word.released if released else getattr(self.word, when))
