"""A database that goes away and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.courses import Served, course_in, serving

SAID = {"message": "the database does not answer at the moment: try again in a minute"}


def test_what_a_silent_database_answers(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def silent() -> None:
        raise OperationalError("SELECT secret", {}, Exception("server closed the connection unexpectedly"))

    client = served.stranger()
    monkeypatch.setattr(served.service.store, "reading", silent)
    response = client.get("/ready", headers={"accept": "application/json"})
    assert (response.status_code, response.json(), response.headers["retry-after"]) == (503, SAID, "30")
    assert "secret" not in client.get("/ready").text
    assert client.get("/health").status_code == 200


def test_a_file_that_was_deleted_gives_no_receipts(tmp_path: Path) -> None:
    from tests.service.api.test_bad_requests import PAPER, TOML

    with serving(course_in(tmp_path)) as served:
        staff, file = served.program("staff"), Path(served.service.store.url.database or "")
        kept = file.rename(tmp_path / "kept")
        for there in (False, True):
            made = staff.post("/api/v1/submissions", content=PAPER.read_bytes(), headers=TOML)
            assert (made.status_code, made.json()) == (503, SAID)
            assert served.stranger().get("/ready").status_code == 503
            assert served.stranger().get("/health").status_code == 200
            if not there:
                file.write_bytes(kept.read_bytes())  # another file at the same path
        kept.replace(file)
        assert staff.post("/api/v1/submissions", content=PAPER.read_bytes(), headers=TOML).status_code == 201
        assert served.stranger().get("/ready").status_code == 200


def test_postgresql_that_is_started_again_is_connected_again(tmp_path: Path) -> None:
    with serving(course_in(tmp_path), "postgresql") as served:
        from sqlalchemy import create_engine, text

        url = served.service.store.url
        engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        client = served.program("read")
        address = "/api/v1/results?assignment=cnn-foundations"
        assert client.get(address).status_code == 200
        with engine.connect() as server:
            ended = text("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = :name")
            server.execute(ended, {"name": url.database})
            assert client.get(address).status_code == 200
            server.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false"))
            server.execute(ended, {"name": url.database})
            refused = client.get(address)
            assert (refused.status_code, refused.json()) == (503, SAID)
            server.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true"))
            assert client.get(address).status_code == 200
        engine.dispose()


def test_a_connection_that_was_idle_for_long_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.service.store import store as module

    with serving(course_in(tmp_path), "postgresql") as served:
        from sqlalchemy import text

        def backend() -> int:
            with served.service.store.asking() as base:
                return int(base.execute(text("SELECT pg_backend_pid()")).scalar_one())

        started = module.monotonic()
        monkeypatch.setattr(module, "monotonic", lambda: started)
        first = backend()
        assert backend() == first
        monkeypatch.setattr(module, "monotonic", lambda: started + 29)
        assert backend() == first
        monkeypatch.setattr(module, "monotonic", lambda: started + 60)
        second = backend()
        assert second != first
        assert backend() == second
