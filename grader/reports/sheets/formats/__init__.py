"""The formats of sheets, one module each.

To add a format, write a module with a subclass of `SheetFormat` with `@register`; the command line, its help and the
README read `SHEET_FORMATS`. `markdown.py` is the shortest example.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.registries import import_modules
from grader.reports.sheets.sheet_format import REGISTERED_SHEET_FORMATS, SheetFormat

import_modules(__name__, __path__)

SHEET_FORMATS: Mapping[str, SheetFormat] = dict(sorted(REGISTERED_SHEET_FORMATS.items()))
"""Every format by its name, in alphabetical order."""

__all__ = ["SHEET_FORMATS"]
