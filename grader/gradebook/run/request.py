"""The request for a run, and its summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.gradebook.database.moves import Move
from grader.gradebook.run.marking import ReportOptions
from grader.gradebook.run.scan import Aside
from grader.messages import Sentence
from grader.structs import Struct


class BatchRequest(Struct):
    """What to grade, where to write, and how."""

    folder: Path
    out: Path
    keys_dir: Path
    options: ReportOptions
    jobs: int | None = None
    scheduler: str | None = None
    diff: bool = False
    """Whether to list the marks that moved."""


@dataclass
class Summary:
    """What a run did."""

    files: int = 0
    marked: int = 0
    rewritten: int = 0
    """Files with unchanged marks whose reports were missing or are rendered differently now."""
    unchanged: int = 0
    ignored: int = 0
    """Documents that are not submissions, judging by their names; `files` does not count them."""
    gone: int = 0
    moved: int = 0
    review_left: bool = False
    statuses: dict[str, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    """With `diff`, the marks that moved and have not been listed yet."""
    moves_before: list[Move] = field(default_factory=list)
    """With `diff`, if there are none, those that were listed last."""
    assignments: list[str] = field(default_factory=list)
    said: list[Sentence] = field(default_factory=list)
    """Warnings about what the instructor may not have meant."""
    aside: Aside = field(default_factory=lambda: Aside([], []))

    @property
    def need_people(self) -> int:
        """How many files need a person."""
        return self.files - self.statuses.get("graded", 0) - self.statuses.get("superseded", 0)

    @property
    def exit_status(self) -> int:
        """0 if all is graded, 1 if answers wait for a person, 3 if none does and some file was not graded."""
        if self.statuses.get("needs_review"):
            return 1
        return 3 if self.need_people else 0
