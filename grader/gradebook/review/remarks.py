"""Comments that people write into the review file: read with their entries, and written back with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from grader.gradebook.database import Database
from grader.gradebook.review.forms import comments
from grader.gradebook.review.tables import comments_besides
from grader.gradebook.run.course import Course

Key = tuple[str, str, str]
HEAD: Key = ("", "", "")
"""The key of comments above the first entry."""


class Remarks:
    """The comments of one review file, by assignment, student and part."""

    def __init__(self, course: Course, database: Database) -> None:
        """Nothing is read yet."""
        self.course = course
        self.database = database
        self._before = database.remarks()
        self.lines: dict[Key, str] = {}
        """Comments by entry; empty if they were removed."""

    def collected(self, tables: Iterable[tuple[dict[str, Any], str]]) -> Iterator[dict[str, Any]]:
        """The documents of the tables; comments in their texts are collected on the way."""
        known = own_comments(self.course, self.database)
        for document, text in tables:
            if not text:  # a file that could not be divided: nobody knows which comment belongs where
                yield document
                continue
            keys = [key for entry in _entries(document) if (key := _key(entry)) is not None] or [HEAD]
            found = comments_besides(known, text)
            for key in keys:
                if found or key in self._before:
                    said = [self.lines.get(key, ""), *found]
                    self.lines[key] = "\n".join(filter(None, said))
                    found = []
            yield document


def own_comments(course: Course, database: Database) -> set[str]:
    """Comments that the grader wrote, including those of the last run, as rubrics may have changed since."""
    known = set(database.note("comments").splitlines())
    return known.union(comments(course, database.assignments() or course.assignments))


def keep_own_comments(course: Course, database: Database) -> None:
    """Remember the comments that the grader wrote into the review file."""
    database.put_note("comments", "\n".join(sorted(set(comments(course, database.assignments())))))


def _entries(document: dict[str, Any]) -> list[Any]:
    entries = document.get("review", [])
    return entries if isinstance(entries, list) else []


def _key(entry: Any) -> Key | None:
    if not isinstance(entry, dict):
        return None
    names = [entry.get(name) for name in ("assignment", "student", "part")]
    assignment, student, part = (str(name or "").strip() for name in names)
    return assignment, student, part
