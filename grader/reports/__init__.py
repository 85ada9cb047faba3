"""A finished report becomes terminal text, Markdown, HTML or JSON. It knows nothing of how marks are made."""

from __future__ import annotations

from typing import Literal, get_args

Reveal = Literal["never", "wrong", "always"]
"""When right answers are shown: never, for parts that are not right, or for all parts."""

REVEALS: tuple[Reveal, ...] = get_args(Reveal)

LIMIT = 60_000
"""Characters that one report may have, in any format."""
