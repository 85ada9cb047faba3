"""Known mistakes, as rules that compute wrong values. Depends on formulas and the core, not on students or marks."""

from grader.misconceptions.registry import (
    Misconception,
    by_id,
    by_operation,
    made_in,
    misconception,
    misconceptions,
)

__all__ = ["Misconception", "by_id", "by_operation", "made_in", "misconception", "misconceptions"]
