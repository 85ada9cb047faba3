"""What many submissions share, worked out once: the marks of one question's answers, and how they are written.

A part's mark depends on its own answer and on those before it, all in the same question, so equal answers to a
question earn equal marks. Free texts have no part in that: they are put into the finished text afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from secrets import token_hex
from typing import Any, NamedTuple

from grader.answers import read_answer
from grader.homework.solution import SolvedQuestion
from grader.marking.mark import mark_question
from grader.marking.report import PartReport, QuestionReport
from grader.messages.languages import LANGUAGES, Say
from grader.reports import Reveal
from grader.reports.json import dumps, plain, question_text, submitted

MOST_KEPT = 2_000
MOST_CHARACTERS = 4_000_000
LONGEST_KEY = 20_000
PLACE = f"⟨{token_hex(16)}⟩"
"""Stands for a free text in what is shared; no student can write it, for it is drawn anew in each process."""
WAITING = ("pending", "unreadable", "error")


@dataclass(frozen=True)
class Options:
    """What changes how a report is shown, but no mark."""

    reveal: Reveal = "never"
    pages: bool = True
    lang: str = "en"

    @property
    def say(self) -> Say:
        """How sentences are said."""
        return LANGUAGES[self.lang]


class Slotted(NamedTuple):
    """A finished text with places for free texts between its pieces, equally many for each."""

    pieces: tuple[str, ...]

    @classmethod
    def of(cls, text: str, place: str) -> Slotted:
        """The text, open wherever the place holder stands."""
        return cls(tuple(text.split(place)))

    def filled(self, *texts: str) -> str:
        """The whole text; each of `texts` fills as many places as the others."""
        if len(self.pieces) == 1:
            return self.pieces[0]
        times = (len(self.pieces) - 1) // len(texts)
        written = [self.pieces[0]]
        for place, piece in enumerate(self.pieces[1:]):
            written += (texts[place // times], piece)
        return "".join(written)


@dataclass(frozen=True, slots=True)
class Marked:
    """One question, marked and written; `texts` are the parts whose free texts fill the places."""

    id: str
    json: Slotted
    html: Slotted | None
    markdown: Slotted | None
    row: Mapping[str, Any]
    texts: tuple[str, ...]
    score: Decimal
    pending: Decimal
    marks: str
    waiting: tuple[tuple[str, Any, str], ...]
    findings: tuple[tuple[str, str], ...]
    wrong: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """About how many characters are kept."""
        written = (self.json, self.html, self.markdown)
        return sum(len(piece) for one in written if one for piece in one.pieces) + len(self.marks) + 1_000

    def json_text(self, answers: Mapping[str, Any]) -> str:
        """The question as it stands in the JSON document, with the free texts of these answers."""
        written = (text for name in self.texts for text in (submitted(answers[name]), answers[name].strip()))
        return self.json.filled(*map(dumps, written))

    def html_text(self, answers: Mapping[str, Any]) -> str:
        """The question as it stands in the page."""
        assert self.html is not None
        from grader.reports.html import free_text

        return self.html.filled(*(free_text(submitted(answers[name])) for name in self.texts))

    def markdown_text(self, answers: Mapping[str, Any], say: Say = str) -> str:
        """The question as it stands in the Markdown report."""
        assert self.markdown is not None
        from grader.reports.markdown import free_text

        return self.markdown.filled(*(free_text(answers[name], say) for name in self.texts))


class Memo:
    """The questions of one class of answers, marked; the oldest are forgotten when there are too many."""

    def __init__(self, solved: SolvedQuestion, carried: Decimal, options: Options, asked: Mapping[str, Any]) -> None:
        """Nothing is kept yet; `asked` is what a page says about the question."""
        self.solved = solved
        self.carried = carried
        self.options = options
        self.asked = asked
        self.max_score = sum((part.part.points for part in solved.parts.values()), Decimal(0))
        self._free = {name: part.spec for name, part in solved.parts.items() if not part.kind.machine}
        self._kept: dict[str, Marked] = {}
        self._characters = 0

    def marked(self, answers: Mapping[str, Any]) -> Marked:
        """The question under these answers."""
        asked = self._without_texts(answers)
        key = repr(asked)
        found = self._kept.get(key)
        if found is not None:
            return found
        found = self._marked(mark_question(self.solved, asked, self.carried))
        if len(key) <= LONGEST_KEY:
            self._keep(key, found)
        return found

    def report(self, answers: Mapping[str, Any]) -> QuestionReport:
        """The whole report on the question, marked afresh."""
        return mark_question(self.solved, answers, self.carried)

    def _without_texts(self, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answers with one text in place of every free text: a person marks it, whatever it says."""
        free = [name for name in self._free if _is_text(answers.get(name), self._free[name])]
        return {**answers, **dict.fromkeys(free, PLACE)} if free else answers

    def _keep(self, key: str, found: Marked) -> None:
        self._kept[key] = found
        self._characters += found.size + len(key)
        while len(self._kept) > MOST_KEPT or self._characters > MOST_CHARACTERS:
            oldest = next(iter(self._kept))
            self._characters -= self._kept.pop(oldest).size + len(oldest)

    def _marked(self, report: QuestionReport) -> Marked:
        say = self.options.say
        written = question_text(report, reveal=self.options.reveal, say=say)
        document = json.loads(written)
        html, markdown = self._pages(report, document) if self.options.pages else (None, None)
        texts = tuple(part.id for part in report.parts if part.submitted == PLACE)
        return Marked(
            id=report.id,
            json=Slotted.of(written, dumps(PLACE)),
            html=html,
            markdown=markdown,
            row={**document, "parts": [{"id": part.id, "verdict": part.verdict} for part in report.parts]},
            texts=texts,
            score=report.score,
            pending=sum((part.max_score for part in report.parts if part.verdict in WAITING), Decimal(0)),
            marks=marks_of(report),
            waiting=tuple(
                (
                    part.id,
                    None if part.id in texts else part.submitted,
                    "" if part.verdict == "pending" else " ".join(map(say, part.message)),
                )
                for part in report.parts
                if part.verdict in WAITING
            ),
            findings=tuple(
                dict.fromkeys(
                    (part.id, one.id) for part in report.parts for one in part.diagnoses if one.kind != "carried"
                )
            ),
            wrong=tuple((part.id, value) for part in report.parts if (value := _unexplained(part)) is not None),
        )

    def _pages(self, report: QuestionReport, document: Mapping[str, Any]) -> tuple[Slotted, Slotted]:
        from grader.reports import html, markdown

        options = self.options
        page = html.question_fragment(document, self.asked, lang=options.lang, reveal=options.reveal)
        text = markdown.question_text(report, reveal=options.reveal, say=options.say)
        return (
            Slotted.of(page, html.free_text(PLACE)),
            Slotted.of(text, markdown.free_text(PLACE, options.say)),
        )


def _is_text(raw: Any, wanted: Any) -> bool:
    if isinstance(raw, str) and len(raw) > 20 and raw[0].isascii() and raw[0].isalpha():
        return True  # plainly no blank: those are short
    return isinstance(raw, str) and not read_answer(raw, wanted).blank


def marks_of(report: QuestionReport, people: Mapping[str, str] | None = None) -> str:
    """What every part earned, one line each: enough to tell later which mark moved; people's points by part."""
    given = people or {}
    return "".join(
        f"{report.id}.{part.id}\t{part.verdict}\t{part.score}\t{part.max_score}\t{given.get(part.id, '')}\n"
        for part in report.parts
    )


def _unexplained(part: PartReport) -> str | None:
    """A wrong value that no misconception explains, in one spelling: many that agree put the key in doubt."""
    if part.verdict not in ("wrong", "partial") or part.read is None:
        return None
    if any(one.kind == "misconception" for one in part.diagnoses):
        return None
    written = dumps(plain(part.read))
    return written if len(written) <= 500 else None
