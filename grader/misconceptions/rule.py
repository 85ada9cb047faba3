"""What a misconception is: an id, the operation it replaces, the wrong rule, and what to say about it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.formula.substitution import Rule
from grader.messages import Sentence, sentence


@dataclass(frozen=True)
class Misconception:
    """A mistake that a grader has seen, as a rule that computes the wrong value.

    `operations` are the names at whose occurrences the rule is tried: operations of the core, helpers, or an
    arithmetic sign (`"/"`) whose formula the rule inspects. `rule` gets the occurrence and gives the wrong value, or
    raises NotApplicableError. `equals` completes "Your numbers equal what you get if ..."; `repair` is a whole
    sentence, an imperative. Neither holds a number of a key. `source` is the paper in which it was seen, or
    "well known".
    """

    id: str
    operations: tuple[str, ...]
    rule: Rule
    equals: Sentence
    repair: Sentence
    source: str = "well known"


def misconception(
    id: str, operations: str | tuple[str, ...], rule: Rule, equals: str, repair: str, source: str = "well known"
) -> Misconception:
    """A catalogue row; `equals` and `repair` are the English sentences by which translations are found."""
    names = (operations,) if isinstance(operations, str) else operations
    return Misconception(id, names, rule, sentence(equals), sentence(repair), source)
