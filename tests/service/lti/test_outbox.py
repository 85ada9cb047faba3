"""Whatever happens on the way, a platform ends with the score that was wanted last, and is told nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from grader.messages import sentence
from grader.service.lti.outbox import LEASE, DeliveryRecord, claim, send_again, settle, want
from grader.service.lti.scores import Arrival, Message, Score, SendOutcome

A, B = (Score(Decimal(points), Decimal(8)) for points in (3, 5))
NOW = 1_772_396_940.25
ARRIVED = SendOutcome(Arrival.ARRIVED)
LOST = SendOutcome(Arrival.PERHAPS, sentence("lost"), again=True)
BUSY = SendOutcome(Arrival.NOT, sentence("busy"), again=True)
GONE = SendOutcome(Arrival.NOT, sentence("gone"))
OUTDATED = SendOutcome(Arrival.OUTDATED, sentence("outdated"), again=True)


def sending(record: DeliveryRecord, lease: str = "x", now: float = NOW) -> tuple[DeliveryRecord, Message]:
    """The record and the message that is sent now."""
    claimed = claim(record, lease, now)
    assert claimed is not None
    assert claimed.attempt is not None
    return claimed, claimed.attempt


def after(record: DeliveryRecord, outcome: SendOutcome, now: float = NOW) -> DeliveryRecord:
    """The record after one message."""
    return settle(sending(record, now=now)[0], "x", outcome, now)


def test_what_has_arrived_is_not_sent_again() -> None:
    done = after(want(None, A, NOW), ARRIVED)
    assert (done.is_delivered, done.is_given_up, done.due) == (True, False, None)
    assert want(done, A, NOW + 9) == done
    assert send_again(done, NOW + 9) == done
    assert claim(done, "y", NOW + 9) is None


def test_only_the_last_of_several_is_sent() -> None:
    record = want(want(want(None, A, NOW), B, NOW), A, NOW + 1)
    _, message = sending(record, now=NOW + 1)
    assert message == Message(A, 1_772_396_941_250)


def test_a_message_is_repeated_with_its_time_and_a_new_score_gets_a_later_one() -> None:
    record = after(want(None, A, NOW), LOST)
    assert claim(record, "y", NOW + 29) is None
    again, message = sending(record, now=NOW + 30)
    assert message == Message(A, 1_772_396_940_250)
    record = settle(again, "x", LOST, NOW + 30)
    assert claim(record, "y", NOW + 89) is None
    _, other = sending(want(record, B, NOW - 50), now=NOW - 50)
    assert other == Message(B, 1_772_396_940_251)


def test_nobody_sends_while_somebody_is_sending() -> None:
    claimed, _ = sending(want(None, A, NOW))
    changed = want(claimed, B, NOW + 1)
    assert claim(changed, "y", NOW + LEASE - 1) is None
    record = settle(changed, "x", ARRIVED, NOW + 2)
    assert record.delivered == Message(A, 1_772_396_940_250)
    assert sending(record, now=NOW + 2)[1].score == B


def test_who_died_while_sending_may_have_sent() -> None:
    claimed, message = sending(want(None, A, NOW))
    taken, again = sending(claimed, "y", NOW + LEASE)
    assert again == message
    assert settle(taken, "x", GONE, NOW + LEASE) == taken
    done = settle(taken, "y", OUTDATED, NOW + LEASE)
    assert done.delivered == message


def test_a_score_that_goes_back_while_another_may_have_arrived_is_sent_again() -> None:
    record = after(want(None, A, NOW), ARRIVED)
    record = after(want(record, B, NOW + 1), LOST, NOW + 1)
    record = want(record, A, NOW + 2)
    assert not record.is_delivered
    assert sending(record, now=NOW + 2)[1] == Message(A, 1_772_396_942_250)


def test_a_score_that_goes_back_before_another_was_sent_is_not() -> None:
    record = after(want(None, A, NOW), ARRIVED)
    record = want(want(record, B, NOW + 1), A, NOW + 2)
    assert record.is_delivered
    assert claim(record, "y", NOW + 3) is None
    record = after(want(record, B, NOW + 4), BUSY, NOW + 4)
    assert claim(want(record, A, NOW + 5), "y", NOW + 99) is None


def test_a_score_that_goes_back_while_another_is_refused_is_not_sent() -> None:
    claimed, _ = sending(want(after(want(None, A, NOW), ARRIVED), B, NOW + 1), now=NOW + 1)
    record = settle(want(claimed, A, NOW + 2), "x", GONE, NOW + 3)
    assert (record.is_delivered, record.due, record.problem) == (True, None, None)


def test_a_clock_that_is_behind_the_platforms_is_no_delivery() -> None:
    record = after(want(None, A, NOW), OUTDATED)
    assert not record.is_delivered
    assert sending(record, now=NOW + 30)[1] == Message(A, 1_772_396_970_250)


def test_a_message_whose_answer_was_lost_and_that_is_outdated_has_arrived() -> None:
    record = after(after(want(None, A, NOW), LOST), OUTDATED, NOW + 30)
    assert record.delivered == Message(A, 1_772_396_940_250)
    assert record.is_delivered


def test_another_message_that_is_outdated_at_once_has_not_arrived() -> None:
    """The one before it may have; and the clock of the platform is ahead."""
    record = after(want(after(want(None, A, NOW), LOST), B, NOW + 1), OUTDATED, NOW + 1)
    assert not record.is_delivered
    assert sending(record, now=NOW + 31)[1] == Message(B, 1_772_396_971_250)


def test_what_a_platform_will_never_take_is_given_up_until_the_score_changes_or_somebody_asks() -> None:
    record = after(want(None, A, NOW), GONE)
    assert (record.is_given_up, record.due, record.problem) == (True, None, sentence("gone"))
    assert claim(record, "y", NOW + 10**9) is None
    assert sending(send_again(record, NOW + 1), now=NOW + 1)[1] == Message(A, 1_772_396_940_250)
    assert sending(want(record, B, NOW + 1), now=NOW + 1)[1].score == B


def test_the_waits_grow_to_six_hours_and_the_platform_may_ask_for_more() -> None:
    record, now, waits = want(None, A, NOW), NOW, []
    for _ in range(13):
        record = after(record, BUSY, now)
        assert record.due is not None
        waits.append(record.due - now)
        now = record.due
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600, 21600]
    assert after(record, replace(BUSY, after=80_000.0), now).due == now + 80_000


class Platform:
    """A gradebook as the standard has it: of two scores the one of the later time stays."""

    def __init__(self) -> None:
        self.shown: Message | None = None
        self.seen: dict[int, Score] = {}

    def take(self, message: Message) -> SendOutcome:
        assert self.seen.setdefault(message.stamp, message.score) == message.score, "one time, two values"
        if self.shown is not None and message.stamp <= self.shown.stamp:
            return OUTDATED
        self.shown = message
        return ARRIVED


class Deliveries(RuleBasedStateMachine):
    """Scores change, processes die, answers and messages are lost or late; in the end all is as it was wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.record: DeliveryRecord | None = None
        self.platform = Platform()
        self.now = NOW
        self.late: list[Message] = []
        self.leases = 0

    def send(self, meet: Callable[[Message], SendOutcome | None]) -> bool:
        """Send what is due; without an outcome the process dies before it can store one."""
        assert self.record is not None
        self.leases += 1
        claimed = claim(self.record, f"lease {self.leases}", self.now)
        if claimed is None:
            return False
        assert claimed.attempt is not None
        assert not self.record.is_delivered or self.record.lease
        self.record = claimed
        if (outcome := meet(claimed.attempt)) is not None:
            self.record = settle(claimed, claimed.lease, outcome, self.now)
        return True

    @rule(points=st.integers(0, 3))
    def want(self, points: int) -> None:
        self.record = want(self.record, Score(Decimal(points), Decimal(8)), self.now)

    @rule(seconds=st.sampled_from([0.0, 0.001, 31.0, LEASE, 40_000.0, -20.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.record is not None)
    @rule()
    def arrives(self) -> None:
        self.send(self.platform.take)

    @precondition(lambda self: self.record is not None)
    @rule(outcome=st.sampled_from([LOST, None]))
    def arrives_and_the_answer_is_lost(self, outcome: SendOutcome | None) -> None:
        self.send(lambda message: (self.platform.take(message), outcome)[1])

    @precondition(lambda self: self.record is not None)
    @rule(outcome=st.sampled_from([LOST, BUSY, GONE, None]))
    def does_not_arrive(self, outcome: SendOutcome | None) -> None:
        self.send(lambda _: outcome)

    @precondition(lambda self: self.record is not None)
    @rule(outcome=st.sampled_from([LOST, None]))
    def arrives_late(self, outcome: SendOutcome | None) -> None:
        self.send(lambda message: (self.late.append(message), outcome)[1])

    @precondition(lambda self: self.late)
    @rule()
    def what_was_late_arrives(self) -> None:
        self.platform.take(self.late.pop(0))

    @invariant()
    def what_is_called_delivered_is_shown(self) -> None:
        if self.record is not None and self.record.is_delivered and not self.record.lease:
            assert self.platform.shown is not None
            assert self.platform.shown.score == self.record.wanted

    def teardown(self) -> None:
        """The platform is well again, and nobody dies any more."""
        if self.record is None:
            return
        while self.late:
            self.what_was_late_arrives()
        self.record = send_again(self.record, self.now)
        self.now += LEASE + 21_600
        for _ in range(4):
            self.send(self.platform.take)
            self.now += 21_600
        assert self.platform.shown is not None
        assert self.platform.shown.score == self.record.wanted
        assert self.record.is_delivered
        assert not self.send(self.platform.take)


Deliveries.TestCase.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
TestDeliveries = Deliveries.TestCase
