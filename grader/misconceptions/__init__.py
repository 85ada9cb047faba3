"""Known mistakes as rules that compute wrong values; knows formulas and the core, nothing of students or marks."""

from grader.misconceptions.registry import (
    Misconception,
    by_id,
    by_operation,
    made_in,
    misconception,
    misconceptions,
)

__all__ = ["Misconception", "by_id", "by_operation", "made_in", "misconception", "misconceptions"]
