"""The schema: what the migrations make is what the tables say, and a database that is migrated keeps its rows."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from tests.gradebook.folders import ROOT
from tests.service.courses import course_in, database, serving
from tests.service.store.test_backup import content, url_of, used

KINDS = ("sqlite", "postgresql")
CHANGE = '''"""A change that builds the table of hand-ins anew."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0003", "0002", None, None


def upgrade():
    op.create_table("extra", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("submissions", recreate="RECREATE") as table:
        table.add_column(sa.Column("colour", sa.Text(), nullable=False, server_default="grey"))
        table.drop_constraint("uq_submissions_number", type_="unique")
        table.create_unique_constraint("uq_submissions_receipt", ["number"])
    FAULT


def downgrade():
    pass
'''


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with database(request.param, tmp_path) as found:
        yield found


def described(url: str) -> dict[str, Any]:
    """All that a database says of its tables."""
    from sqlalchemy import create_engine, inspect

    engine = create_engine(url)
    seen = inspect(engine)
    found = {
        table: {
            "columns": [{key: str(value) for key, value in column.items()} for column in seen.get_columns(table)],
            "key": seen.get_pk_constraint(table),
            "references": sorted(map(str, seen.get_foreign_keys(table))),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
            "indexes": sorted(map(str, seen.get_indexes(table))),
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }
    engine.dispose()
    return found


def test_migrations_make_what_the_tables_say(url: str, tmp_path: Path) -> None:
    """Where this fails: `python scripts/migration.py "what changed"` writes the missing migration."""
    from grader.service.store import Store, checks, schema
    from grader.service.store.tables import metadata

    store = Store(url)
    schema.upgrade(store)
    with store.reading() as base:
        assert checks.differences(base) == []
    kind = "sqlite" if store.is_sqlite else "postgresql"
    with database(kind, tmp_path / "made") as other:
        made = Store(other)
        metadata.create_all(made.engine)
        made.close()
        assert described(url) == described(other)
    store.close()


def test_every_constraint_has_a_name(url: str) -> None:
    from grader.service.store import Store, schema

    store = Store(url)
    schema.upgrade(store)
    store.close()
    found = described(url)
    assert len(found) > 15
    for name, table in found.items():
        # SQLite's counter that never gives a number twice is part of the column, and such a key has no name.
        assert table["key"]["name"] or (name == "submissions" and url.startswith("sqlite"))
        assert not [text for text in (*table["references"], *table["unique"]) if "'name': None" in text]


def changed_migrations(folder: Path, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version, with one migration more."""
    from grader.service.store import schema

    copied = shutil.copytree(schema.MIGRATIONS, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    newest = max(path.name for path in (copied / "versions").glob("v0*.py"))
    assert newest.startswith("v0002"), "write this test for the newest schema"
    (copied / "versions" / "v0003_change.py").write_text(CHANGE.replace("RECREATE", "auto").replace("FAULT", fault))
    monkeypatch.setattr(schema, "MIGRATIONS", copied)


@pytest.mark.parametrize("kind", KINDS)
def test_a_migrated_database_keeps_its_rows(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import text

    from grader.service.store import Store, schema

    with serving(course_in(tmp_path), kind) as served:
        before = content(url_of(used(served)))
        changed_migrations(tmp_path, "pass", monkeypatch)
        store = Store(url_of(served))
        said = "the database has an earlier schema: back it up, then run `grader database upgrade` with its URL"
        with pytest.raises(UsageError, match=f"^{said}$"):
            schema.prepare(store)
        schema.upgrade(store)
        after = content(url_of(served))
        assert after.pop("extra") == []
        assert after.pop("alembic_version") == [("0003",)] != before.pop("alembic_version")
        assert [row[-1] for row in after["submissions"]] == ["grey"] * 3
        assert {
            name: [row[: len(before[name][0])] for row in rows] if rows else [] for name, rows in after.items()
        } == before
        assert any(before["results"])
        with store.writing() as base:
            base.execute(text("DELETE FROM submissions WHERE id = 1"))
        with store.reading() as base:
            assert base.execute(text("SELECT count(*) FROM results")).scalar() == 2, "references are followed again"
        monkeypatch.undo()
        with pytest.raises(UsageError, match=r"^the database is not one of this grader, or it is of a later version$"):
            schema.prepare(store)
        store.close()


def test_drafts_of_the_first_schema_are_kept(url: str) -> None:
    from sqlalchemy import text

    from grader.service.store import Store, drafts, schema

    store = Store(url)
    schema.upgrade(store, "0001")
    with store.writing() as base:
        base.execute(
            text("INSERT INTO people VALUES (1, 'student-01', '', 'student', '', '2026-03-02T09:00:00.000000Z')")
        )
        base.execute(text("INSERT INTO drafts VALUES (1, 'a', 'q1.a', '9', 3, '2026-03-02T09:00:00.000000Z')"))
    schema.upgrade(store)
    with store.reading() as base:
        (found,) = drafts.of_person(base, 1, "a").values()
    assert (found.written, found.revision, found.asked) == ("9", 3, None)
    store.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_migration_that_fails_changes_nothing(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.service.store import Store, schema

    with serving(course_in(tmp_path), kind) as served:
        url = url_of(used(served))
        before, tables = content(url), described(url)
        changed_migrations(tmp_path, "raise RuntimeError('power cut')", monkeypatch)
        store = Store(url)
        with pytest.raises(RuntimeError, match="power cut"):
            schema.upgrade(store)
        assert (content(url), described(url)) == (before, tables)
        store.close()


def test_two_that_start_at_once_make_one_database(url: str) -> None:
    from grader.service.store import Store, schema

    program = f"from grader.service.store import Store, schema; schema.prepare(Store({url!r}))"
    started = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(3)
    ]
    assert [one.communicate(timeout=180)[1] for one in started] == [""] * 3
    store = Store(url)
    assert schema.revision(store) == schema.newest()
    store.close()
