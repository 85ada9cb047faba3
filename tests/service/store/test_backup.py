"""A database becomes a file and a database again: on the same kind, and from one to the other."""

from __future__ import annotations

import gzip
import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from tests.gradebook.folders import call
from tests.service.courses import Served, course_in, database, serving

KINDS = ("sqlite", "postgresql")


def content(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    from sqlalchemy import MetaData, create_engine, select

    engine, found = create_engine(url), MetaData()
    with engine.connect() as base:
        found.reflect(base)
        rows = {table.name: sorted(map(tuple, base.execute(select(table))), key=repr) for table in found.sorted_tables}
    engine.dispose()
    return rows


def url_of(served: Served) -> str:
    return served.service.store.url.render_as_string(hide_password=False)


def used(served: Served) -> Served:
    """A course in which everything happened once."""
    student, staff = served.person("student-01"), served.program("staff")
    answers = {"q1": {"why": "جمع \u2028 \U0001f600 'DROP TABLE people' \\ \""}}
    body = {"assignment": "cnn-foundations", "student": "student-01", "answers": answers}
    for _ in range(3):
        served.clock.forward(minutes=1)  # sooner it would be the same attempt
        id = staff.post("/api/v1/submissions", json=body).json()["id"]
    mark = {"submission": id, "question": "q1", "part": "why", "points": 1, "version": 0, "comment": "Gut."}
    assert staff.post("/api/v1/marks", json=mark).status_code == 200
    draft = {"part": "q1.why", "written": "half", "revision": 0}
    saved = student.post("/drafts/cnn-foundations", json=draft, headers={"x-csrf-token": student.csrf})
    assert saved.status_code == 200
    return served


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("target", KINDS)
def test_what_is_restored_is_what_was_backed_up(tmp_path: Path, source: str, target: str) -> None:
    from grader.service.store import Store, backup, checks

    file = tmp_path / "backup.jsonl.gz"
    with serving(course_in(tmp_path / "a"), source) as served, database(target, tmp_path / "b") as url:
        rows = backup.back_up(used(served).service.store, file, served.clock())
        store = Store(url)
        assert backup.restore(store, file) == rows
        before = content(url_of(served))
        assert content(url) == before
        assert sum(map(len, before.values())) == rows + 1  # and the version of the schema
        assert list(checks.problems(store)) == []
        with pytest.raises(UsageError, match="the database is not empty: a backup is restored into an empty one only"):
            backup.restore(store, file)
        store.close()
        if sys.platform != "win32":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_restored_course_goes_on(tmp_path: Path) -> None:
    from grader.service.course.service import Service
    from grader.service.store import Store, backup

    file = tmp_path / "backup.gz"
    with serving(course_in(tmp_path / "a"), "sqlite") as served, database("postgresql", tmp_path) as url:
        backup.back_up(used(served).service.store, file, served.clock())
        store = Store(url)
        backup.restore(store, file)
        service = Service(served.folder, store, now=served.clock)
        service.start()
        other = Served(service, served.clock, served.folder)
        other.program("staff", "newcomer")
        made = other.program("submit", "another").post(
            "/api/v1/submissions", json={"assignment": "cnn-foundations", "student": "student-01", "answers": {}}
        )
        assert made.status_code == 201, made.text
        assert made.json()["id"] > 3
        service.stop()


def changed(file: Path, change: Any) -> Path:
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    new = file.with_name("changed.gz")
    new.write_bytes(gzip.compress("\n".join(change(lines)).encode() + b"\n"))
    return new


def test_a_damaged_backup_is_refused_and_nothing_is_restored(tmp_path: Path) -> None:
    from grader.service.store import Store, backup, schema

    with serving(course_in(tmp_path / "a")) as served:
        file = tmp_path / "backup.gz"
        backup.back_up(used(served).service.store, file, served.clock())
    short = tmp_path / "short.gz"
    short.write_bytes(file.read_bytes()[:-200])
    plain = tmp_path / "plain.gz"
    plain.write_text("student,points\n")
    last = max(place for place, line in enumerate(gzip.decompress(file.read_bytes()).splitlines()) if line[:1] == b"[")
    store = Store(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    for one in (short, plain, changed(file, lambda lines: lines[:-1])):
        with pytest.raises(UsageError, match=r"^\S+: not a backup of this grader, or a damaged one$"):
            backup.restore(store, one)
        assert schema.is_empty(store)
    for change in (
        lambda lines: lines[:last] + lines[last + 1 :],
        lambda lines: [*lines[:4], *lines[2:]],
        lambda lines: [lines[0], '{"table":"alembic_version","columns":["x"]}', *lines[1:]],
        lambda lines: [lines[0].replace("grader/backup/1", "grader/backup/2"), *lines[1:]],
        lambda lines: ["[1]", *lines],
    ):
        with pytest.raises(UsageError, match=r"^'?changed\.gz'?: not a backup of this grader, or a damaged one$"):
            backup.restore(store, changed(file, change))
        assert schema.is_empty(store)
    later = changed(file, lambda lines: [json.dumps({**json.loads(lines[0]), "schema": "9999"}), *lines[1:]])
    with pytest.raises(UsageError, match="this backup is of a later version"):
        backup.restore(store, later)
    store.close()


def test_the_command_line_backs_up_checks_and_restores(tmp_path: Path) -> None:
    with serving(course_in(tmp_path / "a")) as served:
        used(served)
    course, other = tmp_path / "a", course_in(tmp_path / "b")
    missing = call("database", "check", "--course", other)
    assert (missing.returncode, missing.stderr) == (
        2,
        f"grader: {other} has no database yet: it was never served\n",
    )
    done = call("database", "backup", tmp_path / "x.gz", "--course", course)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f" rows are in {tmp_path / 'x.gz'}\n")
    again = call("database", "backup", tmp_path / "x.gz", "--course", course)
    assert (again.returncode, again.stderr) == (
        2,
        f"grader: {tmp_path / 'x.gz'} is there already: nothing was written\n",
    )
    assert call("database", "restore", tmp_path / "x.gz", "--course", other).returncode == 0
    checked = call("database", "check", "--course", other)
    assert (checked.returncode, checked.stdout) == (0, "the database is as it should be\n")
    assert call("database", "upgrade", "--course", other).stdout == "schema 0002 -> 0002\n"


def test_check_names_a_hand_in_that_was_changed(served: Served) -> None:
    from sqlalchemy import update

    from grader.service.store import checks
    from grader.service.store.tables import results, submissions

    used(served)
    with served.service.store.writing() as base:
        base.execute(update(submissions).where(submissions.c.id == 2).values(data=b"other"))
        base.execute(results.delete().where(results.c.submission == 3))
    said = [str(one) for one in checks.problems(served.service.store)]
    assert len(said) == 2
    assert said[0].endswith("is not what was handed in: its digest differs")
    assert said[1].endswith("has no marks")
