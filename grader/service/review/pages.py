"""The pages of `grader review`: those of the queue, in its own frame, and publishing."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from grader.gradebook.review.queue import Group
from grader.messages import Sentence
from grader.messages.languages import Language
from grader.reports.sanitise import visible
from grader.reports.templates import environment, style
from grader.service.queue.pages import Notice, PartQueue, QueuePages
from grader.service.queue.typed import TypedDecision
from grader.service.review.desk import Desk
from grader.service.review.templates import REVIEW_TEMPLATES
from grader.service.review.words import ReviewWords
from grader.service.templates import SHARED_TEMPLATES

ROOT, OPENED = "/mark", "/opened"
"""The addresses of parts, and where the script reports that an answer is still open."""

_BARE = ("refused.html", "enter.html")
"""The pages for which no file is read: it may be what failed."""


class Pages:
    """The pages of one desk in one language."""

    def __init__(self, desk: Desk, language: Language, csrf: str) -> None:
        """`csrf` is the token for every form."""
        from jinja2 import FileSystemLoader

        self.desk = desk
        self.words = ReviewWords(language)
        self.queue = QueuePages(self.words, ROOT)
        self.csrf = csrf
        self._environment = environment().overlay(loader=FileSystemLoader([REVIEW_TEMPLATES, SHARED_TEMPLATES]))

    def style(self) -> str:
        """The style sheet of all pages."""
        sheets = (SHARED_TEMPLATES / name for name in ("service.css", "queue.css"))
        return str(style()) + "".join(path.read_text(encoding="utf-8") for path in sheets)

    def script(self) -> str:
        """The script; every page works without it."""
        return (SHARED_TEMPLATES / "queue.js").read_text(encoding="utf-8")

    def refused(self, said: Sentence) -> str:
        """Why a request is refused."""
        return self._page("refused.html", said=self.words.say(said))

    def entrance(self) -> str:
        """What the printed link shows for a moment."""
        return self._page("enter.html")

    def overview(self) -> str:
        """All assignments with their parts."""
        assignments = self.queue.overview(self.desk.overview(), self.desk.titles)
        return self._page("overview.html", assignments=assignments, unpublished=self._unpublished())

    def publish(self) -> str:
        """The progress of publishing."""
        progress = self.desk.publication.progress
        return self._page(
            "publish.html",
            progress=progress,
            unpublished=self._unpublished(),
            moved=self.words.moved(progress.moved),
            said=[self.words.say(said) for said in progress.said],
        )

    def done(self, queue: PartQueue, notice: Notice | None = None) -> str:
        """A part where nothing waits."""
        rows = self.desk.overview().get(queue.assignment, [])
        after = ("/publish", self.words.word.publish)
        return self._page("queue_done.html", **self.queue.done(queue, rows, after, notice))

    def group(
        self, queue: PartQueue, group: Group, typed: TypedDecision | None = None, notice: Notice | None = None
    ) -> str:
        """One group of a part, with its form; `typed` is what was typed and could not be saved."""
        shown = self.queue.group(queue, group, self.desk.who, anonymous=self.desk.anonymous, typed=typed)
        opened = self.queue.opened(queue, group, self.desk.open(queue, group.key), OPENED)
        return self._page("queue_part.html", notice=notice, opened=opened, **shown)

    # -- pieces -------------------------------------------------------------------------------------------------------

    def _page(self, template: str, **values: Any) -> str:
        known = {
            "layout": "base.html",
            "names_path": "/names",
            "w": self.words,
            "csrf": self.csrf,
            "anonymous": self.desk.anonymous,
            "desk": visible(str(self.desk.out)),
            "unusable": [] if template in _BARE else [self.words.say(said) for said in self.desk.unusable.values()],
        }
        return self._environment.get_template(template).render({**known, **values})

    def _unpublished(self) -> Markup:
        return self.words.unpublished(self.desk.unpublished())
