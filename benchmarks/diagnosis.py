"""Diagnosis: the time to name the causes of a submission in which every part is wrong, predictions at hand.

The preparation (every misconception in turn, and the pairs) is made once per assignment and is reported apart, and so
is the whole marking, of which diagnosing is a part. What is predicted from a student's own earlier answers is at hand,
too, as it is for the second student who gives them. The ratio is against reading the same submission's TOML in the same
run.

    python benchmarks/diagnosis.py [--runs 20] [--most 15]
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

import tomli
import tomli_w

from grader.homework.files import load_assignment
from grader.homework.solution import Solution, SolvedPart, solve
from grader.homework.submission import Submission
from grader.marking.diagnosis import diagnoser
from grader.marking.diagnosis.predictions import PartPredictions
from grader.marking.marker import Marker

ROOT = Path(__file__).resolve().parents[1]


def wrong_value(part: SolvedPart) -> Any:
    """An answer of the right shape in which every entry is wrong, by no rule."""
    return spoiled(part.key_entry)


def spoiled(entry: Any) -> Any:
    if isinstance(entry, list):
        return [spoiled(item) for item in entry]
    if isinstance(entry, bool | str):
        return f"{entry} + 7919" if isinstance(entry, str) else entry
    return entry + 7919 if isinstance(entry, int) else entry * 1.7319 + 0.7919


def all_wrong(solution: Solution) -> Submission:
    """A submission with a wrong answer to every part that is computed."""
    answers = {
        solved.question.id: {name: wrong_value(part) for name, part in solved.parts.items() if part.computed}
        for solved in solution
    }
    return Submission(assignment=solution.assignment.id, student="student-01", answers=answers)


def prepared(marker: Marker, submission: Submission) -> float:
    """The seconds of the first marking, in which everything that can be predicted is predicted."""
    start = time.process_time()
    marker.mark(submission)
    for question in marker.questions(marker.solution).values():
        for name, part in question.solved.parts.items():
            if part.computed:
                predictions: PartPredictions = question.diagnoser().predictions(name)
                assert predictions.single_tables is not None
                assert predictions.pair_tables is not None
                assert predictions.late_pair_tables is not None
    return time.process_time() - start


class Timed:
    """The search for causes as marking calls it, with the processor time that it took."""

    def __init__(self) -> None:
        self.real = diagnoser.diagnosed
        self.seconds = 0.0

    def __call__(self, *given: Any) -> Any:
        start = time.process_time()
        try:
            return self.real(*given)
        finally:
            self.seconds += time.process_time() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--most", type=float, default=15.0, help="milliseconds that diagnosing a submission may take")
    options = parser.parse_args()
    diagnoser.diagnosed = timed = Timed()  # type: ignore[assignment]
    worst = 0.0
    print("assignment               preparation   diagnosing   with marking   its TOML   ratio")
    for folder in sorted((ROOT / "answer_keys").iterdir()):
        solution = solve(load_assignment(folder))
        submission = all_wrong(solution)
        text = tomli_w.dumps({"assignment": submission.assignment, "student": "s", "answers": submission.answers})
        marker = Marker(solution)
        preparation = prepared(marker, submission)
        diagnosing, marking, reading = [], [], []
        for _ in range(options.runs):
            start, timed.seconds = time.process_time(), 0.0
            tomli.loads(text)
            middle = time.process_time()
            for id, question in marker.questions(marker.solution).items():
                question.marked(submission.answers.get(id, {}))
            marking.append((time.process_time() - middle) * 1000)
            diagnosing.append(timed.seconds * 1000)
            reading.append((middle - start) * 1000)
        took, whole, read = map(statistics.median, (diagnosing, marking, reading))
        worst = max(worst, took)
        print(
            f"{folder.name:24} {preparation * 1000:8.0f} ms {took:9.1f} ms {whole:11.1f} ms {read:7.2f} ms "
            f"{took / read:7.1f}"
        )
    print(f"worst {worst:.1f} ms a submission (at most {options.most:g})")
    return 0 if worst <= options.most else 1


if __name__ == "__main__":
    raise SystemExit(main())
