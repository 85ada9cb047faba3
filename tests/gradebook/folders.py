"""What the tests of batches share: a small class, a run of the command, and what a folder of results shows."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from grader.gradebook.run.batch import run
from grader.gradebook.run.marking import ReportOptions
from grader.gradebook.run.request import BatchRequest, Summary

ROOT = Path(__file__).resolve().parents[2]
KEYS = ROOT / "answer_keys"
EXAMPLES = ROOT / "submissions_example"
RIGHT = """
[answers.q1]
why = "It adds up to {words}."

[answers.q4]
O = [[10, 3], [9, 18]]
Z = 10
dF = [["9/4", "13/4"], ["7/4", "3/4"]]
"""


def submission(student: str, answers: str = RIGHT, head: str = "", assignment: str = "cnn-foundations") -> str:
    """A submission's text; the student's id as JSON writes it, which is TOML too."""
    words = "".join(filter(str.isalnum, student[:5]))
    answers = answers.replace("{words}", words)
    return f'assignment = "{assignment}"\nstudent = {json.dumps(student)}\n{head}\n{answers}'


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def make_class(folder: Path, count: int) -> Path:
    """Students of whom every second has a wrong mean."""
    for number in range(count):
        answers = RIGHT if number % 2 else RIGHT.replace("Z = 10", f"Z = {40 + number % 6}")
        write(folder / f"student-{number:03}.toml", submission(f"student-{number:03}", answers))
    return folder


def grade(folder: Path, out: Path, keys: Path = KEYS, **options: Any) -> Summary:
    """A run in this process."""
    jobs = options.pop("jobs", 1)
    return run(BatchRequest(folder, out, keys, ReportOptions(**{"pages": False, **options}), jobs))


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "grader", *map(str, arguments)]


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command's status and what it prints; in this process, as a new one takes a second to import the package."""
    from grader.cli.main import run

    words = [str(one) for one in arguments]
    with chdir(ROOT), redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        status = run(words)
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


def visible(out: Path) -> dict[str, bytes]:
    """Every visible file of a folder by its name."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out)
        if path.is_file() and not any(step.startswith(".") for step in name.parts):
            found[name.as_posix()] = path.read_bytes()
    return found


def rows(out: Path) -> dict[str, dict[str, str]]:
    """results.csv by file."""
    import csv

    with (out / "results.csv").open(encoding="utf-8", newline="") as stream:
        return {row["file"]: row for row in csv.DictReader(stream)}


def report(out: Path, slug: str, assignment: str = "cnn-foundations") -> dict[str, Any]:
    return dict(json.loads((out / "reports" / assignment / f"{slug}.json").read_text(encoding="utf-8")))


def copy_keys(to: Path) -> Path:
    """A folder of keys of one's own, with one assignment."""
    import shutil

    shutil.copytree(KEYS / "cnn-foundations", to / "cnn-foundations")
    return to


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
