"""What a run is asked to do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.gradebook.changes import Change
from grader.gradebook.discover import Aside
from grader.gradebook.memo import Options
from grader.messages import Sentence


@dataclass(frozen=True)
class Plan:
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
class Counts:
    """What a run did, for its one line of summary."""

    files: int = 0
    marked: int = 0
    rewritten: int = 0
    """Those whose marks depend on what they did before, and that are shown in another way or were not there."""
    unchanged: int = 0
    gone: int = 0
    moved: int = 0
    review_left: bool = False
    statuses: dict[str, int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    assignments: list[str] = field(default_factory=list)
    said: list[Sentence] = field(default_factory=list)
    """What may not be as somebody meant it."""
    aside: Aside = field(default_factory=lambda: Aside([], []))

    @property
    def need_people(self) -> int:
        """How many files are not settled without a person."""
        return self.files - self.statuses.get("graded", 0) - self.statuses.get("superseded", 0)
