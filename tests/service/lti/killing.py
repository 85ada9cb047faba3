"""Kill a service that sends scores, again and again, and look at what the platform was sent.

Students hand in other answers as fast as they can; the platform is slow, and at times away. In what it was sent, a time
must belong to one message alone, times must never go back, and nothing may be said twice in a row under two times. At
the end it must show what counts.

    python -m tests.service.lti.killing [--times 20] [--only sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from grader.service.lti.delivery import Address
from tests.gradebook.folders import ROOT
from tests.service.courses import course_in, database
from tests.service.lti.platform import Asked, LearningPlatform, Reply, learning_platform

STUDENTS = 40
HASTE = """
import sys
from grader.service.course.lti import sender
from grader.service.lti import outbox
outbox.LEASE, outbox.FIRST_WAIT, outbox.LONGEST_WAIT, sender.EVERY = 1.0, 0.2, 1.0, 0.05
sender.Sender.__init__.__defaults__ = (0.05,)
from grader.cli.main import main
sys.argv[0] = "grader"
main()
"""
"""The command with short pauses: otherwise a message that was under way is sent again after five minutes."""


class Killing:
    """One course on one database, and its platform."""

    def __init__(self, folder: Path, url: str, platform: LearningPlatform, seed: int) -> None:
        from grader.service.course.service import utc_now
        from grader.service.store import Store
        from grader.service.store.lti import add_column, tool_keys
        from grader.service.store.people import add_person, new_secret
        from grader.service.store.schema import prepare

        self.course, self.url, self.platform = course_in(folder), url, platform
        self.random, self.handed_in, self.killed_while_sending = random.Random(seed), 0, 0
        self.sent: list[Any] = []
        self.under_way = 0
        real = platform.replies["POST /items/1/scores"]
        platform.replies["POST /items/1/scores"] = lambda asked: self._reply(real, asked)
        store = Store(url)
        prepare(store)
        with store.writing() as base:
            self.token = new_secret(base, "token", utc_now(), scope="staff", label="staff-program")
            for number in range(STUDENTS):
                person = add_person(base, f"student-{number:02}", "", "student", utc_now())
                item = f"{platform.origin}/items/1?type_id=1"
                add_column(base, Address(*platform.known.name, item, person.student), person.id, "cnn-foundations")
            platform.registration.set_tool_key_set(tool_keys(base).published())
        store.close()
        known = platform.known
        values = {name: getattr(known, name) for name in ("issuer", "client_id", "deployment_ids")}
        values |= {name: getattr(known, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_url")}
        lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        (self.course / "lti.toml").write_text("[[platform]]\n" + "\n".join(lines) + "\n", "utf-8")

    def _reply(self, real: Any, asked: Asked) -> Reply:
        self.under_way += 1
        self.sent.append(json.loads(asked.body))
        try:
            time.sleep(self.random.uniform(0, 0.03))
            if self.random.random() < 0.1:
                return 503, {}, b""
            answer: Reply = real(asked)
            return (503, {}, b"") if self.random.random() < 0.05 else answer
        finally:
            self.under_way -= 1

    def round(self, seconds: float, *, load: bool = True) -> None:
        """Start the service, load it, and kill it."""
        arguments = ["serve", str(self.course), "--port", "0", "--database", self.url, "--log-level", "error"]
        process = subprocess.Popen(
            [sys.executable, "-c", HASTE, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert process.stdout is not None
        with process:
            found = re.search(r":(\d+)/enter", process.stdout.readline())
            assert found is not None, "the service did not start again"
            threads = [threading.Thread(target=self._hand_in, args=(int(found[1]), place)) for place in range(2)]
            for thread in threads if load else ():
                thread.start()
            time.sleep(seconds)
            self._await_message()
            process.send_signal(signal.SIGKILL)
            self.killed_while_sending += self.under_way > 0
            for thread in threads if load else ():
                thread.join(60)

    def _await_message(self) -> None:
        """Wait until a message is under way, for a second: most moments have none."""
        end = time.monotonic() + 1
        while not self.under_way and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(self.random.uniform(0, 0.01))

    def _hand_in(self, port: int, place: int) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):  # the service is dead
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            while True:
                student = f"student-{self.random.randrange(STUDENTS // 2) * 2 + place:02}"
                answers = {"q4": {"Z": self.random.choice(["10", "11"])}, "q3": {"flat_shape": "1568"}}
                answers["q3"] = answers["q3"] if self.random.random() < 0.5 else {}
                body = json.dumps({"assignment": "cnn-foundations", "student": student, "answers": answers})
                headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
                connection.request("POST", "/api/v1/submissions", body, headers)
                response = connection.getresponse()
                response.read()
                self.handed_in += response.status == 201

    def broken(self) -> list[str]:
        """What is wrong with what was sent."""
        found: list[str] = []
        by_user: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for message in self.sent:
            by_user[message["userId"]].append(message)
        for user, messages in by_user.items():
            for before, after in itertools.pairwise(messages):
                same_time = before["timestamp"] == after["timestamp"]
                same_values = {**before, "timestamp": ""} == {**after, "timestamp": ""}
                if same_time and not same_values:
                    found.append(f"{user}: two values at {after['timestamp']}")
                elif before["timestamp"] > after["timestamp"]:
                    found.append(f"{user}: {after['timestamp']} after {before['timestamp']}")
                elif same_values and not same_time:
                    found.append(f"{user}: the same again at {after['timestamp']}")
        return found

    def missing(self) -> list[str]:
        """Whose score the platform does not show as it counts."""
        from grader.service.course.counting import final_score
        from grader.service.store import Store, submissions

        store, shown = Store(self.url), self.platform.scores
        with store.reading() as base:
            last = {one.hand_in.student: one for one in submissions.of_assignment(base, "cnn-foundations")}
        store.close()
        return [
            f"{student}: {shown.get(student)}, not {final_score(one)} of {one.row.status}"
            for student, one in last.items()
            if shown.get(student, {}).get("scoreGiven") != float(final_score(one))
        ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args(arguments)
    failed = False
    for kind in (asked.only,) if asked.only else ("sqlite", "postgresql"):
        with (
            tempfile.TemporaryDirectory() as folder,
            database(kind, Path(folder)) as url,
            learning_platform() as platform,
        ):
            killing = Killing(Path(folder), url, platform, asked.seed)
            for _ in range(asked.times):
                killing.round(killing.random.uniform(0.5, 2.5))
            killing.round(15, load=False)
            broken = killing.broken() + killing.missing()
            under_way = killing.killed_while_sending
            print(
                f"{kind}, killed {asked.times} times, {under_way} of them with a message under way (seed {asked.seed})"
            )
            print(f"  {killing.handed_in} hand-ins, {len(killing.sent)} messages; broken: {len(broken)}")
            print("".join(f"  {one}\n" for one in broken[:20]), end="")
            failed |= bool(broken)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
