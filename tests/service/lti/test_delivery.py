"""The whole way of a score, from a stored outbox to a platform that others wrote, over bad times and deaths."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal

import pytest

from grader.service.lti.client import Client
from grader.service.lti.delivery import Address, deliver, deliver_due
from grader.service.lti.keys import ToolKeys
from grader.service.lti.outbox import LEASE, DeliveryRecord, want
from grader.service.lti.platforms import Platforms
from grader.service.lti.scores import Score, ScoreService
from grader.service.lti.tokens import AccessTokens
from tests.service.lti.platform import LearningPlatform, json_reply

THREE, FIVE = (Score(Decimal(points), Decimal("12.5")) for points in (3, 5))


class Stored:
    """An outbox in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[Address, DeliveryRecord] = {}

    def due(self, now: float) -> list[Address]:
        return [address for address, record in self.rows.items() if record.due is not None and record.due <= now]

    def change(
        self, address: Address, change: Callable[[DeliveryRecord], DeliveryRecord | None]
    ) -> DeliveryRecord | None:
        changed = change(self.rows[address])
        if changed is not None:
            self.rows[address] = changed
        return changed


class Tool:
    """A tool with an outbox, at a time that a test sets."""

    def __init__(self, platform: LearningPlatform, client: Client) -> None:
        keys = ToolKeys.generate()
        platform.registration.set_tool_key_set(keys.published())
        platform.answers("POST /token", platform_token(platform, client, keys))
        self.platform = platform
        self.now = time.time()
        self.outbox = Stored()
        self.platforms = Platforms([platform.known])
        self.service = ScoreService(client, AccessTokens(client, lambda: keys, lambda: self.now), lambda: self.now)

    def want(self, student: str, score: Score) -> Address:
        address = Address(*self.platform.known.name, f"{self.platform.origin}/items/1?type_id=1", student)
        self.outbox.rows[address] = want(self.outbox.rows.get(address), score, self.now)
        return address

    def deliver(self) -> int:
        return deliver_due(self.outbox, self.service, self.platforms, lambda: self.now)

    def sent(self) -> list[tuple[str, float, str]]:
        """What was sent: to whom, how many points, with which time."""
        bodies = [json.loads(asked.body) for asked in self.platform.sent_to("POST /items/1/scores")]
        return [(body["userId"], body["scoreGiven"], body["timestamp"]) for body in bodies]


def platform_token(platform: LearningPlatform, client: Client, keys: ToolKeys) -> tuple[int, dict[str, str], bytes]:
    """A token of the platform itself, which is then given whatever time the tool believes it to be."""
    token = AccessTokens(client, lambda: keys).token(
        platform.known, "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    )
    return json_reply({"access_token": token, "expires_in": 3600})  # type: ignore[return-value]


@pytest.fixture
def tool(platform: LearningPlatform, client: Client) -> Tool:
    return Tool(platform, client)


def test_each_student_gets_the_last_score_once(tool: Tool) -> None:
    for number in range(7):
        tool.want(f"student-{number:02}", THREE)
    tool.want("student-03", FIVE)
    assert tool.deliver() == 7
    assert tool.deliver() == 0
    shown = {student: score["scoreGiven"] for student, score in tool.platform.scores.items()}
    assert shown == {f"student-{number:02}": 5 if number == 3 else 3 for number in range(7)}
    assert len(tool.sent()) == 7


def test_two_failures_and_then_an_empty_answer(tool: Tool) -> None:
    address = tool.want("student-01", THREE)
    tool.platform.answers("POST /items/1/scores", (500, {}, b"<html>"), (500, {}, b""), (200, {}, b""))
    assert (tool.deliver(), tool.deliver()) == (1, 0)
    assert str(tool.outbox.rows[address].problem) == "the platform answers to the score with status 500"
    tool.now += 30
    assert (tool.deliver(), tool.deliver()) == (1, 0)
    tool.now += 60
    assert (tool.deliver(), tool.deliver()) == (1, 0)
    assert tool.outbox.rows[address].is_delivered
    tool.now += 10**6
    assert tool.deliver() == 0
    assert len(set(tool.sent())) == 1
    assert len(tool.sent()) == 3


def test_a_process_that_dies_before_it_stores_the_answer_leads_to_the_same_message(tool: Tool) -> None:
    address = tool.want("student-01", THREE)
    before = tool.outbox.change
    calls: list[Address] = []

    def dies(address: Address, change: Callable[[DeliveryRecord], DeliveryRecord | None]) -> DeliveryRecord | None:
        calls.append(address)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return before(address, change)

    tool.outbox.change = dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        tool.deliver()
    assert tool.deliver() == 0
    tool.now += LEASE
    assert tool.deliver() == 1
    assert len(tool.sent()) == 2
    assert len(set(tool.sent())) == 1
    assert tool.outbox.rows[address].is_delivered
    tool.want("student-01", FIVE)
    assert tool.deliver() == 1
    assert tool.platform.scores["student-01"]["scoreGiven"] == 5


def test_a_score_that_changes_while_it_is_sent_is_sent_again(tool: Tool) -> None:
    address = tool.want("student-01", THREE)
    good = tool.platform.replies["POST /items/1/scores"]

    def changes(asked: object) -> object:
        tool.want("student-01", FIVE)
        assert not deliver(tool.outbox, address, tool.service, tool.platforms, lambda: tool.now)
        return good(asked)  # type: ignore[arg-type]

    tool.platform.replies["POST /items/1/scores"] = changes  # type: ignore[assignment]
    assert tool.deliver() == 1
    assert not tool.outbox.rows[address].is_delivered
    tool.platform.replies["POST /items/1/scores"] = good
    assert tool.deliver() == 1
    assert [points for _, points, _ in tool.sent()] == [3, 5]
    assert tool.platform.scores["student-01"]["scoreGiven"] == 5


def test_a_platform_that_was_taken_out_is_waited_for(tool: Tool) -> None:
    address = tool.want("student-01", THREE)
    tool.platforms = Platforms([])
    assert tool.deliver() == 1
    assert str(tool.outbox.rows[address].problem) == "the platform is not in lti.toml any more"
    tool.platforms = Platforms([tool.platform.known])
    tool.now += 30
    assert tool.deliver() == 1
    assert tool.outbox.rows[address].is_delivered
