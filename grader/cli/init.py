"""`grader init`: a small course that works at once."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.options import emit, nearby
from grader.errors import UsageError
from grader.messages import sentence

EXAMPLE = "example-homework"
COURSE = {
    "README.md": "README.md",
    "assignment.toml": f"answer_keys/{EXAMPLE}/assignment.toml",
    "student-01.toml": f"submissions_example/{EXAMPLE}/student-01.toml",
    "keys.yml": ".github/workflows/keys.yml",
}
"""Where each file of the folder `course` beside this module goes."""


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> int:
    """Make a small working course.

    It holds an assignment, its key, a submission, and a workflow that checks keys.

    \b
    Examples:
      grader init my-course
    """
    from grader.homework.files import load_assignment
    from grader.homework.keys import build_key_text

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(sentence("{folder}: expected a new or empty folder, it holds something", folder=str(folder)))
    made = files("grader.cli") / "course"
    written = []
    for name, place in COURSE.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((made / name).read_bytes())
        written.append(path)
    assignment = folder / "answer_keys" / EXAMPLE
    key = assignment / "key.toml"
    key.write_bytes(build_key_text(load_assignment(assignment)).encode())
    for path in sorted([*written, key]):
        emit(f"written  {nearby(path)}")
    emit(f"\nNow, in {nearby(folder)}:")
    emit("  grader keys check")
    emit(f"  grader check submissions_example/{EXAMPLE}/student-01.toml")
    return 0
