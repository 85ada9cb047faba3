"""`grader serve` in processes of its own: how it starts, and that nothing is left of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gradebook.folders import ROOT, call, command
from tests.service.courses import course_in

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its signals are those of POSIX")


@contextmanager
def started(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running `grader serve` and its port."""
    arguments = command("serve", course_in(folder), "--port", "0", "--log-level", "error", *options)
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    with process:
        try:
            found = re.fullmatch(r"instructor: http://127\.0\.0\.1:(\d+)/enter\?token=\S+\n", process.stdout.readline())
            assert found is not None
            yield process, int(found[1])
        finally:
            process.kill()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=20) as response:
            return bool(response.status == 200)
    except OSError:  # nobody listens, nobody answers yet, or who answered is gone
        return False


def wait_until(what: str, true: object, seconds: float = 180) -> None:
    last = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < last, what
        time.sleep(0.05)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def workers_of(process: subprocess.Popen[str]) -> set[int]:
    found = subprocess.run(
        ["ps", "-A", "-ww", "-o", "ppid=,pid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split(None, 2) for line in found.splitlines())
    return {int(pid) for parent, pid, args in rows if int(parent) == process.pid and "spawn_main" in args}


@pytest.mark.parametrize("count", ["1", "2"])
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_it(tmp_path: Path, count: str, end: signal.Signals) -> None:
    with started(tmp_path, "--workers", count) as (process, port):
        wait_until("it answers", lambda: answers(port))
        process.send_signal(end)
        out, error = process.communicate(timeout=120)
        assert (out, error) == ("", "")
        assert process.returncode == (0 if count == "2" or end == signal.SIGINT else -signal.SIGTERM)
        wait_until("the port is free", lambda: is_free(port))


@pytest.mark.parametrize("later", [0.0, 0.6, 1.2])
def test_a_signal_ends_workers_that_still_start(tmp_path: Path, later: float) -> None:
    with started(tmp_path, "--workers", "2") as (process, port):
        wait_until("both have begun", lambda: len(workers_of(process)) == 2)
        time.sleep(later)
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=120) == ("", "")
        assert process.returncode == 0
        wait_until("the port is free", lambda: is_free(port))


@pytest.mark.parametrize("count", [1, 2])
def test_ctrl_c_while_it_starts_ends_it(tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.service.web import serve

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def begun(*_: object) -> None:
        raise AssertionError("it went on")

    monkeypatch.setattr(serve, "_greet", interrupted)
    monkeypatch.setattr(serve, "_serve", begun)
    monkeypatch.setattr(serve, "serve_in_workers", begun)
    request = serve.ServeRequest(course_in(tmp_path), "127.0.0.1", 0, None, None, "en", workers=count)
    serve.serve_course(request, begun, begun)


def test_a_worker_that_is_killed_is_replaced_and_the_death_of_the_first_process_ends_all(tmp_path: Path) -> None:
    with started(tmp_path, "--workers", "2") as (process, port):
        wait_until("it answers", lambda: answers(port))
        wait_until("both work", lambda: len(workers_of(process)) == 2)
        before = workers_of(process)
        os.kill(min(before), signal.SIGKILL)
        wait_until("another one works", lambda: len(workers_of(process) - before) == 1)
        wait_until("it answers", lambda: answers(port))
        process.kill()
        wait_until("nobody listens", lambda: is_free(port))


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "grader.example.org",
        "ftp://grader.example.org",
        "https://",
        "https://x:99999",
        "https://x/grader",
        "",
    ],
)
def test_an_address_at_which_no_browser_finds_it_is_refused(tmp_path: Path, address: str) -> None:
    course = course_in(tmp_path)
    for arguments in (["serve", course, "--port", "0"], ["people", "link", "--all", "student", "--course", course]):
        ended = call(*arguments, "--address", address)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert "expected --address such as https://grader.example.org" in ended.stderr


def test_a_link_is_printed_for_each_student_who_is_named(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("student\nstudent-01\nstudent-02\n", "utf-8")
    with started(tmp_path, "--student", "student-01", "--student", "student-02") as (process, _):
        assert process.stdout is not None
        links = [process.stdout.readline() for _ in range(2)]
        assert all(re.match(r"student: http://127\.0\.0\.1:\d+/enter\?token=", one) for one in links)
        assert links[0] != links[1]


def test_a_wrong_table_that_lies_in_the_course_is_a_warning(tmp_path: Path) -> None:
    course = course_in(tmp_path / "course")
    table = course / "roster.csv"
    table.write_text("who\nstudent-01\n", "utf-8")
    named = command("serve", course, "--port", "0", "--roster", table)
    ended = subprocess.run(named, capture_output=True, text=True, cwd=ROOT, timeout=180, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "expected a column student" in ended.stderr
    arguments = command("serve", course, "--port", "0")
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        try:
            assert process.stdout.readline().startswith("instructor: ")
            assert "expected a column student" in process.stderr.readline()
        finally:
            process.kill()
