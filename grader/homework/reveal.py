"""When right answers are shown: an option of policies and reports."""

from __future__ import annotations

from typing import Literal, get_args

Reveal = Literal["never", "wrong", "always"]
"""When right answers are shown: never, for parts that are not right, or for all parts."""

REVEALS: tuple[Reveal, ...] = get_args(Reveal)
