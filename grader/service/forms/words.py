"""The fixed words and sentences of the hand-in pages, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from types import SimpleNamespace

from markupsafe import Markup

from grader.messages import Sentence, sentence
from grader.messages.languages import Language
from grader.reports.html_part import prose
from grader.reports.sheets.sheet import SheetQuestion
from grader.reports.sheets.words import SheetWords

WORDS: Mapping[str, Sentence] = {
    "skip": sentence("To the content"),
    "overview": sentence("Overview"),
    "answer": sentence("Answer"),
    "one": sentence("Choose one."),
    "several": sentence("Tick all that apply."),
    "each": sentence("Choose one for each."),
    "by_row": sentence("One row each."),
    "as_text": sentence("Or as text: one row per line, or what a framework prints"),
    "more_rows": sentence("More rows appear when you press “Show how my answers are read”."),
    "no_option": sentence("None of them"),
    "unanswered": sentence("No answer"),
    "choose": sentence("choose one"),
    "read_as": sentence("Read as"),
    "ways": sentence("This can be read in several ways. Which one do you mean?"),
    "mean": sentence("I mean"),
    "write": sentence("write"),
    "blank": sentence("blank"),
    "by_person": sentence("A person reads this."),
    "unreadable": sentence("This cannot be read: a person will look at it."),
    "undecided": sentence("If the mark depends on this, a person will look at it."),
    "show": sentence("Show how my answers are read"),
    "check": sentence("Check and hand in"),
    "upload": sentence("Hand in a file instead"),
    "upload_hint": sentence("A submission file (TOML), such as one that was made from the template of this homework."),
    "file": sentence("File"),
    "upload_button": sentence("Hand in this file"),
    "not_handed_in": sentence("Not handed in"),
    "older": sentence(
        "The question was changed after you typed this answer. Look at its numbers and at your answer before you go on."
    ),
    "without_field": sentence("Typed into fields that the assignment no longer has"),
    "confirm": sentence("Check what you hand in"),
    "confirm_hint": sentence("Nothing is handed in yet. Below is what you typed and how it is read."),
    "yes": sentence("Hand in now"),
    "back": sentence("Change something"),
    "typed": sentence("What you typed"),
    "handed_in": sentence("Handed in"),
    "receipt": sentence("Receipt"),
    "number": sentence("Number"),
    "received": sentence("Received"),
    "digest": sentence("Digest of the file (SHA-256)"),
    "keep": sentence("Keep this page or the file: either proves what was handed in, and when."),
    "download": sentence("Download the file that was handed in"),
    "feedback": sentence("To the feedback"),
    "terms": sentence("When and how often you may hand in"),
    "due": sentence("Due"),
    "student": sentence("Student"),
    "variant": sentence("Variant"),
}

SCRIPT: Mapping[str, Sentence] = {
    "saved": sentence("Everything is saved."),
    "saving": sentence("Saving…"),
    "offline": sentence("No connection. What you type is kept in this browser and saved when the connection is back."),
    "signed_out": sentence(
        "You are signed out. What you type is kept in this browser: sign in again, then reload this page."
    ),
    "not_saved": sentence("An answer could not be saved. It is still on this page."),
    "conflict": sentence("This answer was changed in another window or on another device. There it says:"),
    "nothing": sentence("(nothing was written)"),
    "mine": sentence("Keep what is here"),
    "theirs": sentence("Take what is there"),
    "restored": sentence("An answer that had not been saved was found in this browser and put back."),
    "grid": sentence("Fill in a grid"),
    "grid_close": sentence("Close the grid"),
    "grid_kept": sentence("The text in the field does not fit a grid. Clear the field to fill in a grid."),
    "rows_kept": sentence("The text in the field does not fit rows. Clear the field to fill in rows."),
    "add_row": sentence("Add a row"),
    "rows": sentence("Rows"),
    "columns": sentence("Columns"),
    "row": sentence("row"),
    "column": sentence("column"),
}
"""The words used by the script."""


class FormWords(SheetWords):
    """What the pages say, and how they write numbers and times."""

    def __init__(self, language: Language) -> None:
        """Translate the fixed words once."""
        super().__init__(language)
        self.word = SimpleNamespace(**{name: language(said) for name, said in WORDS.items()})
        self.script = {name: language(said) for name, said in SCRIPT.items()}

    def say(self, said: Sentence) -> Markup:
        """A sentence as HTML, with its quoted parts isolated and escaped."""
        return prose(self.language(said))

    def worth(self, points: Decimal) -> Markup:
        """`2.5 points`."""
        return prose(self.points(points))

    def question(self, question: SheetQuestion) -> Markup:
        """`Question 2`."""
        return prose(self.heading(question))

    def attempts(self, left: int) -> Markup:
        """How many attempts are left."""
        if left == 1:
            return self.say(sentence("You can hand in once more."))
        return self.say(sentence("You can hand in {count:,} more times.", count=left))

    def draft(self, saved: datetime | None, zone: tzinfo) -> Markup:
        """When the draft was last saved."""
        if saved is None:
            return self.say(sentence("What you type is saved as you type, and handed in only when you say so."))
        return self.say(sentence("Your draft was saved on {time}.", time=self.moment(saved, zone)))

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """A time in the course's zone, to the minute, with the name of the zone.

        >>> from zoneinfo import ZoneInfo
        >>> from grader.messages.languages import ENGLISH
        >>> FormWords(ENGLISH).moment(datetime(2026, 3, 1, 20, 29, tzinfo=UTC), ZoneInfo("Asia/Tehran"))
        '2026-03-01 23:59 (Asia/Tehran)'
        """
        there = moment.astimezone(zone)
        name = getattr(zone, "key", None) or there.tzname() or ""
        return f"{self._digits(f'{there:%Y-%m-%d %H:%M}')} ({name})"

    def time(self, moment: datetime, zone: tzinfo, *, both: bool = False) -> Markup:
        """The same as a `time` element; with `both`, to the second and also in UTC."""
        written = self.moment(moment, zone)
        if both:
            there, utc = moment.astimezone(zone), moment.astimezone(UTC)
            name = written.partition(" (")[2].rstrip(")")
            written = f"{self._digits(f'{there:%Y-%m-%d %H:%M:%S}')} ({name})"
            if name != "UTC":
                written += f" = {self._digits(f'{utc:%Y-%m-%d %H:%M:%S}')} UTC"
        iso = moment.astimezone(UTC).isoformat(timespec="seconds")
        return Markup('<time datetime="{}" dir="ltr">{}</time>').format(iso, written)

    def blanks(self, count: int) -> Markup:
        """How many answers are blank."""
        return self.say(
            sentence("1 answer is blank.") if count == 1 else sentence("{count:,} answers are blank.", count=count)
        )

    def unclear(self, names: list[str]) -> Markup:
        """Which answers are unreadable or ambiguous."""
        said = sentence("Not read, or read in several ways: {names}", names=self.language.comma.join(names))
        return self.say(said)

    def _digits(self, text: str) -> str:
        return text.translate(str.maketrans("0123456789", self.language.digits))
