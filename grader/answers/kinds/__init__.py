"""The kinds of answers, one module each; it registers the kind's one object where that is defined.

To add a kind, add one module to this package: a subclass of `Kind` with every abstract method and class attribute, and
`register(...)` on its only instance. Nothing else lists kinds: the schemas, the template, the marker, the reports and
the web form read `KINDS`. `base.py` says what each method is for; `number.py` is the shortest example of a kind with
one value, `array.py` of one with entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from grader.answers.kinds.base import REGISTERED_KINDS, Kind
from grader.registries import import_modules

import_modules(__name__, __path__)

KINDS: Mapping[str, Kind] = dict(sorted(REGISTERED_KINDS.items()))
"""Every kind by its name, in alphabetical order."""

if TYPE_CHECKING:
    KindName = str
else:
    KindName = Literal[tuple(KINDS)]
    """The names of the kinds, as a document may spell them."""

__all__ = ["KINDS", "Kind", "KindName"]
