"""The order in which many files are handed in at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from grader.errors import GraderError
from grader.service.course.hand_in import read
from grader.service.course.service import Service

_File = TypeVar("_File")


def in_order(service: Service, files: Sequence[_File], read_bytes: Callable[[_File], bytes | None]) -> list[_File]:
    """The files in the given order, but each student's by `submitted_at`, so that the newest is the last attempt.

    A student's files keep their order if one has no time, or only some have an offset.
    """
    groups: dict[tuple[str, str], list[tuple[int, datetime | None]]] = {}
    for place, file in enumerate(files):
        data = read_bytes(file)
        if data is None:
            continue
        try:
            found = read(service, data)
        except GraderError:  # refused later, when it is handed in
            continue
        groups.setdefault((found.assignment, found.student), []).append((place, found.submitted_at))
    ordered = list(files)
    for own in groups.values():
        moments = [(moment, place) for place, moment in own if moment is not None]
        if len(moments) < len(own) or len({moment.utcoffset() is None for moment, _ in moments}) > 1:
            continue
        for (place, _), (_, newer) in zip(own, sorted(moments), strict=True):
            ordered[place] = files[newer]
    return ordered
