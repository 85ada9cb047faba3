"""The export formats, one module each; it registers its exporter where that is defined.

To add a format, add one module to this package: a subclass of `Exporter` with its class attributes and `export`, under
`@register`. Nothing else lists formats: the command line, its help and the README read `EXPORTERS`. `exporter.py`
next to this package says what each attribute is for; `nbgrader.py` is the shortest example.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.lms.exporter import REGISTERED_EXPORTERS, Exporter
from grader.registries import import_modules

import_modules(__name__, __path__)

EXPORTERS: Mapping[str, Exporter] = dict(sorted(REGISTERED_EXPORTERS.items()))
"""Every exporter by the name of its format, in alphabetical order."""

__all__ = ["EXPORTERS"]
