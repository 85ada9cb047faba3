"""What the pages show, as plain data for their templates."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from grader.gradebook.review.queue import Group, comments
from grader.homework.assignment import Part
from grader.messages import Sentence
from grader.messages.languages import Language
from grader.reports.html import Asked
from grader.reports.html_part import prose
from grader.reports.sanitise import shorten, text_lines, visible
from grader.reports.templates import environment, style
from grader.service.review.desk import Desk, Typed, lines_of
from grader.service.review.templates import FOLDER
from grader.service.review.words import ServiceWords
from grader.service.templates import FOLDER as SHARED

_ANSWER = 50_000
_NAME = 200
_STUDENTS = 500
BLANK = Typed("", "", "", (), "", "", "")


class Notice(NamedTuple):
    """What is said above a form: saved, refused, or stale."""

    kind: str
    said: str


class Pages:
    """The pages of one desk in one language."""

    def __init__(self, desk: Desk, language: Language, csrf: str) -> None:
        """`csrf` is what each form sends along."""
        from jinja2 import FileSystemLoader

        self.desk = desk
        self.words = ServiceWords(language)
        self.csrf = csrf
        self._environment = environment().overlay(loader=FileSystemLoader([FOLDER, SHARED]))

    def style(self) -> str:
        """The style sheet of all pages."""
        return str(style()) + "".join(
            path.read_text(encoding="utf-8") for path in (SHARED / "service.css", FOLDER / "review.css")
        )

    def script(self) -> str:
        """The one script; every page works without it."""
        return (FOLDER / "review.js").read_text(encoding="utf-8")

    def refused(self, said: Sentence) -> str:
        """Why a request is refused."""
        return self._page("refused.html", said=self.words.say(said))

    def entrance(self) -> str:
        """What the printed link shows for a moment."""
        return self._page("enter.html")

    def overview(self) -> str:
        """All assignments with their parts."""
        assignments = [
            {"id": id, "title": visible(self.desk.titles.get(id, id)), "rows": [self._row(id, row) for row in rows]}
            for id, rows in self.desk.overview().items()
            if rows
        ]
        return self._page("overview.html", assignments=assignments, unpublished=self._unpublished())

    def publish(self) -> str:
        """How far publishing is."""
        progress = self.desk.publication.progress
        return self._page(
            "publish.html",
            progress=progress,
            unpublished=self._unpublished(),
            moved=self.words.moved(progress.moved),
            said=[self.words.say(said) for said in progress.said],
        )

    def done(self, assignment: str, name: str, notice: Notice | None = None) -> str:
        """A part of which nothing waits."""
        rows = self.desk.overview().get(assignment, [])
        left = next((row.name for row in rows if row.waiting and row.name != name), None)
        groups = self.desk.queue(assignment, name)
        return self._page(
            "done.html",
            **self._head(assignment, name),
            notice=notice,
            next_part=None if left is None else (left, part_path(assignment, left)),
            groups=[self._listed(assignment, name, group) for group in groups],
        )

    def group(
        self,
        assignment: str,
        name: str,
        groups: Sequence[Group],
        place: int,
        typed: Typed | None = None,
        notice: Notice | None = None,
    ) -> str:
        """One group of a part, with its form; `typed` is what was typed and could not be saved."""
        group, part = groups[place], self.desk.course.parts(assignment)[name]
        asked = self._asked(assignment, name, group.variant)
        return self._page(
            "part.html",
            **self._head(assignment, name),
            **_prompts(*asked),
            notice=notice,
            group={"path": group_path(assignment, name, group), **self._group(group)},
            form=self._form(group, part, typed),
            place=self.words.of(place + 1, len(groups)),
            left=self.words.left(sum(not one.decided for one in groups)),
            worth=self.words.worth(part.points),
            ticks=self._ticks(asked[1], part, typed),
            comments=comments(groups),
            before=_neighbour(assignment, name, groups, place - 1),
            after=_neighbour(assignment, name, groups, place + 1),
        )

    # -- pieces -------------------------------------------------------------------------------------------------------

    def _page(self, template: str, **values: Any) -> str:
        known = {
            "w": self.words,
            "csrf": self.csrf,
            "anonymous": self.desk.anonymous,
            "desk": visible(str(self.desk.out)),
        }
        return self._environment.get_template(template).render(**known, **values)

    def _unpublished(self) -> Markup:
        return self.words.unpublished(self.desk.unpublished())

    def _row(self, assignment: str, row: Any) -> dict[str, Any]:
        number = self.words.number
        return {
            "name": row.name,
            "path": part_path(assignment, row.name),
            "waiting": number(row.waiting),
            "answers": number(row.answers_waiting),
            "groups": row.groups,
            "decided": row.groups - row.waiting,
            "said": f"{number(row.groups - row.waiting)} / {number(row.groups)}",
            "done": not row.waiting,
        }

    def _head(self, assignment: str, name: str) -> dict[str, Any]:
        return {
            "assignment": visible(self.desk.titles.get(assignment, assignment)),
            "name": name,
            "here": part_path(assignment, name),
        }

    def _asked(self, assignment: str, name: str, variant: str) -> tuple[Asked, Asked]:
        """What the question and the part ask in a variant."""
        question, _, part = name.partition(".")
        asked = self.desk.course.asked(assignment, variant or None).get("questions", {}).get(question, {})
        return asked, asked.get("parts", {}).get(part, {})

    def _group(self, group: Group) -> dict[str, Any]:
        names = [] if self.desk.anonymous else [member.answer.student for member in group.members[:_STUDENTS]]
        return {
            "answer": "\n".join(text_lines(group.answer, _ANSWER)),
            "said": prose(group.said) if group.said else None,
            "count": self.words.students(len(group.members)),
            "names": [shorten(visible(name), _NAME) for name in names],
            "decided": group.decided,
            "given": [self._given(*one) for one in group.given],
        }

    def _given(self, words: tuple[str | None, str, str], count: int) -> dict[str, Any]:
        points, comment, who = words
        return {
            "points": self.words.number(points or "0"),
            "comment": "\n".join(text_lines(comment, _ANSWER)),
            "who": shorten(visible(who), _NAME),
            "count": self.words.students(count),
        }

    def _form(self, group: Group, part: Part, typed: Typed | None) -> dict[str, str]:
        """What the fields hold: what was typed, or what was given before."""
        known = {"key": group.key, "version": group.version, "most": str(part.points)}
        if typed is not None:
            return {**known, "points": typed.points, "comment": typed.comment or typed.again, "who": typed.who}
        draft = group.draft
        if draft is None:
            return {**known, "points": "", "comment": "", "who": self.desk.who}
        points = "" if draft.points is None else self.words.number(draft.points)
        return {**known, "points": points, "comment": draft.comment, "who": self.desk.who or draft.who}

    def _ticks(self, asked: Asked, part: Part, typed: Typed | None) -> list[dict[str, Any]]:
        texts = [line for _, line in asked.get("rubric", ())] if part.rubric else [self.words.word.full]
        ticked = (typed or BLANK).ticks
        return [
            {
                "number": self.words.number(place + 1),
                "value": str(place),
                "worth": str(worth),
                "points": self.words.number(worth),
                "text": text,
                "ticked": str(place) in ticked,
            }
            for place, (worth, text) in enumerate(zip(lines_of(part), texts, strict=True))
        ]

    def _listed(self, assignment: str, name: str, group: Group) -> dict[str, Any]:
        return {
            "path": group_path(assignment, name, group),
            "answer": shorten(visible(" ".join(group.answer.split())), 80) or self.words.word.no_answer,
            "given": self.words.language.comma.join(self.words.number(words[0] or "0") for words, _ in group.given),
            "count": self.words.students(len(group.members)),
        }


def _prompts(question: Asked, part: Asked) -> dict[str, Any]:
    """The prompts as the student's page shows them."""
    prompts = [shown for shown in (question.get("shown"), part.get("shown")) if shown]
    return {"prompts": prompts, "options": part.get("options") or []}


def part_path(assignment: str, name: str) -> str:
    """The address of a part."""
    return f"/mark/{quote(assignment, safe='')}/{quote(name, safe='')}"


def group_path(assignment: str, name: str, group: Group) -> str:
    """The address of a group."""
    return f"{part_path(assignment, name)}?group={quote(group.key, safe='')}"


def _neighbour(assignment: str, name: str, groups: Sequence[Group], place: int) -> str | None:
    return group_path(assignment, name, groups[place]) if 0 <= place < len(groups) else None


def saved_notice(words: ServiceWords, group: Group | None) -> Notice | None:
    """What was saved last."""
    if group is None or not group.decided:
        return None
    (points, _, _), _ = group.given[0]
    return Notice("saved", words.saved(str(Decimal(points or 0)), len(group.members)))
