"""A policy as students read it before handing in: until when, how often, what lateness costs, what they will see."""

from __future__ import annotations

from collections.abc import Iterator

from grader.homework.policy import NO_EXTENSION, Extension, Policy, closing, due_of
from grader.messages import Sentence, sentence


def terms(policy: Policy, extension: Extension = NO_EXTENSION) -> Iterator[Sentence]:
    """The terms for one student, one sentence each; it also says if nothing is limited."""
    if policy.opens is not None:
        yield sentence("Opens: {time}", time=policy.time_text(policy.opens))
    yield from _times(policy, extension)
    yield _attempts(policy, extension)
    yield _feedback(policy, extension)
    if policy.appeals:
        yield sentence("You may ask about a mark when you see it.")


def _times(policy: Policy, extension: Extension) -> Iterator[Sentence]:
    due = due_of(policy, extension)
    closes = closing(policy, due)
    if due is None or closes is None or policy.due is None:
        return
    if due > policy.due:
        yield sentence("Due: {time} (extended for you)", time=policy.time_text(due))
    else:
        yield sentence("Due: {time}", time=policy.time_text(due))
    if policy.grace:
        yield sentence("Up to {minutes:,} min late, nothing is lost.", minutes=policy.grace)
    if policy.late is None:
        yield sentence("Late work is not accepted.")
    else:
        percent = (policy.late.per_day * 100).normalize()
        yield sentence(
            "Late work loses {percent:f} % of its points for each day or part of a day, and is accepted until {time}",
            percent=percent,
            time=policy.time_text(closes),
        )


def _attempts(policy: Policy, extension: Extension) -> Sentence:
    if policy.attempts is None:
        if policy.best == "highest":
            return sentence("You may hand in any number of times. The attempt with the most points counts.")
        return sentence("You may hand in any number of times. The last attempt counts.")
    allowed = policy.attempts + max(0, extension.attempts)
    if allowed == 1:
        return sentence("You may hand in once.")
    if policy.best == "highest":
        return sentence("You may hand in {allowed:,} times. The attempt with the most points counts.", allowed=allowed)
    return sentence("You may hand in {allowed:,} times. The last attempt counts.", allowed=allowed)


def _feedback(policy: Policy, extension: Extension) -> Sentence:
    closes = closing(policy, due_of(policy, extension))
    if policy.feedback == "at_once":
        return sentence("You see your feedback at once.")
    if policy.feedback == "after_due" and closes is not None:
        return sentence("You see your feedback after {time}", time=policy.time_text(closes))
    return sentence("You see your feedback when staff release it.")
