"""The formats of sheets, a module each.

To add a format, write a module with a subclass of `SheetFormat` with `@register`; the command line, its help and the
README read `SHEET_FORMATS`. `markdown.py` is the shortest example.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from grader.reports.sheets.sheet_format import REGISTERED, SheetFormat

for _module in sorted(found.name for found in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")

SHEET_FORMATS: Mapping[str, SheetFormat] = dict(sorted(REGISTERED.items()))
"""Every format by its name, in alphabetical order."""

__all__ = ["SHEET_FORMATS"]
