"""What the marking pages show, as plain data for their templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from grader.answers.kinds import KINDS
from grader.gradebook.review.queue import Decision, Group, asked_digest, comments
from grader.gradebook.run.course import Course
from grader.homework.assignment import Part
from grader.reports.html import AskedAssignment
from grader.reports.html_part import prose
from grader.reports.sanitise import shorten, text_lines, visible
from grader.service.forms.previews import Previewer
from grader.service.queue.typed import TypedDecision, lines_of
from grader.service.queue.words import QueueWords

_ANSWER = 50_000
_NAME = 200
_SHORT = 60
_STUDENTS = 500


class Notice(NamedTuple):
    """The message above a form: saved, refused, or stale."""

    kind: str
    said: str


class PartRow(NamedTuple):
    """A part in the overview: how many groups it has, and how many groups and answers wait."""

    name: str
    groups: int
    waiting: int
    answers_waiting: int

    @classmethod
    def of(cls, name: str, groups: Sequence[Group]) -> PartRow:
        """The row of a part with these groups."""
        waiting = [group for group in groups if not group.decided]
        answers = sum(not member.marked for group in waiting for member in group.members)
        return cls(name, len(groups), len(waiting), answers)


class PartQueue(NamedTuple):
    """A part whose answers are marked: its course, its assignment, and its groups."""

    course: Course
    assignment: str
    name: str
    groups: Sequence[Group]

    @property
    def part(self) -> Part:
        """The part as it is declared."""
        return self.course.parts(self.assignment)[self.name]

    @property
    def asked(self) -> str:
        """The digest of what a page shows of the part."""
        return asked_digest(self.course, self.assignment, self.name)

    def named(self, key: str) -> Group | None:
        """The group with a key."""
        return next((group for group in self.groups if group.key == key), None)

    def waiting(self, after: Group | None = None) -> Group | None:
        """The first group that waits, or the first from this one on."""
        place = 0 if after is None else self.groups.index(after)
        return next((one for one in [*self.groups[place:], *self.groups[:place]] if not one.decided), None)


class QueuePages:
    """The marking pages in one language, below one address."""

    def __init__(self, words: QueueWords, root: str) -> None:
        """`root` is the address below which parts are, as /ASSIGNMENT/PART."""
        self.words = words
        self.root = root

    def part_path(self, assignment: str, name: str) -> str:
        """The address of a part."""
        return f"{self.root}/{quote(assignment, safe='')}/{quote(name, safe='')}"

    def group_path(self, queue: PartQueue, group: Group) -> str:
        """The address of a group."""
        return f"{self.part_path(queue.assignment, queue.name)}?group={quote(group.key, safe='')}"

    def path_after(self, queue: PartQueue, group: Group) -> str:
        """Where to go after a group was decided: the next that waits, or the part if none does."""
        following = queue.waiting(group)
        path = f"{self.part_path(queue.assignment, queue.name)}?"
        path = path if following is None else f"{self.group_path(queue, following)}&"
        return f"{path}saved={quote(group.key, safe='')}"

    def saved(self, queue: PartQueue, key: str) -> Notice | None:
        """The message about what was last saved."""
        group = queue.named(key)
        if group is None or not group.decided:
            return None
        given, count = group.given[0][0], len(group.members)
        if given.reading:
            return Notice("saved", self.words.saved_reading(shorten(visible(given.reading), _SHORT), count))
        return Notice("saved", self.words.saved(str(Decimal(given.points or 0)), count))

    def overview(self, rows: Mapping[str, Sequence[PartRow]], titles: Mapping[str, str]) -> list[dict[str, Any]]:
        """The assignments with parts in the queue, each with the rows of its parts."""
        return [
            {"title": visible(titles.get(id) or id), "rows": [self._row(id, row) for row in some]}
            for id, some in rows.items()
            if some
        ]

    def _row(self, assignment: str, row: PartRow) -> dict[str, Any]:
        number = self.words.number
        return {
            "name": row.name,
            "path": self.part_path(assignment, row.name),
            "waiting": number(row.waiting),
            "answers": number(row.answers_waiting),
            "groups": row.groups,
            "decided": row.groups - row.waiting,
            "said": f"{number(row.groups - row.waiting)} / {number(row.groups)}",
        }

    def done(
        self, queue: PartQueue, rows: Sequence[PartRow], after: tuple[str, str], notice: Notice | None
    ) -> dict[str, Any]:
        """A part where nothing waits; `rows` are those of its assignment, `after` is where to go from the last part."""
        left = next((row.name for row in rows if row.waiting and row.name != queue.name), None)
        return {
            **self._head(queue),
            "notice": notice,
            "next_part": None if left is None else (left, self.part_path(queue.assignment, left)),
            "after_last": after,
            "groups": [self._listed(queue, group) for group in queue.groups],
        }

    def group(
        self, queue: PartQueue, group: Group, who: str | None, *, anonymous: bool, typed: TypedDecision | None = None
    ) -> dict[str, Any]:
        """One group of a part, with its form; `typed` is what was typed and could not be saved.

        `who` is the person who marks, if the form asks for the name.
        """
        asked = self._asked(queue, group.first.variant)
        place = queue.groups.index(group)
        return {
            **self._head(queue),
            **_prompts(*asked),
            "anonymous": anonymous,
            "group": {"path": self.group_path(queue, group), **self._group(group, anonymous)},
            "readings": self._readings(queue, group),
            "form": {**self._form(group, queue.part, typed, who), "asked": queue.asked},
            "place": self.words.of(place + 1, len(queue.groups)),
            "left": self.words.left(sum(not one.decided for one in queue.groups)),
            "worth": self.words.worth(queue.part.points),
            "ticks": self._ticks(asked[1], queue.part, _of_this_rubric(queue, typed)),
            "comments": comments(queue.groups),
            "before": self._neighbour(queue, place - 1),
            "after": self._neighbour(queue, place + 1),
        }

    def opened(self, queue: PartQueue, group: Group, names: list[str], root: str) -> dict[str, str]:
        """Who else has a group open, and the address, below `root`, where the script polls for that."""
        path, said = self.group_path(queue, group), self.words.open_with(names)
        return {"said": "" if said is None else self.words.say(said), "path": root + path.removeprefix(self.root)}

    # -- pieces -------------------------------------------------------------------------------------------------------

    def _head(self, queue: PartQueue) -> dict[str, Any]:
        title = queue.course.assignments[queue.assignment].title
        return {
            "assignment": visible(title or queue.assignment),
            "name": queue.name,
            "here": self.part_path(queue.assignment, queue.name),
        }

    def _neighbour(self, queue: PartQueue, place: int) -> str | None:
        return self.group_path(queue, queue.groups[place]) if 0 <= place < len(queue.groups) else None

    def _asked(self, queue: PartQueue, variant: str) -> tuple[AskedAssignment, AskedAssignment]:
        """What the question and the part ask in a variant."""
        question, _, part = queue.name.partition(".")
        asked = queue.course.asked(queue.assignment, variant or None).get("questions", {}).get(question, {})
        return asked, asked.get("parts", {}).get(part, {})

    def _group(self, group: Group, anonymous: bool) -> dict[str, Any]:
        names = [] if anonymous else [member.answer.student for member in group.members[:_STUDENTS]]
        return {
            "answer": "\n".join(text_lines(group.first.answer, _ANSWER)),
            "said": prose(group.first.said) if group.first.said else None,
            "count": self.words.students(len(group.members)),
            "names": [shorten(visible(name), _NAME) for name in names],
            "decided": group.decided,
            "given": [self._given(*one) for one in group.given],
        }

    def _given(self, given: Decision, count: int) -> dict[str, Any]:
        return {
            "points": self._decided(given),
            "comment": "\n".join(text_lines(given.comment, _ANSWER)),
            "who": shorten(visible(given.who), _NAME),
            "count": self.words.students(count),
        }

    def _decided(self, given: Decision) -> str:
        """What a person decided: points, or how the answer is read."""
        if given.reading:
            return str(self.words.read_as(shorten(visible(given.reading), _SHORT)))
        return self.words.number(given.points or "0")

    def _readings(self, queue: PartQueue, group: Group) -> dict[str, Any] | None:
        """The readings of an automatically marked answer, each as an unambiguous text; None for a free-text answer."""
        spec = queue.course.spec(queue.assignment, queue.name, group.first.variant or None)
        if not KINDS[spec.kind].machine:
            return None
        part = ("", "")
        found = Previewer({part: spec}).preview(*part, group.first.answer)
        return {
            "found": [{"html": one.html, "written": one.written} for one in found.readings if one.written is not None],
            "chosen": next((given.reading for given, _ in group.given if given.reading), ""),
        }

    def _form(self, group: Group, part: Part, typed: TypedDecision | None, who: str | None) -> dict[str, str | None]:
        """The contents of the fields: what was typed, or the earlier decision."""
        known = {"key": group.key, "version": group.version, "most": str(part.points), "who": who}
        if typed is not None:
            shown_who = None if who is None else typed.who
            words = {"points": typed.points, "comment": typed.words, "reading": typed.reading}
            return {**known, **words, "who": shown_who}
        draft = group.draft
        if draft is None:
            return {**known, "points": "", "comment": "", "reading": ""}
        points = "" if draft.points is None else self.words.number(draft.points)
        shown_who = None if who is None else who or draft.who
        return {**known, "points": points, "comment": draft.comment, "reading": draft.reading, "who": shown_who}

    def _ticks(self, asked: AskedAssignment, part: Part, ticked: Sequence[str]) -> list[dict[str, Any]]:
        texts = [line for _, line in asked.get("rubric", ())] if part.rubric else [self.words.word.full]
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

    def _listed(self, queue: PartQueue, group: Group) -> dict[str, Any]:
        return {
            "path": self.group_path(queue, group),
            "answer": shorten(visible(" ".join(group.first.answer.split())), 80) or self.words.word.no_answer,
            "given": self.words.language.comma.join(self._decided(given) for given, _ in group.given),
            "count": self.words.students(len(group.members)),
        }


def _of_this_rubric(queue: PartQueue, typed: TypedDecision | None) -> tuple[str, ...]:
    """The ticks that were typed; none of those for the lines of an earlier rubric."""
    return typed.ticks if typed is not None and typed.asked in ("", queue.asked) else ()


def _prompts(question: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    """The prompts as on the student's page."""
    prompts = [shown for shown in (question.get("shown"), part.get("shown")) if shown]
    return {"prompts": prompts, "options": part.get("options") or []}
