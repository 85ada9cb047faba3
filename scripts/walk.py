"""The walk of a wrong answer: the modules through which it goes from its TOML to the named mistake, in order.

    python scripts/walk.py [SUBMISSION] [--whole]

Marks one submission and prints every module of the package in which a function ran, in the order of the first call,
with the number of its functions. The assignment is loaded before that; with --whole, loading it, computing its key and
printing the report belong to the walk. Without an argument one matrix is wrong: the convolution in question 4 of
cnn-foundations, with its kernel turned.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PACKAGE = str(ROOT / "grader")
WRONG = b"""assignment = "cnn-foundations"
student = "student-01"
[answers.q4]
O = [[8, 1], [7, 0]]
"""


def followed(call: Callable[[], Any]) -> dict[str, set[str]]:
    """The functions that ran in each module of the package, except while modules were imported."""
    found: dict[str, set[str]] = {}

    def watch(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(PACKAGE) and not importing(frame):
            found.setdefault(code.co_filename, set()).add(code.co_qualname)

    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(None)
    return {str(Path(file).relative_to(ROOT)): functions for file, functions in found.items()}


def importing(frame: FrameType | None) -> bool:
    """Whether a frame runs because a module of the package is being imported."""
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_code.co_filename.startswith(PACKAGE):
            return True
        frame = frame.f_back
    return False


def walk(submission: bytes, whole: bool = False) -> dict[str, set[str]]:
    """The modules through which a submission goes to its report, each with the functions that ran."""
    from grader.api import grade, load_assignment
    from grader.homework.files import find_assignment, read_submission

    folder = find_assignment(ROOT / "answer_keys", read_submission(submission, "submission").assignment, "submission")
    if whole:
        return followed(lambda: grade(load_assignment(folder), submission).to_text())
    assignment = load_assignment(folder)
    assert assignment.warnings == ()  # found once for an assignment, whoever hands in
    return followed(lambda: grade(assignment, submission))


def main() -> int:
    """Print the walk."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("submission", nargs="?", type=Path, help="a submission to an assignment in answer_keys/")
    parser.add_argument("--whole", action="store_true", help="with the loading of the assignment, and the printing")
    options = parser.parse_args()
    found = walk(WRONG if options.submission is None else options.submission.read_bytes(), options.whole)
    for place, (module, functions) in enumerate(found.items(), start=1):
        print(f"{place:4} {module:55} {len(functions):3}")
    print(f"{len(found)} modules")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
