"""What platforms are owed survives in both databases, and no two processes do the same thing twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from grader.messages import sentence
from grader.service.lti.delivery import Address
from grader.service.lti.outbox import LEASE, DeliveryRecord, claim, settle
from grader.service.lti.records import read_record, written
from grader.service.lti.scores import Arrival, Message, Score, SendOutcome
from grader.service.lti.stored import PendingLogin
from grader.service.store import Store
from grader.service.store.lti import StoredLogins, StoredOutbox, add_column, rotate_keys, tool_keys, want_score
from grader.service.store.people import add_person
from grader.service.store.tables import people
from tests.service.courses import Served

NOW = 1_772_396_940.25
SCORE = Score(Decimal("7.250"), Decimal(8), comment="خوب")


def address(number: int = 1) -> Address:
    return Address("https://lms.example", "client-7", f"https://lms.example/items/{number}?a=b", "student-01")


@pytest.fixture
def store(served: Served) -> Store:
    with served.service.store.writing() as base:
        person = add_person(base, "student-01", "", "student", datetime(2026, 3, 2, tzinfo=UTC))
        for number in range(1, 4):
            add_column(base, address(number), person.id, "cnn-foundations")
    return served.service.store


def login(key: str, expires: float = NOW) -> PendingLogin:
    return PendingLogin(key, "https://lms.example", "client-7", "nonce", "browser", "iss=a&b=%D8", expires)


def test_a_sign_in_is_taken_once_by_whoever_comes_first(store: Store) -> None:
    logins = StoredLogins(store)
    for number in range(5):
        logins.add(login(f"key {number}"))
        together = threading.Barrier(4)

        def take(key: str, together: threading.Barrier = together) -> PendingLogin | None:
            together.wait()
            return logins.take(key)

        with ThreadPoolExecutor(4) as threads:
            taken = list(threads.map(take, [f"key {number}"] * 4))
        assert sorted(taken, key=lambda one: one is None) == [login(f"key {number}"), None, None, None]


def test_sign_ins_that_were_never_ended_are_forgotten(store: Store) -> None:
    logins = StoredLogins(store)
    logins.add(login("old"))
    logins.add(login("older", NOW - 1))
    logins.add(login("new", NOW + 3600))
    assert logins.take("older") is None
    assert logins.take("old") == login("old")
    assert logins.take("new") == login("new", NOW + 3600)


def test_keys_are_made_once_and_changed_when_somebody_says_so(store: Store) -> None:
    def asked(_: int) -> str:
        with store.writing() as base:
            return tool_keys(base).written()

    with ThreadPoolExecutor(3) as threads:
        [first] = set(threads.map(asked, range(3)))
    with store.writing() as base:
        changed = rotate_keys(base)
    assert asked(0) == changed.written() != first
    assert len(changed.pairs) == 2


def test_a_score_is_due_when_it_is_wanted_and_not_when_it_was_delivered(store: Store) -> None:
    outbox = StoredOutbox(store)
    assert outbox.due(NOW + 99) == []
    with store.writing() as base:
        want_score(base, address(2), SCORE, NOW + 1)
        want_score(base, address(1), SCORE, NOW)
    assert outbox.due(NOW + 1) == [address(1), address(2)]
    assert outbox.due(NOW + 0.5) == [address(1)]
    claimed = outbox.change(address(1), lambda record: claim(record, "x", NOW))
    assert claimed is not None
    assert claimed.attempt == Message(SCORE, 1_772_396_940_250)
    outbox.change(address(1), lambda record: settle(record, "x", SendOutcome(Arrival.ARRIVED), NOW))
    assert outbox.due(NOW + 1) == [address(2)]
    with store.writing() as base:
        assert want_score(base, address(1), SCORE, NOW + 2).is_delivered
    assert outbox.due(NOW + 2) == [address(2)]


def test_of_several_who_would_send_one_does(store: Store) -> None:
    outbox = StoredOutbox(store)
    with store.writing() as base:
        want_score(base, address(), SCORE, NOW)
    together = threading.Barrier(4)

    def claimed(lease: str) -> DeliveryRecord | None:
        def slowly(record: DeliveryRecord) -> DeliveryRecord | None:
            time.sleep(0.05)  # whoever may read meanwhile does
            return claim(record, lease, NOW)

        together.wait()
        return outbox.change(address(), slowly)

    with ThreadPoolExecutor(4) as threads:
        found = [one for one in threads.map(claimed, "abcd") if one is not None]
    assert len(found) == 1
    assert outbox.change(address(), lambda record: claim(record, "late", NOW + LEASE)) is not None


def test_a_column_without_a_wanted_score_has_no_record(store: Store) -> None:
    outbox = StoredOutbox(store)
    assert outbox.change(address(), lambda record: record) is None
    assert outbox.change(address(9), lambda record: record) is None


def test_who_is_forgotten_is_sent_nothing(store: Store) -> None:
    with store.writing() as base:
        want_score(base, address(), SCORE, NOW)
    with store.writing() as base:
        base.execute(delete(people).where(people.c.student == "student-01"))
    assert StoredOutbox(store).due(NOW) == []


moments = st.floats(0, 4e9)
points = st.decimals(0, 1000, places=3)
words = st.text(max_size=9)
scores = st.builds(Score, st.none() | points, points, words, words, words)
messages = st.none() | st.builds(Message, scores, st.integers(0, 4 * 10**12))
problems = st.none() | st.builds(lambda status: sentence("status {status}", status=status), st.integers(100, 599))
entries = st.builds(
    DeliveryRecord,
    wanted=scores,
    due=st.none() | moments,
    delivered=messages,
    attempt=messages,
    repeats=st.booleans(),
    unsure=st.booleans(),
    last=st.integers(0, 4 * 10**12),
    tries=st.integers(0, 99),
    lease=words,
    leased_until=moments,
    problem=problems,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(entries)
def test_a_record_is_read_as_it_was_written(record: DeliveryRecord) -> None:
    assert read_record(written(record)) == record
