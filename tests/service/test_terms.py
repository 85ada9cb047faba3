"""What students read of a policy, in English and in Persian."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from grader.homework.policy import Extension, Late, Policy
from grader.messages.languages import LANGUAGES
from grader.service.course.terms import terms

DUE = datetime(2026, 3, 1, 20, 29, tzinfo=UTC)
OPENS = datetime(2026, 2, 20, 4, 30, tzinfo=UTC)
LATE = Late(per_day=Decimal("0.125"), at_most=3)


def said(policy: Policy, extension: Extension | None = None) -> list[str]:
    return [str(each) for each in (terms(policy) if extension is None else terms(policy, extension))]


def test_without_a_policy_nothing_is_limited() -> None:
    assert said(Policy()) == [
        "You may hand in any number of times. The last attempt counts.",
        "You see your feedback at once.",
    ]


def test_every_term_is_said() -> None:
    policy = Policy(
        opens=OPENS, due=DUE, zone="Asia/Tehran", grace=15, late=LATE, attempts=3,
        feedback="after_due", best="highest", appeals=True,
    )  # fmt: skip
    assert said(policy) == [
        "Opens: 2026-02-20 08:00 (Asia/Tehran, UTC+03:30)",
        "Due: 2026-03-01 23:59 (Asia/Tehran, UTC+03:30)",
        "Up to 15 min late, nothing is lost.",
        "Late work loses 12.5 % of its points for each day or part of a day, and is accepted until "
        "2026-03-04 23:59 (Asia/Tehran, UTC+03:30)",
        "You may hand in 3 times. The attempt with the most points counts.",
        "You see your feedback after 2026-03-04 23:59 (Asia/Tehran, UTC+03:30)",
        "You may ask about a mark when you see it.",
    ]


def test_a_student_reads_the_own_extension() -> None:
    policy = Policy(due=DUE, attempts=1, feedback="after_due")
    assert said(policy) == [
        "Due: 2026-03-01 20:29 (UTC)",
        "Late work is not accepted.",
        "You may hand in once.",
        "You see your feedback after 2026-03-01 20:29 (UTC)",
    ]
    assert said(policy, Extension(DUE + timedelta(days=2), 1)) == [
        "Due: 2026-03-03 20:29 (UTC) (extended for you)",
        "Late work is not accepted.",
        "You may hand in 2 times. The last attempt counts.",
        "You see your feedback after 2026-03-03 20:29 (UTC)",
    ]
    earlier = said(policy, Extension(DUE - timedelta(days=2), 0))
    assert earlier == said(policy), "an extension that the class has overtaken says nothing"


def test_feedback_may_wait_for_staff_and_the_highest_of_any_number_count() -> None:
    assert said(Policy(best="highest", feedback="when_released")) == [
        "You may hand in any number of times. The attempt with the most points counts.",
        "You see your feedback when staff release it.",
    ]


def test_the_terms_are_said_in_persian() -> None:
    policy = Policy(due=DUE, late=LATE, attempts=3, zone="Asia/Tehran")
    due, closes = (f"\u20662026-03-{day} 23:59 (Asia/Tehran, UTC+03:30)\u2069" for day in ("01", "04"))
    assert [LANGUAGES["fa"](each) for each in terms(policy)] == [
        f"مهلت: {due}",
        "تحویل با تأخیر به ازای هر روزی که آغاز شده باشد ۱۲٫۵ درصد از نمره‌اش را از دست می‌دهد "
        f"و تا {closes} پذیرفته می‌شود",
        "۳ بار می‌توانید تحویل دهید. آخرین نوبت به حساب می‌آید.",
        "بازخورد خود را بی‌درنگ می‌بینید.",
    ]
