"""The helpers of the formula language: small functions on values, declared where they are defined."""

from __future__ import annotations

from grader.formula.helpers.registry import HELPERS as HELPERS
