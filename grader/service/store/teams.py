"""Who hands in together."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from grader.service.store.tables import teams

EVERY = ""
"""The assignment of a team that hands in all of them together."""


def put_team(base: Connection, student: str, team: str, assignment: str = EVERY) -> None:
    """Put a student into a team; an empty one takes them out of theirs."""
    base.execute(delete(teams).where(teams.c.student == student, teams.c.assignment == assignment))
    if team:
        base.execute(teams.insert().values(assignment=assignment, student=student, team=team))


def team_named(base: Connection, student: str, assignment: str = EVERY) -> str:
    """The team that a student was put into; empty where there is none."""
    own = select(teams.c.team).where(teams.c.student == student, teams.c.assignment == assignment)
    return base.execute(own).scalar() or ""


def team_of(base: Connection, assignment: str, student: str) -> list[str]:
    """The students of a student's team, this one among them, in order; nobody else where there is no team."""
    for which in (assignment, EVERY):
        if name := team_named(base, student, which):
            found = select(teams.c.student).where(teams.c.team == name, teams.c.assignment == which)
            return sorted(base.execute(found).scalars())
    return [student]
