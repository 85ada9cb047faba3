"""What the tests of policies share: a policy written, applied and looked at, and what it costs by now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.service.courses import Served

ID = "cnn-foundations"
# The clock of the tests stands at 2026-03-02 09:00 UTC.
PASSED = "due = 2026-03-01T12:00:00Z\nlate = {per_day = 0.1, at_most = 5}"
MILDER = "due = 2026-03-01T12:00:00Z\nlate = {per_day = 0.05, at_most = 5}"
LATER = "due = 2026-03-02T12:00:00Z\nlate = {per_day = 0.1, at_most = 5}"


def write_policy(served: Served, policy: str, *, points: int = 0) -> None:
    path = served.folder / "answer_keys" / ID / "assignment.toml"
    head, found, rest = path.read_text("utf-8").partition("[[questions]]")
    kept = head.partition("[assignment.policy]")[0]
    if points:
        kept, rest = (
            kept.replace("points = 20\n", f"points = {20 + points}\n"),
            rest.replace("points = 2\n", "points = 3\n", 1),
        )
    path.write_text(f"{kept}[assignment.policy]\n{policy}\n\n{found}{rest}", encoding="utf-8")


def look(served: Served) -> None:
    served.service.work.submit(served.service.look).result()


def deductions(served: Served) -> dict[str, str]:
    from grader.service.store.tables import submissions

    with served.service.store.reading() as base:
        return {one.student: one.deduction for one in base.execute(select(submissions).order_by(submissions.c.id))}


def apply(served: Served, *, told: bool = True) -> Any:
    """What would move, or what moved when told."""
    response = served.program("staff", f"applies at {served.clock()} {told}").post(
        f"/api/v1/remark?assignment={ID}&apply={str(told).lower()}"
    )
    assert response.status_code == 200, response.text
    return response.json()


def audit(served: Served) -> list[tuple[str, str, str]]:
    from grader.service.store.audit import entries

    with served.service.store.reading() as base:
        found = [one for one in entries(base) if one.what == "applied"]
    return [(one.who, one.subject, one.details) for one in reversed(found)]


def final(served: Served, student: str) -> Any:
    rows = served.program("read", f"{student} {served.clock()}").get(f"/api/v1/results?assignment={ID}").json()
    return next(row["final_score"] for row in rows if row["student"] == student)
