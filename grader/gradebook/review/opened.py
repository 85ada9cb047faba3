"""Which answers somebody has open in a browser, so that two people who share a folder do not mark the same one."""

from __future__ import annotations

from grader.gradebook.database import Database

LASTS = 120.0
"""Seconds after which an answer no longer counts as open, unless the browser reports it again."""


def open_answer(database: Database, about: tuple[str, str, str], desk: str, who: str, now: float) -> None:
    """Record that a desk has opened equal answers (assignment, part, key), and left others of that part."""
    with database.transaction() as base:
        base.execute("DELETE FROM opened WHERE at < ?", (now - LASTS,))
        base.execute("INSERT OR REPLACE INTO opened VALUES (?,?,?,?,?,?)", (*about, desk, who, now))


def others(database: Database, about: tuple[str, str, str], desk: str, now: float) -> list[str]:
    """The names at other desks that have these answers open; empty for a person who has not given one."""
    wanted = (
        "SELECT who FROM opened WHERE assignment = ? AND part = ? AND folded = ? AND desk != ? AND at >= ? ORDER BY who"
    )
    return [who for (who,) in database.connection.execute(wanted, (*about, desk, now - LASTS))]
