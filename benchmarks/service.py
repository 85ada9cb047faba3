"""`grader serve` under a class: 600 students who type, a preview every two seconds each, and hand in within a minute.

The service and the class are programs of their own on one machine. Wanted, with one worker, on SQLite and PostgreSQL:
previews' 95th percentile below 100 ms (30 is asked of it), hand-ins' below 500 (100), no error, flat memory. Drafts are
saved meanwhile, and every receipt is read. Then papers are handed in without a pause, which gives the marks a second;
nbgrader gave 1 and otter 0.8 of the same size on a machine like that of the first figures, a container for each apart.

    python benchmarks/service.py [--students 600] [--seconds 60] [--workers 1] [--only sqlite|postgresql]
    python benchmarks/service.py --students 5000 --seconds 600 --typing 60   # 5,000 who come one after the other

PostgreSQL is that of GRADER_TEST_POSTGRES, or one that is started for it; it has to flush what it writes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
ASSIGNMENT = "cnn-foundations"
PAPER = ROOT / "submissions_example" / ASSIGNMENT / "paper-000.toml"
WANTED = {"preview": 100, "hand-in": 500}
"""Milliseconds below which the 95th percentile has to be."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=600)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=2, help="seconds between two previews of a student")
    parser.add_argument("--typing", type=float, default=1e9, help="seconds for which a student types; all the time")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--pressing", type=float, default=5, help="seconds without a pause, for the marks a second")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args(arguments)
    print(f"{platform.platform()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(
        f"{asked.students} students, {asked.seconds:g} s, a preview every {asked.every:g} s, {asked.workers} worker(s)"
    )
    failed = False
    for kind in (asked.only,) if asked.only else ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
            failed |= not measure(kind, Path(folder), url, asked)
    return int(failed)


def measure(kind: str, folder: Path, url: str, asked: argparse.Namespace) -> bool:
    """Print the figures of one database; whether they are as wanted."""
    course = folder / "course"
    shutil.copytree(ROOT / "answer_keys" / ASSIGNMENT, course / "answer_keys" / ASSIGNMENT)
    shutil.rmtree(course / ".grader", ignore_errors=True)
    with serving(course, url, asked.workers) as (process, port):
        plan = {"port": port, "students": students(url, port, asked.students), **sheet()}
        plan |= {"every": asked.every, "typing": asked.typing}
        memory = Memory(process.pid)
        found = load({**plan, "act": "typing", "seconds": asked.seconds})
        grown = memory.stop()
        pressed = load({**plan, "act": "pressing", "seconds": asked.pressing})
    print(f"{kind}:")
    good = True
    for name, took in found["took"].items():
        ordered = sorted(1000 * one for one in took)
        p95 = _percentile(ordered, 0.95)
        good &= p95 < WANTED.get(name, p95 + 1)
        print(
            f"  {name:8} {len(ordered):7}   median {_percentile(ordered, 0.5):6.1f} ms   95 % {p95:6.1f}   "
            f"99 % {_percentile(ordered, 0.99):6.1f}   worst {ordered[-1]:6.1f}"
        )
    wrong = found["wrong"] + pressed["wrong"]
    print(f"  errors   {len(wrong):7}   {', '.join(sorted(set(wrong)))}")
    print(f"  memory   {grown[0]:7.0f} MB after a quarter, {grown[1]:.0f} MB at the end")
    rate = len(pressed["took"].get("pressed", ())) / asked.pressing
    print(f"  marks    {rate:7.0f} a second, stored (nbgrader 1, otter 0.8)")
    return good and not wrong and grown[1] < 1.1 * grown[0] + 10


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def load(plan: dict[str, Any]) -> dict[str, Any]:
    """Run the class in a process of its own."""
    program = [sys.executable, str(ROOT / "benchmarks" / "students.py")]
    done = subprocess.run(program, input=json.dumps(plan), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def sheet() -> dict[str, Any]:
    """What is typed into the fields of the assignment's page."""
    from grader.service.forms.pages import HAND_IN, STEP
    from grader.service.forms.typed import typed_of

    typed = typed_of(PAPER.read_bytes())
    answers = {f"{question}.{part}": text for question, parts in typed.items() for part, text in parts.items()}
    return {"assignment": ASSIGNMENT, "answers": answers, "step": [(STEP, HAND_IN)]}


def students(url: str, port: int, count: int) -> list[tuple[str, str]]:
    """The cookie and the forms' token of each student, who are added and signed in."""
    from grader.service.course.service import utc_now
    from grader.service.store import Store
    from grader.service.store.people import SESSION_LASTS, add_person, new_secret
    from grader.service.web.sessions import form_token

    store, now, made = Store(url), utc_now(), []
    with store.writing() as base:
        for place in range(count):
            person = add_person(base, f"student-{place:04}", "", "student", now)
            secret = new_secret(base, "session", now, person=person.id, lasts=SESSION_LASTS)
            made.append((f"grader-session-{port}={secret}", form_token(secret)))
    store.close()
    return made


@contextmanager
def serving(course: Path, url: str, workers: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running service, ready to answer, and its port."""
    command = [sys.executable, "-m", "grader", "serve", str(course), "--port", "0", "--database", url]
    command += ["--workers", str(workers), "--log-level", "warning"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
    try:
        assert process.stdout is not None
        found = re.search(r":(\d+)/enter", process.stdout.readline())
        if found is None:
            raise SystemExit("the service did not start")
        time.sleep(2 if workers == 1 else 10)
        yield process, int(found[1])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'service.sqlite3'}"
        return
    from scripts.postgres import new_database

    with ExitStack() as stack:
        server = os.environ.get("GRADER_TEST_POSTGRES") or stack.enter_context(cluster())
        yield stack.enter_context(new_database(server))


@contextmanager
def cluster() -> Iterator[str]:
    """A PostgreSQL of its own."""
    folder = tempfile.mkdtemp()
    program = [sys.executable, str(ROOT / "scripts" / "postgres.py")]
    started = [*program, "start", folder, "--durable"]
    try:
        yield subprocess.run(started, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    finally:
        subprocess.run([*program, "stop", folder], check=True)


class Memory:
    """How much memory a process and its children hold, looked at ten times a second."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.seen: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            self.seen.append(sum(_megabytes(one) for one in (self.process, *_children(self.process))))

    def stop(self) -> tuple[float, float]:
        """What was held after a quarter of the time, and what is held now."""
        self._ended.set()
        self._thread.join()
        return self.seen[len(self.seen) // 4], self.seen[-1]


def _children(process: int) -> list[int]:
    """The children of a process, whichever of its threads has started them."""
    found = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for one in found for child in one.read_text().split()]


def _megabytes(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", text)
    return int(found[1]) / 1024 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
