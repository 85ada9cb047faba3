"""Marking in a process of its own: the same rows, and nothing lost if the process dies."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from grader.errors import UsageError
from grader.executors.processes import Processes
from grader.gradebook.database.schema import PersonMark, SubmissionRow
from grader.service.course import apart as module
from grader.service.course.apart import Apart
from grader.service.course.service import Service
from grader.service.store import Store, submissions
from grader.service.store.marks import person_marks
from grader.service.store.schema import prepare
from tests.gradebook.folders import ROOT, command
from tests.service.courses import Clock, Served, course_in

ID = "cnn-foundations"
TOML = {"content-type": "application/toml"}
PAPERS = sorted((Path(__file__).parents[3] / "submissions_example" / ID).glob("*.toml"))
BAD = [b"", b"\xff", b'assignment = "cnn-foundations"\nstudent = "student-01"\n[answers]\nq1 = 3\n', b"[" * 10_000]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Service]]:
    """A service that marks in its own process, and one that has a process for it."""
    folder = course_in(tmp_path_factory.mktemp("course"))
    store = Store.beside(folder / "service.sqlite3")
    prepare(store)
    here, there = Service(folder, store), Service(folder, store, apart=Apart())
    here.start()
    there.start()
    yield here, there
    here.stop()
    there.stop()


def row(service: Service, data: bytes, people: tuple[PersonMark, ...] = ()) -> SubmissionRow:
    return service.work.submit(service.marked, ID, "submission.toml", data, people).result()


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def child(service: Service) -> int:
    assert service.apart is not None
    return service.apart._processes.submit(os.getpid).result()


@pytest.mark.parametrize("path", PAPERS, ids=lambda one: one.stem)
def test_a_paper_has_the_same_row(two: tuple[Service, Service], path: Path) -> None:
    here, there = two
    assert row(there, path.read_bytes()) == row(here, path.read_bytes())


@pytest.mark.parametrize("data", BAD, ids=lambda one: ascii(one[:10]))
def test_what_cannot_be_marked_has_the_same_row(two: tuple[Service, Service], data: bytes) -> None:
    here, there = two
    found = row(there, data)
    assert found == row(here, data)
    assert found.status == "rejected"


def test_marks_of_people_count(two: tuple[Service, Service]) -> None:
    here, there = two
    data = PAPERS[0].read_bytes()
    before = row(here, data)
    _, question, part, *_ = before.waiting[0]
    mark = PersonMark(ID, before.student or "", question, part, before.digest, "1")
    assert row(there, data, (mark,)) == row(here, data, (mark,)) != before


def test_a_process_that_was_killed_is_replaced(two: tuple[Service, Service]) -> None:
    here, there = two
    before = child(there)
    os.kill(before, signal.SIGKILL)
    assert row(there, PAPERS[0].read_bytes()) == row(here, PAPERS[0].read_bytes())
    assert child(there) != before


def test_a_signal_that_ends_the_service_does_not_end_the_marking(two: tuple[Service, Service]) -> None:
    before = child(two[1])
    os.kill(before, signal.SIGTERM)
    os.kill(before, signal.SIGINT)
    time.sleep(0.2)
    assert child(two[1]) == before


def test_a_paper_that_kills_is_a_fault_of_ours(
    two: tuple[Service, Service], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = two
    data = PAPERS[0].read_bytes()
    served = Served(there, Clock(), tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(module, "mark_one", die)
        response = served.program("submit").post("/api/v1/submissions", content=data, headers=TOML)
    assert response.status_code == 201
    with there.store.reading() as base:
        stored = submissions.one(base, response.json()["id"])
    assert stored is not None
    found = stored.row
    assert (found.status, found.assignment, found.student) == ("error", ID, row(here, data).student)
    assert found.reason == (
        "submission.toml: the process that marked it died twice, killed or out of memory; no verdict on the submission"
    )
    assert {name for name, _ in found.texts} == {name for name, _ in row(here, data).texts}
    assert row(there, data) == row(here, data)


def test_marks_that_are_stored_survive_a_death_while_they_are_made_again(
    two: tuple[Service, Service], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, there = two
    served = Served(there, Clock(), tmp_path)
    data = b'assignment = "cnn-foundations"\nstudent = "student-01"\n[answers.q1]\nwhy = "It adds up."\n'
    made = served.program("submit").post("/api/v1/submissions", content=data, headers=TOML).json()
    mark = {"submission": made["id"], "question": "q1", "part": "why", "points": 1, "version": 0}
    staff = served.program("staff")

    def stored() -> Any:
        with there.store.reading() as base:
            found = submissions.one(base, made["id"])
            return found, list(person_marks(base, ID, "student-01"))

    before = stored()
    with monkeypatch.context() as patched:
        patched.setattr(module, "mark_one", die)
        assert staff.post("/api/v1/marks", json=mark).status_code == 500
    assert stored() == before
    assert staff.post("/api/v1/marks", json=mark).status_code == 200
    assert stored() != before


def test_without_a_process_the_service_marks_itself(
    two: tuple[Service, Service], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = two
    assert there.apart is not None

    def none(*_: Any) -> None:
        raise UsageError("no memory")

    with monkeypatch.context() as patched:
        patched.setattr(Processes, "_call", none)
        assert row(there, PAPERS[0].read_bytes()) == row(here, PAPERS[0].read_bytes())
    assert caplog.messages == ["no process to mark in can be started: this one marks"]


def parents() -> dict[int, int]:
    """The parent of each process."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    return found


def until(true: Callable[[], Any]) -> Any:
    end = time.monotonic() + 180
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def answers(address: str) -> bool:
    with suppress(OSError), urlopen(address, timeout=10) as response:
        return bool(response.status == 200)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_is_left_behind(tmp_path: Path, number: int) -> None:
    served = command("serve", course_in(tmp_path), "--port", "0")
    with subprocess.Popen(served, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            link = process.stdout.readline().decode().partition(": ")[2]
            until(lambda: answers(link.partition("/enter")[0] + "/health"))
            own = until(lambda: {one for one, parent in parents().items() if parent == process.pid})
            process.send_signal(number)
            process.wait(120)
            until(lambda: not own & parents().keys())
        finally:
            process.kill()
