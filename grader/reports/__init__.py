"""A finished report becomes terminal text, Markdown, or JSON."""

from __future__ import annotations

from typing import Literal

Reveal = Literal["never", "wrong", "always"]
"""When right answers are shown: never, for parts that are not right, or for all parts."""

LIMIT = 60_000
"""Characters that one report may have, in any format."""
