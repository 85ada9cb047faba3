"""The helpers of the formula language: small functions on values, declared where they are defined."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from grader.formula.helpers.registry import HELPERS as HELPERS

for _module in iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)
