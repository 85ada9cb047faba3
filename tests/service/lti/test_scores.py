"""Scores reach the gradebook of a platform that others wrote; whatever it answers is understood."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from decimal import Decimal
from urllib.parse import parse_qs

import jwt
import pytest

from grader.service.lti.client import Client, PlatformResponse
from grader.service.lti.keys import ToolKeys
from grader.service.lti.scores import Arrival, Message, Score, ScoreService, SendOutcome, outcome_of
from grader.service.lti.tokens import AccessTokens
from tests.service.lti.platform import Asked, LearningPlatform, Reply, json_reply, key_pair

STAMP = 1_772_396_940_007
SCORE = Score(Decimal("7.25"), Decimal("8.0"), comment="q2: خوب")
SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


@pytest.fixture(scope="module")
def keys() -> ToolKeys:
    return ToolKeys.generate()


class Sender:
    """The score service of a tool that the platform knows, at a time that a test sets."""

    def __init__(self, platform: LearningPlatform, client: Client, keys: ToolKeys) -> None:
        platform.registration.set_tool_key_set(keys.published())
        self.platform = platform
        self.now = time.time()
        self.tokens = AccessTokens(client, lambda: keys, lambda: self.now)
        self.service = ScoreService(client, self.tokens, lambda: self.now)

    def send(self, score: Score = SCORE, stamp: int = STAMP, item: str = "/items/1?type_id=1&b=%2F") -> SendOutcome:
        return self.service.send(self.platform.known, self.platform.origin + item, "student-01", Message(score, stamp))


@pytest.fixture
def sender(platform: LearningPlatform, client: Client, keys: ToolKeys) -> Sender:
    return Sender(platform, client, keys)


def test_a_score_arrives_with_the_query_of_its_column(sender: Sender) -> None:
    assert sender.send() == SendOutcome(Arrival.ARRIVED)
    assert sender.platform.scores == {
        "student-01": {
            "userId": "student-01",
            "timestamp": "2026-03-01T20:29:00.007Z",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": 7.25,
            "scoreMaximum": 8,
            "comment": "q2: خوب",
        }
    }
    [asked] = sender.platform.sent_to("POST /items/1/scores")
    assert asked.path == "/items/1/scores?type_id=1&b=%2F"
    assert asked.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"


def test_what_waits_for_a_person_is_sent_without_marks(sender: Sender) -> None:
    sender.send(Score(None, Decimal(8), activity="Submitted", grading="PendingManual"))
    assert sender.platform.scores["student-01"] == {
        "userId": "student-01",
        "timestamp": "2026-03-01T20:29:00.007Z",
        "activityProgress": "Submitted",
        "gradingProgress": "PendingManual",
    }


def test_an_older_score_does_not_take_the_place_of_a_newer_one(sender: Sender) -> None:
    sender.send()
    outcome = sender.send(Score(Decimal(1), Decimal(8)), STAMP - 1)
    assert (outcome.arrival, str(outcome.said)) == (
        Arrival.OUTDATED,
        "the platform answers to the score with status 409",
    )
    assert sender.platform.scores["student-01"]["scoreGiven"] == 7.25
    assert sender.send(Score(Decimal(1), Decimal(8)), STAMP + 1).arrival is Arrival.ARRIVED


def test_a_token_is_asked_for_by_a_signed_request_and_used_until_shortly_before_it_expires(sender: Sender) -> None:
    sender.send()
    [asked] = sender.platform.sent_to("POST /token")
    form = parse_qs(asked.body.decode())
    [signed] = form.pop("client_assertion")
    assert form == {
        "grant_type": ["client_credentials"],
        "client_assertion_type": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
        "scope": [SCOPE],
    }
    claims = jwt.decode(signed, options={"verify_signature": False})
    assert len(claims.pop("jti")) == 43
    now = int(sender.now)
    assert claims == {
        "iss": "client-7",
        "sub": "client-7",
        "aud": f"{sender.platform.origin}/token",
        "iat": now - 10,
        "exp": now + 300,
    }
    sender.platform.answers("POST /token", json_reply({"access_token": "later", "expires_in": 3600}))
    sender.now += 3539
    sender.send(stamp=STAMP + 1)
    assert len(sender.platform.sent_to("POST /token")) == 1
    sender.now += 1
    sender.send(stamp=STAMP + 2)
    assert len(sender.platform.sent_to("POST /token")) == 2
    assert sender.platform.sent_to("POST /items/1/scores")[-1].headers["Authorization"] == "Bearer later"


def test_a_token_that_is_refused_is_replaced_once(sender: Sender) -> None:
    sender.send()
    private, public = key_pair("next")
    sender.platform.registration.set_platform_private_key(private).set_platform_public_key(public)
    sender.platform.answers("POST /items/1/scores", (401, {}, b""), (200, {}, b""))
    assert sender.send(stamp=STAMP + 1) == SendOutcome(Arrival.ARRIVED)
    assert len(sender.platform.sent_to("POST /token")) == 2
    sender.platform.answers("POST /items/1/scores", (401, {}, b""))
    outcome = sender.send(stamp=STAMP + 2)
    assert (outcome.arrival, outcome.again) == (Arrival.NOT, True)
    assert str(outcome.said) == "the platform refuses the access token that it gave"
    assert len(sender.platform.sent_to("POST /token")) == 3


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ((400, {}, b'{"error": "invalid_client"}'), 400),
        ((200, {}, b"<html>"), 200),
        (json_reply([]), 200),
        (json_reply({"access_token": "a b"}), 200),
        (json_reply({"access_token": "a\r\nX: y"}), 200),
        ((302, {"Location": "/other"}, b""), 302),
    ],
)
def test_without_a_token_nothing_is_sent_yet(
    sender: Sender, reply: tuple[int, dict[str, str], bytes], status: int
) -> None:
    sender.platform.answers("POST /token", reply)
    outcome = sender.send()
    address = f"{sender.platform.origin}/token"
    assert (outcome.arrival, outcome.again) == (Arrival.NOT, True)
    assert str(outcome.said) == f"the platform gives no access token: {address} answers with status {status}"
    assert sender.platform.sent_to("POST /items/1/scores") == []


@pytest.mark.parametrize("expires", [None, "3600", "soon", -5, 1e300, True, []])
def test_a_token_of_any_lifetime_is_used(sender: Sender, expires: object) -> None:
    sender.platform.answers("POST /token", json_reply({"access_token": "t.0-k", "expires_in": expires}))
    sender.platform.answers("POST /items/1/scores", (204, {}, b""))
    assert sender.send() == SendOutcome(Arrival.ARRIVED)
    [asked] = sender.platform.sent_to("POST /items/1/scores")
    assert asked.headers["Authorization"] == "Bearer t.0-k"
    sender.now += 3540
    sender.send()
    assert len(sender.platform.sent_to("POST /token")) == 2


@pytest.mark.parametrize(
    ("status", "arrival", "again"),
    [
        (200, Arrival.ARRIVED, False),
        (201, Arrival.ARRIVED, False),
        (202, Arrival.ARRIVED, False),
        (204, Arrival.ARRIVED, False),
        (301, Arrival.NOT, False),
        (307, Arrival.NOT, False),
        (400, Arrival.NOT, False),
        (403, Arrival.NOT, False),
        (404, Arrival.NOT, False),
        (408, Arrival.PERHAPS, True),
        (409, Arrival.OUTDATED, True),
        (422, Arrival.NOT, False),
        (425, Arrival.NOT, True),
        (429, Arrival.NOT, True),
        (500, Arrival.PERHAPS, True),
        (502, Arrival.PERHAPS, True),
        (599, Arrival.PERHAPS, True),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>", b"{}"])
def test_what_each_status_means(sender: Sender, status: int, arrival: Arrival, again: bool, body: bytes) -> None:
    sender.platform.answers("POST /items/1/scores", (status, {"Location": "/items/2/scores"}, body))
    sender.platform.answers("POST /items/2/scores", (200, {}, b""))
    if status == 204 and body:
        return
    outcome = sender.send()
    assert (outcome.arrival, outcome.again) == (arrival, again)
    said = None if arrival is Arrival.ARRIVED else f"the platform answers to the score with status {status}"
    assert (None if outcome.said is None else str(outcome.said)) == said
    assert sender.platform.sent_to("POST /items/2/scores") == []


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120.0),
        ("Sun, 01 Mar 2026 20:31:00 GMT", 120.0),
        ("Sun, 01 Mar 2026 20:00:00 GMT", 0.0),
        ("999999999", 86_400.0),
        ("soon", 0.0),
        ("-3", 0.0),
        ("9" * 90, 86_400.0),
        ("", 0.0),
    ],
)
def test_the_platform_may_say_how_long_to_wait(written: str, seconds: float) -> None:
    outcome = outcome_of(PlatformResponse(503, retry_after=written), 1_772_396_940.0)
    assert outcome.after == seconds
    assert outcome_of(PlatformResponse(404, retry_after=written), 1_772_396_940.0).after == 0.0


def slow(asked: Asked) -> Reply:
    assert asked.body
    time.sleep(2.3)
    return 200, {}, b""


def test_a_platform_that_is_silent_or_away_is_tried_again(sender: Sender) -> None:
    sender.send()
    sender.platform.replies["POST /items/1/scores"] = slow
    patient = sender.service
    with Client(timeout=1.0, deadline=3.0) as hasty:
        sender.service = ScoreService(hasty, sender.tokens, lambda: sender.now)
        outcome = sender.send(stamp=STAMP + 1)
    host = sender.platform.origin.removeprefix("http://")
    assert (outcome.arrival, outcome.again) == (Arrival.PERHAPS, True)
    assert str(outcome.said) == f"{host} does not answer within 3 seconds"
    away = replace(SendOutcome(Arrival.PERHAPS, again=True), said=None)
    known = sender.platform.known
    gone = patient.send(known, "http://127.0.0.1:1/items/1", "student-01", Message(SCORE, STAMP + 2))
    assert replace(gone, said=None) == away
    assert str(gone.said) == "127.0.0.1:1 cannot be reached: ConnectError"


def test_an_address_without_encryption_is_not_used(sender: Sender) -> None:
    outcome = sender.service.send(sender.platform.known, "http://lms.example/1", "student-01", Message(SCORE, STAMP))
    assert str(outcome.said) == "the platform names an address that does not begin with https://"


def test_a_token_request_for_another_audience_says_so(sender: Sender) -> None:
    known = sender.platform.known.replaced(token_audience="https://lms.example/audience")
    sender.service.send(known, sender.platform.origin + "/items/1", "student-01", Message(SCORE, STAMP))
    [asked] = sender.platform.sent_to("POST /token")
    [signed] = parse_qs(asked.body.decode())["client_assertion"]
    assert jwt.decode(signed, options={"verify_signature": False})["aud"] == "https://lms.example/audience"


def test_the_bytes_of_a_message_do_not_change(sender: Sender) -> None:
    sender.platform.answers("POST /token", json_reply({"access_token": "t"}))
    sender.platform.answers("POST /items/1/scores", (500, {}, b""))
    sender.send()
    sender.now += 5000
    sender.send()
    first, second = sender.platform.sent_to("POST /items/1/scores")
    assert first.body == second.body
    assert json.loads(first.body)["timestamp"] == "2026-03-01T20:29:00.007Z"
