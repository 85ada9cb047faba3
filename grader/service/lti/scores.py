"""Sending a score to a platform's gradebook: the message, and the meaning of the response."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from grader.messages import Sentence, sentence
from grader.service.lti.client import Client, PlatformResponse
from grader.service.lti.platforms import Platform
from grader.service.lti.refusal import UnreachableError
from grader.service.lti.tokens import AccessTokens
from grader.structs import Struct

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
MEDIA_TYPE = "application/vnd.ims.lis.v1.score+json"
LONGEST_WAIT = 86_400.0
MOST_LETTERS = 2_000
"""The most characters of a comment."""
GRADED, WAITS, PENDING = "FullyGraded", "PendingManual", "Pending"
"""Marked; waiting for a person; not shown yet."""
SUBMITTED, COMPLETED = "Submitted", "Completed"


class Score(Struct):
    """What a platform's gradebook should show for one student in one column."""

    given: Decimal | None
    """None if there are no marks to show: the column then shows that something was handed in."""
    maximum: Decimal
    activity: str = COMPLETED
    grading: str = GRADED
    comment: str = ""


class Message(Struct):
    """A score with its time, by which the platform knows the newer of two: milliseconds since 1970."""

    score: Score
    stamp: int


class Arrival(Enum):
    """Whether a message has arrived, judging by the response."""

    ARRIVED = "arrived"
    PERHAPS = "perhaps"
    NOT = "not"
    OUTDATED = "outdated"
    """The platform has a score with the same or a later time."""


class SendOutcome(Struct):
    """The outcome of sending a message."""

    arrival: Arrival
    said: Sentence | None = None
    """What is wrong, for staff; None if nothing is."""
    again: bool = False
    """Whether the same message may arrive later."""
    after: float = 0.0
    """Seconds that the platform asks to wait."""


class ScoreService:
    """Sends scores to platforms; safe to use from several threads."""

    def __init__(self, client: Client, tokens: AccessTokens, clock: Callable[[], float] = time.time) -> None:
        """Store the client, the tokens and the clock."""
        self._client = client
        self._tokens = tokens
        self._clock = clock

    def send(self, platform: Platform, line_item: str, user: str, message: Message) -> SendOutcome:
        """Send a message once; a refused token is replaced once. Never raises because of a platform."""
        body = score_body(user, message)
        outcome = self._post(platform, line_item, body)
        if outcome is None:
            self._tokens.forget(platform, SCOPE)
            outcome = self._post(platform, line_item, body)
        refused = sentence("the platform refuses the access token that it gave")
        return outcome or SendOutcome(Arrival.NOT, refused, again=True)

    def _post(self, platform: Platform, line_item: str, body: bytes) -> SendOutcome | None:
        """The outcome of one request; None if the token was refused."""
        try:
            token = self._tokens.token(platform, SCOPE)
        except UnreachableError as problem:
            return SendOutcome(Arrival.NOT, problem.said, again=True)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": MEDIA_TYPE, "Accept": "application/json"}
        try:
            response = self._client.post(scores_address(line_item), body, headers)
        except UnreachableError as problem:
            return SendOutcome(Arrival.PERHAPS, problem.said, again=True)
        return None if response.status == 401 else outcome_of(response, self._clock())


def outcome_of(response: PlatformResponse, now: float) -> SendOutcome:
    """The meaning of a response; its body is ignored."""
    if response.is_success:
        return SendOutcome(Arrival.ARRIVED)
    said = sentence("the platform answers to the score with status {status}", status=response.status)
    if response.status == 409:
        return SendOutcome(Arrival.OUTDATED, said, again=True)
    if response.status >= 500 or response.status == 408:
        return SendOutcome(Arrival.PERHAPS, said, again=True, after=_wait(response.retry_after, now))
    again = response.status in (401, 425, 429)
    return SendOutcome(Arrival.NOT, said, again, _wait(response.retry_after, now) if again else 0.0)


def _wait(written: str, now: float) -> float:
    """The seconds of a `Retry-After`, given in seconds or as a date; 0 otherwise."""
    try:
        seconds = (
            float(int(written)) if written.strip().isdecimal() else parsedate_to_datetime(written).timestamp() - now
        )
    except (OverflowError, TypeError, ValueError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT)


def scores_address(line_item: str) -> str:
    """Where to send the scores of a column: its path with /scores added, and its query.

    >>> scores_address("https://lms.example/items/1/lineitem?type_id=1")
    'https://lms.example/items/1/lineitem/scores?type_id=1'
    """
    pieces = urlsplit(line_item)
    return pieces._replace(path=pieces.path.rstrip("/") + "/scores").geturl()


def score_body(user: str, message: Message) -> bytes:
    """The body of the message: the same bytes whenever it is sent again."""
    score = message.score
    values: dict[str, Any] = {
        "userId": user,
        "timestamp": timestamp(message.stamp),
        "activityProgress": score.activity,
        "gradingProgress": score.grading,
    }
    if score.given is not None:
        values |= {"scoreGiven": as_number(score.given), "scoreMaximum": as_number(score.maximum)}
    if score.comment:
        values["comment"] = score.comment[:MOST_LETTERS]
    return json.dumps(values).encode()


def timestamp(stamp: int) -> str:
    """Milliseconds since 1970 as the standard writes a time.

    >>> timestamp(1_772_396_940_007)
    '2026-03-01T20:29:00.007Z'
    """
    moment = datetime.fromtimestamp(stamp // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{stamp % 1000:03}Z"


def as_number(points: Decimal) -> int | float:
    """Points as a JSON number.

    >>> as_number(Decimal("8.0")), as_number(Decimal("7.25"))
    (8, 7.25)
    """
    return int(points) if points == points.to_integral_value() else float(points)
