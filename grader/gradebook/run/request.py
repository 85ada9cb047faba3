"""What a run is asked to do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.gradebook.database.moves import Move
from grader.gradebook.run.marking import Options
from grader.gradebook.run.scan import Aside
from grader.messages import Sentence


@dataclass(frozen=True)
class BatchRequest:
    """What is to be graded, where to, and how."""

    folder: Path
    out: Path
    keys_dir: Path
    options: Options
    jobs: int | None = None
    scheduler: str | None = None
    diff: bool = False
    """Whether the instructor is told which marks moved."""


@dataclass
class Summary:
    """What a run did."""

    files: int = 0
    marked: int = 0
    rewritten: int = 0
    """Files with the marks that they had, whose reports were missing or are shown in another way now."""
    unchanged: int = 0
    ignored: int = 0
    """Files that are no submissions by their names; they are none of `files`."""
    gone: int = 0
    moved: int = 0
    review_left: bool = False
    statuses: dict[str, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    """The marks that moved and that nobody was told of, where they are asked for."""
    moves_before: list[Move] = field(default_factory=list)
    """Where there are none, those that were told last."""
    assignments: list[str] = field(default_factory=list)
    said: list[Sentence] = field(default_factory=list)
    """What the instructor may not have meant."""
    aside: Aside = field(default_factory=lambda: Aside([], []))

    @property
    def need_people(self) -> int:
        """How many files are not settled without a person."""
        return self.files - self.statuses.get("graded", 0) - self.statuses.get("superseded", 0)

    @property
    def exit_status(self) -> int:
        """0 when all is graded, 1 when answers wait for a person, 3 when none does and some file was not graded."""
        if self.statuses.get("needs_review"):
            return 1
        return 3 if self.need_people else 0
