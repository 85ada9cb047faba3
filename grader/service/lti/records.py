"""Serialising a record of the outbox."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from grader.messages import Sentence
from grader.service.lti.outbox import DeliveryRecord
from grader.service.lti.scores import Message, Score


def written(record: DeliveryRecord) -> str:
    """The record as text."""
    return json.dumps(
        {
            **{name: getattr(record, name) for name in _PLAIN},
            "wanted": _score(record.wanted),
            "delivered": _message(record.delivered),
            "attempt": _message(record.attempt),
            "problem": None if record.problem is None else [record.problem.template, dict(record.problem.fields)],
        }
    )


def read_record(text: str) -> DeliveryRecord:
    """The record from the text made by `written`."""
    found = json.loads(text)
    problem = found["problem"]
    return DeliveryRecord(
        **{name: found[name] for name in _PLAIN},
        wanted=_read_score(found["wanted"]),
        delivered=_read_message(found["delivered"]),
        attempt=_read_message(found["attempt"]),
        problem=None if problem is None else Sentence(*problem),
    )


_PLAIN = ("due", "repeats", "unsure", "last", "tries", "lease", "leased_until")


def _score(score: Score) -> dict[str, Any]:
    given = None if score.given is None else str(score.given)
    return {
        "given": given,
        "maximum": str(score.maximum),
        "activity": score.activity,
        "grading": score.grading,
        "comment": score.comment,
    }


def _read_score(found: dict[str, Any]) -> Score:
    given = None if found["given"] is None else Decimal(found["given"])
    return Score(given, Decimal(found["maximum"]), found["activity"], found["grading"], found["comment"])


def _message(message: Message | None) -> dict[str, Any] | None:
    return None if message is None else {"score": _score(message.score), "stamp": message.stamp}


def _read_message(found: dict[str, Any] | None) -> Message | None:
    return None if found is None else Message(_read_score(found["score"]), found["stamp"])
