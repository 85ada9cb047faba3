"""The fixed words and sentences of `grader review`, in one language."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.service.queue.words import QueueWords

WORDS: Mapping[str, Sentence] = {
    "review": sentence("Review"),
    "publish": sentence("Publish"),
    "publish_hint": sentence(
        "Publishing writes reports, pages, the table and review.toml with the marks that were given here, as the next "
        "`grader batch` would."
    ),
    "running": sentence("Publishing"),
    "published": sentence("Published."),
    "failed": sentence("Not published"),
    "enter": sentence("Open the review"),
    "refused": sentence("This did not work"),
    "home": sentence("To the overview"),
    "unusable": sentence("The files cannot be used"),
    "as_before": sentence("The assignment is shown as it was before, if it could be used then."),
}


class ReviewWords(QueueWords):
    """What the pages say, and how they write numbers."""

    def __init__(self, language: Language) -> None:
        """Translate the fixed words once."""
        super().__init__(language, WORDS)

    def unpublished(self, count: int) -> Markup:
        """How many marks were given since the results were published."""
        if count == 0:
            return self.say(sentence("Every mark that was given here is published."))
        if count == 1:
            return self.say(sentence("1 mark is not published yet."))
        return self.say(sentence("{count:,} marks are not published yet.", count=count))

    def moved(self, count: int) -> Markup:
        """How many marks moved by publishing."""
        return self.say(sentence("1 mark moved") if count == 1 else sentence("{count:,} marks moved", count=count))
