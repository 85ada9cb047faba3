"""Rendering a finished report as terminal text, Markdown, HTML or JSON, without knowing how marks are made."""

from __future__ import annotations

from grader.homework.policy import REVEALS, Reveal

__all__ = ["LIMIT", "REVEALS", "Reveal"]

LIMIT = 60_000
"""The most characters of one report, in any format."""
