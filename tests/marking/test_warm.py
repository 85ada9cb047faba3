"""A warmed marker has loaded the rules: the first student does not wait for it, and is marked as if it had not been."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from grader.homework.files import read_submission
from grader.homework.solution import open_solution
from grader.marking.marker import Marker
from grader.reports.json import render

ROOT = Path(__file__).resolve().parents[2]
KEY = Path("answer_keys", "cnn-foundations")
PAPER = Path("submissions_example", "cnn-foundations", "paper-000.toml")

FIRST_PAPER = f"""
import sys
from pathlib import Path
from grader.homework.files import read_submission
from grader.homework.solution import open_solution
from grader.marking.marker import Marker

paper = Path({str(PAPER)!r})
submission = read_submission(paper.read_bytes(), paper.name)
marker = Marker(open_solution(Path({str(KEY)!r})))
if sys.argv[1] == "warm":
    marker.warm()
before = set(sys.modules)
marker.mark(submission)
print(sum(name.startswith("grader.misconceptions") for name in set(sys.modules) - before))
"""


def loaded_by_first_paper(*arguments: str) -> int:
    """How many modules of misconceptions the first paper loads, in a process of its own."""
    command = [sys.executable, "-c", FIRST_PAPER, *arguments]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def test_the_first_paper_loads_no_rules_after_warming() -> None:
    assert loaded_by_first_paper("cold") > 5
    assert loaded_by_first_paper("warm") == 0


def test_warming_changes_no_report() -> None:
    submission = read_submission((ROOT / PAPER).read_bytes(), PAPER.name)
    cold, warm = (Marker(open_solution(ROOT / KEY)) for _ in range(2))
    warm.warm()
    assert render(warm.mark(submission), reveal="always") == render(cold.mark(submission), reveal="always")
