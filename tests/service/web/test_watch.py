"""The log, request ids and figures: what is in them, and what is never in them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.service.courses import ADDRESS, Served, course_in, serving

SECRET = "the-answer-of-nobody"


class Watched:
    """A course whose requests are written and counted."""

    def __init__(self, served: Served, level: str) -> None:
        from grader.service.store.settings import secret
        from grader.service.web.app import application
        from grader.service.web.logs import write_log
        from grader.service.web.metrics import Metrics
        from grader.service.web.site import CourseSite
        from grader.service.web.watch import Watch

        self.served = served
        self.stream = io.StringIO()
        write_log(level, self.stream)
        metrics = Metrics()
        site = CourseSite(served.service, ADDRESS, metrics=metrics)
        with served.service.store.writing() as base:
            served.app = application(site, Watch(secret(base, "log key"), metrics))
        served.site = site

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def watched(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Watched]:
    with serving(course_in(tmp_path)) as served:
        yield Watched(served, getattr(request, "param", "info"))
    for name in ("grader.service", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True


def test_a_line_tells_what_was_asked_and_not_by_whom(watched: Watched) -> None:
    client = watched.served.program("staff", "student-01")
    body = {"assignment": "cnn-foundations", "student": "student-01", "answers": {"q1": {"why": SECRET}}}
    id = client.post("/api/v1/submissions", json=body).json()["id"]
    assert client.get(f"/api/v1/submissions/{id}?name={SECRET}").status_code == 200
    assert watched.served.stranger().get(f"/{SECRET}").status_code == 404
    written = watched.lines()
    assert [(line["method"], line["route"], line["status"]) for line in written] == [
        ("POST", "/api/v1/submissions", 201),
        ("GET", "/api/v1/submissions/{id}", 200),
        ("GET", "none", 404),
    ]
    assert written[0]["who"] == written[1]["who"] != written[2]["who"] == ""
    assert len(written[0]["who"]) == 10
    assert set(written[0]) == {"time", "level", "event", "request", "method", "route", "status", "ms", "who"}
    assert SECRET not in watched.stream.getvalue()
    assert "student-01" not in watched.stream.getvalue()


def test_a_fault_is_written_with_its_place_and_without_its_words(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(watched.served.service, "assignments", broken)
    response = watched.served.program("read").get("/api/v1/assignments")
    assert response.status_code == 500
    fault, request = watched.lines()
    assert (fault["level"], fault["event"], fault["kind"]) == ("error", "a fault of ours", "RuntimeError")
    assert fault["at"][-1].endswith(" broken")
    assert fault["request"] == request["request"] == response.headers["x-request-id"]
    assert SECRET not in watched.stream.getvalue()


@pytest.mark.parametrize("watched", ["debug"], indirect=True)
def test_what_is_asked_all_the_time_is_written_only_when_debugging(watched: Watched) -> None:
    watched.served.stranger().get("/health")
    assert [(line["level"], line["route"]) for line in watched.lines()] == [("debug", "/health")]


@pytest.mark.parametrize("watched", ["info"], indirect=True)
def test_what_is_asked_all_the_time_is_not_written(watched: Watched) -> None:
    watched.served.stranger().get("/health")
    assert watched.lines() == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abcd-1234.5_6", True), ("short", False), ("x" * 65, False), ("a b c d e f", False), ('"}{"level": "', False)],
)
def test_the_id_of_a_proxy_is_kept_if_it_is_one(watched: Watched, sent: str, kept: bool) -> None:
    answered = watched.served.stranger().get("/health", headers={"x-request-id": sent}).headers["x-request-id"]
    assert (answered == sent) is kept
    assert kept or len(answered) == 16


def test_refusals_have_an_id_and_a_line(watched: Watched) -> None:
    response = watched.served.stranger().get("http://elsewhere.example/api/v1/assignments")
    assert response.status_code == 421
    assert [(line["status"], line["request"]) for line in watched.lines()] == [(421, response.headers["x-request-id"])]


def test_probes_are_answered_under_any_name(served: Served) -> None:
    client, address = served.stranger(), "http://10.0.0.7:8000"
    assert client.get(f"{address}/health").json() == client.get(f"{address}/ready").json() == {"status": "ok"}
    assert client.get(f"{address}/style.css").status_code == 421


def test_figures_are_counted_by_pattern(watched: Watched) -> None:
    client = watched.served.program("read")
    for id in (7, 8, 9):
        assert client.get(f"/api/v1/submissions/{id}").status_code == 404
    response = watched.served.stranger().get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert (
        'grader_requests_total{method="GET",route="/api/v1/submissions/{id}",status="404"} 3.0'
        in response.text.splitlines()
    )
    assert 'grader_request_seconds_count{route="/api/v1/submissions/{id}"} 3.0' in response.text.splitlines()


def test_figures_are_shown_only_where_they_are_switched_on(served: Served) -> None:
    assert served.stranger().get("/metrics").status_code == 404
