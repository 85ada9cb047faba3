"""A review that is served, for tests: a small class in a folder, and the command in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.gradebook.folders import KEYS, ROOT, command, grade, submission, write

ANSWERS = [
    "It adds up.",
    "it  adds UP.",
    "<script>alert(1)</script><img src=x onerror=alert(2)> \u202e {{ 7 * 7 }}",
    "چون جمع می‌زند، لبه‌ها محو می‌شوند.",
    "",
    "Energy",
]


def results_in(folder: Path) -> Path:
    """The results of a class of six."""
    for number, text in enumerate(ANSWERS):
        name = f"student-{number:02}"
        shown = text.replace("\\", "\\\\").replace('"', '\\"')
        write(
            folder / "in" / f"{name}.toml",
            submission(name, f'\n[answers.q1]\nwhy = "{shown}"\n[answers.q4]\nZ = "ten or so"\n'),
        )
    shutil.copytree(KEYS / "cnn-foundations", folder / "keys" / "cnn-foundations")
    grade(folder / "in", folder / "out", folder / "keys", pages=True)
    return folder / "out"


@contextmanager
def served(out: Path, *options: str) -> Iterator[str]:
    """The link of a running `grader review`; Ctrl-C must end it with exit status 0 and nothing said."""
    arguments = command("review", out, "--no-browser", *options)
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )
    assert process.stdout is not None
    with process:
        try:
            yield process.stdout.readline().strip()
            process.send_signal(signal.SIGINT)
            more, error = process.communicate(timeout=120)
            assert (process.returncode, more, error) == (0, "", "")
        finally:
            process.kill()
