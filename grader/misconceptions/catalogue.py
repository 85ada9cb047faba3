"""Every misconception, topic by topic."""

from __future__ import annotations

from grader.misconceptions.rule import Misconception

CATALOGUE: tuple[Misconception, ...] = ()
"""The explicit table; ids are unique."""
