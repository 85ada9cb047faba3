"""People and teams as staff change them: what can be kept of a person, and what a change of teams costs."""

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
"""Characters of a name, an address or a team."""


def unfit(texts: Mapping[str, str]) -> Sentence | None:
    """Why one of these texts about a person cannot be kept; they are by the names of their columns."""
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
    """Put students into teams, by student; an empty one takes them out of theirs.

    What was handed in stays as it is, with its marks. An extension is that of a student's team as it is now: what being
    late costs is worked out again for everybody of a team that somebody left or joined.
    """
    rules = {id: one.policy for id, one in Applied.load(base).documents() if one.policy.teams}
    for id in sorted(rules):
        take_turns(base, f"marks {id}")
    before = teams_of(base, list(wanted))
    changed = {student: team for student, team in wanted.items() if before.get(student, "") != team}
    touched = sorted({*changed.values(), *(before.get(student, "") for student in changed)})
    concerned = sorted({*changed, *members(base, touched)})
    put_teams(base, changed)
    for id, policy in rules.items():
        if count := sum(recompute(base, id, policy, some) for some in pieces(concerned)):
            note(base, now, who, "changed teams", id, deductions=count)
