"""Who hands in together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, select

from grader.service.store.pieces import pieces
from grader.service.store.tables import teams

EVERY = ""
"""The assignment of a team that is for all assignments."""


def put_team(base: Connection, student: str, team: str, assignment: str = EVERY) -> None:
    """Put a student into a team; an empty team removes them from theirs."""
    put_teams(base, {student: team}, assignment)


def put_teams(base: Connection, wanted: Mapping[str, str], assignment: str = EVERY) -> None:
    """Put students into teams, by student; an empty team removes them from theirs."""
    for some in pieces(list(wanted)):
        base.execute(delete(teams).where(teams.c.student.in_(some), teams.c.assignment == assignment))
    rows = [{"assignment": assignment, "student": student, "team": team} for student, team in wanted.items() if team]
    if rows:
        base.execute(teams.insert(), rows)


def teams_of(base: Connection, students: Sequence[str]) -> dict[str, str]:
    """The teams for all assignments, by student, for those of these students who are in one."""
    found: dict[str, str] = {}
    for some in pieces(students):
        wanted = select(teams.c.student, teams.c.team).where(teams.c.student.in_(some), teams.c.assignment == EVERY)
        found |= {one.student: one.team for one in base.execute(wanted)}
    return found


def members(base: Connection, names: Sequence[str]) -> set[str]:
    """The students of teams for all assignments."""
    found: set[str] = set()
    for some in pieces(names):
        wanted = select(teams.c.student).where(teams.c.team.in_(some), teams.c.assignment == EVERY)
        found |= set(base.execute(wanted).scalars())
    return found


def all_teams(base: Connection, assignment: str) -> dict[str, set[str]]:
    """The students of each student's team, as `team_of` finds them one by one."""
    found = base.execute(select(teams).where(teams.c.assignment.in_((assignment, EVERY)))).all()
    together: dict[tuple[str, str], set[str]] = {}
    for one in found:
        together.setdefault((one.assignment, one.team), set()).add(one.student)
    ordered = sorted(found, key=lambda one: one.assignment != EVERY)  # a team for this assignment comes before
    return {one.student: together[one.assignment, one.team] for one in ordered}


def team_of(base: Connection, assignment: str, student: str) -> list[str]:
    """The students of a student's team, including this one, in order; only this one without a team."""
    for which in (assignment, EVERY):
        own = select(teams.c.team).where(teams.c.student == student, teams.c.assignment == which)
        name = base.execute(own).scalar()
        if name is not None:
            found = select(teams.c.student).where(teams.c.team == name, teams.c.assignment == which)
            return sorted(base.execute(found).scalars())
    return [student]
