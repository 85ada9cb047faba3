"""Kill a service under load, again and again, and look whether what it promised is there.

Students hand in and save drafts, staff give marks, all as fast as they can. After each SIGKILL the database must have
every hand-in of which a receipt was given, byte for byte, every mark that was acknowledged, and every draft.

    python -m tests.service.killing [--times 50] [--only sqlite|postgresql] [--workers 1]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.gradebook.folders import ROOT, command
from tests.service.courses import course_in, database

ASSIGNMENT, PART = "cnn-foundations", "q1.why"


@dataclass
class Promises:
    """What was acknowledged, in all rounds."""

    receipts: dict[str, str] = field(default_factory=dict)
    """The digest of each receipt, by its number."""
    hand_ins: list[int] = field(default_factory=list)
    marks: dict[tuple[int, int], float] = field(default_factory=dict)
    """The points of each mark, by hand-in and version."""
    drafts: dict[str, tuple[int, str]] = field(default_factory=dict)
    """The newest revision of each student's draft, and its text."""
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client:
    """One connection, on which something is asked until the service dies."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = headers

    def close(self) -> None:
        self.connection.close()

    def ask(self, path: str, kind: str, body: bytes) -> tuple[int, Any]:
        self.connection.request("POST", path, body, {**self.headers, "content-type": kind})
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())


class Killing:
    """One course on one database."""

    def __init__(self, folder: Path, url: str, workers: int = 1, seed: int = 0) -> None:
        from grader.service.store import Store
        from grader.service.store.people import new_secret
        from grader.service.store.schema import prepare

        self.course, self.url, self.workers = course_in(folder), url, workers
        self.promises, self.random = Promises(), random.Random(seed)
        self.killed = threading.Event()
        store = Store(url)
        prepare(store)
        now = self._now()
        with store.writing() as base:
            self.token = new_secret(base, "token", now, scope="staff", label="staff-program")
        store.close()

    def round(self, *, promised: bool = False) -> None:
        """Start the service, load it, and kill it; not before it has `promised` something in this or another round."""
        arguments = ["--port", "0", "--database", self.url, "--log-level", "error", "--workers", str(self.workers)]
        process = subprocess.Popen(
            command("serve", self.course, *arguments), stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert process.stdout is not None
        with process:
            found = re.search(r":(\d+)/enter", process.stdout.readline())
            assert found is not None, "the service did not start again"
            port = int(found[1])
            doing = [self.hand_in, self.hand_in, self.mark, self.draft, self.draft]
            threads = [
                threading.Thread(target=self._until_killed, args=(act, port, place, self._headers(act, port, place)))
                for place, act in enumerate(doing)  # who signs in under load may wait too long for the database
            ]
            self.killed.clear()
            for thread in threads:
                thread.start()
            last = time.monotonic() + 120
            while promised and not (self.promises.receipts and self.promises.drafts) and time.monotonic() < last:
                time.sleep(0.05)
            time.sleep(self.random.uniform(0.3, 2.5) + (self.workers > 1) * 5)
            process.send_signal(signal.SIGKILL)
            self.killed.set()
            for thread in threads:
                thread.join(180)
                assert not thread.is_alive()

    def _headers(self, act: Callable[[Client, int], None], port: int, place: int) -> dict[str, str]:
        if act == self.draft:
            cookie, token = self._signed_in(f"typist-{place}", port)
            return {"cookie": cookie, "x-csrf-token": token}
        return {"authorization": f"Bearer {self.token}"}

    def _until_killed(self, act: Callable[[Client, int], None], port: int, place: int, headers: dict[str, str]) -> None:
        dead = contextlib.suppress(OSError, http.client.HTTPException, ValueError)
        with contextlib.closing(Client(port, headers)) as client, dead:
            act(client, place)

    def hand_in(self, client: Client, place: int) -> None:
        """Hand in one paper after the other."""
        for number in range(1_000_000):
            name = f"student-{(place * 97 + number) % 200:03}"
            text = f'assignment = "{ASSIGNMENT}"\nstudent = "{name}"\n[answers.q1]\nwhy = "{time.time_ns()} {number}"\n'
            status, made = client.ask("/api/v1/submissions", "application/toml", text.encode())
            with self.promises.lock:
                if status == 201:
                    digest = made["receipt"]["digest"]
                    assert digest == hashlib.sha256(text.encode()).hexdigest()
                    self.promises.receipts[made["receipt"]["number"]] = digest
                    self.promises.hand_ins.append(made["id"])
                else:
                    self.promises.refused.append(f"hand-in {status}")

    def mark(self, client: Client, place: int) -> None:
        """Give marks to what was handed in, over those that were given before."""
        del place
        seen: dict[int, int] = {}
        while True:
            with self.promises.lock:
                known = list(self.promises.hand_ins[-50:])
            if not known:  # on a slow machine nothing is handed in before the first kill
                if self.killed.wait(0.01):
                    return
                continue
            id = known[time.time_ns() // 1000 % len(known)]
            points = time.time_ns() % 3 * 0.5
            mark = {"submission": id, "question": "q1", "part": "why", "points": points, "version": seen.get(id, 0)}
            status, made = client.ask("/api/v1/marks", "application/json", json.dumps(mark).encode())
            if status == 409:
                seen[id] = made["mark"]["version"]
                continue
            with self.promises.lock:
                if status == 200:
                    seen[id] = made["version"]
                    self.promises.marks[id, made["version"]] = points
                else:
                    self.promises.refused.append(f"mark {status} {made}")

    def draft(self, client: Client, place: int) -> None:
        """Save a draft of a student who hands nothing in."""
        name = f"typist-{place}"
        with self.promises.lock:
            revision = self.promises.drafts.get(name, (0, ""))[0]
        for number in range(1_000_000):
            written = f"{name} {time.time_ns()} {number}"
            body = {"part": PART, "written": written, "revision": revision}
            status, made = client.ask(f"/drafts/{ASSIGNMENT}", "application/json", json.dumps(body).encode())
            revision = made.get("revision", revision)
            with self.promises.lock:
                if status == 200:
                    self.promises.drafts[name] = (revision, written)
                elif status not in (409, 429):  # the last answer of the round before was lost with the service
                    self.promises.refused.append(f"draft {status}")

    def _signed_in(self, name: str, port: int) -> tuple[str, str]:
        from grader.service.store import Store
        from grader.service.store.people import SESSION_LASTS, add_person, new_secret
        from grader.service.web.sessions import form_token

        store = Store(self.url)
        with store.writing() as base:
            person = add_person(base, name, "", "student", self._now())
            secret = new_secret(base, "session", self._now(), person=person.id, lasts=SESSION_LASTS)
        store.close()
        return f"grader-session-{port}={secret}", form_token(secret)

    @staticmethod
    def _now() -> Any:
        from grader.service.course.service import utc_now

        return utc_now()

    def broken(self) -> list[str]:
        """The promises that were not kept."""
        from sqlalchemy import select

        from grader.service.store import Store, checks, drafts
        from grader.service.store.people import person_named
        from grader.service.store.tables import marks, submissions

        store, found = Store(self.url), []
        with store.reading() as base:
            columns = (submissions.c.number, submissions.c.data)
            kept = {number: hashlib.sha256(data).hexdigest() for number, data in base.execute(select(*columns))}
            given = {
                (id, version): points
                for id, version, points in base.execute(select(marks.c.submission, marks.c.version, marks.c.points))
            }
            for name, (revision, written) in self.promises.drafts.items():
                person = person_named(base, name)
                draft = drafts.of_person(base, person.id, ASSIGNMENT).get(PART) if person else None
                newest = (draft.revision, draft.written) if draft else (0, "")
                if newest[0] < revision or (newest[0] == revision and newest[1] != written):
                    found.append(f"draft of {name}")
        for number, digest in self.promises.receipts.items():
            if kept.get(number) != digest:
                found.append(f"receipt {number}")
        for key, points in self.promises.marks.items():
            if float(given.get(key, "nan")) != points:
                found.append(f"mark {key}")
        found += [str(said) for said in checks.problems(store)]
        store.close()
        return found + self.promises.refused

    def told(self) -> str:
        """The figures."""
        made = self.promises
        drafts = sum(revision for revision, _ in made.drafts.values())
        return f"{len(made.receipts)} receipts, {len(made.marks)} marks, {drafts} drafts"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args(arguments)
    failed = False
    for kind in (asked.only,) if asked.only else ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
            killing, broken = Killing(Path(folder), url, asked.workers, asked.seed), []
            for _ in range(asked.times):
                killing.round()
                broken += killing.broken()
            print(f"{kind}, killed {asked.times} times (seed {asked.seed}): {killing.told()}; broken: {len(broken)}")
            print("".join(f"  {one}\n" for one in sorted(set(broken))[:20]), end="")
            failed |= bool(broken)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
