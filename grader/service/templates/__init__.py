"""Shared by all pages of the service: the page frame, and the style of forms and notices."""

from pathlib import Path

SHARED_TEMPLATES = Path(__file__).parent
