"""A finished report becomes terminal text, Markdown, HTML or JSON. It knows nothing of how marks are made."""

from __future__ import annotations

from grader.homework.reveal import REVEALS, Reveal

__all__ = ["LIMIT", "REVEALS", "Reveal"]

LIMIT = 60_000
"""Characters that one report may have, in any format."""
