"""Numbers put in the opposite order."""

from __future__ import annotations

from typing import Any

from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception


@misconception(
    id="sorted-other-way",
    operations=("sort", "argsort"),
    equals="the numbers are put in the opposite order, the smallest first for the largest or the other way round",
    repair="Check which end comes first.",
)
def _other_way(occurrence: Occurrence) -> Any:
    return occurrence.changed(descending=not occurrence.bound()["descending"])
