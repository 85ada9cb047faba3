"""Changes to people and teams by staff: what can be stored about a person, and the effect of changing teams."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.service.course.assignments import Applied
from grader.service.course.deductions import recompute
from grader.service.course.hand_in import is_plain
from grader.service.store.audit import note
from grader.service.store.pieces import pieces
from grader.service.store.store import take_turns
from grader.service.store.teams import members, put_teams, teams_of

LONGEST = 300
"""The most characters of a name, an address or a team."""


def unfit(texts: Mapping[str, str]) -> Sentence | None:
    """Why one of these texts about a person, by column name, cannot be stored."""
    for name, text in texts.items():
        if len(text) > LONGEST:
            return sentence(
                "expected at most {limit:,} characters in {name}, received {received:,}",
                limit=LONGEST,
                name=name,
                received=len(text),
            )
        if not is_plain(text):
            return sentence(
                "expected text without control characters in {name}, received {received}",
                name=name,
                received=shown(text),
            )
    return None


def regroup(base: Connection, wanted: Mapping[str, str], who: str, now: datetime) -> None:
    """Put students into teams, by student; an empty team removes them from theirs.

    Hand-ins and their marks stay as they are. An extension applies to a student's present team, so the late deductions
    of everybody in a changed team are recomputed.
    """
    if not wanted:
        return
    take_turns(base, "teams")
    for id in sorted(Applied.load(base).course.assignments):
        take_turns(base, f"marks {id}")
    # While this one waited for the lock, another worker may have applied another policy.
    rules = {id: one.policy for id, one in Applied.load(base).documents() if one.policy.teams}
    before = teams_of(base, list(wanted))
    changed = {student: team for student, team in wanted.items() if before.get(student, "") != team}
    touched = sorted({*changed.values(), *(before.get(student, "") for student in changed)})
    concerned = sorted({*changed, *members(base, touched)})
    put_teams(base, changed)
    for id, policy in rules.items():
        if count := sum(recompute(base, id, policy, some) for some in pieces(concerned)):
            note(base, now, who, "changed teams", id, deductions=count)
