"""`grader init`: make a small course that works at once."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

import grader
from grader.cli.options import PATH_TYPE, emit, nearby
from grader.errors import UsageError
from grader.messages import sentence

EXAMPLE = "example-homework"
COURSE = {
    "README.md": "README.md",
    "assignment.toml": f"answer_keys/{EXAMPLE}/assignment.toml",
    "student-01.toml": f"submissions_example/{EXAMPLE}/student-01.toml",
    "keys.yml": ".github/workflows/keys.yml",
}
"""Where each file of the folder `course` next to this module goes."""

HARNESS = ("setup.sh", "run_autograder")
"""What Gradescope requires at the root of an autograder, from the folder `gradescope` next to this module."""


@click.command()
@click.argument("folder", metavar="DIR", type=PATH_TYPE)
@click.option(
    "--gradescope",
    is_flag=True,
    help="Add Gradescope's setup.sh and run_autograder; DIR may be an existing course.",
)
@click.option(
    "--assignment", metavar="ID", help="With --gradescope: grade this assignment, whichever a submission names."
)
def init(folder: Path, gradescope: bool, assignment: str | None) -> int:
    """Make a small working course.

    DIR is a new or empty folder. The course has an assignment, its key, a submission, and a workflow that checks keys.

    \b
    Examples:
      grader init my-course
      grader init my-course --gradescope
      grader init my-course --gradescope --assignment example-homework
    """
    from grader.homework.names import unknown_assignment

    if assignment is not None and not gradescope:
        raise UsageError(sentence("--assignment names what Gradescope grades: expected --gradescope with it"))
    if gradescope and (folder / "answer_keys").is_dir():
        return _add_harness(folder, assignment)
    if assignment not in (None, EXAMPLE):
        raise UsageError(unknown_assignment(assignment or "", [EXAMPLE]))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            sentence("{folder}: expected a new or empty folder, received one that is not", folder=str(folder))
        )
    _write_course(folder)
    emit(f"\nNow, in {nearby(folder)}:")
    emit("  grader keys check")
    emit(f"  grader check submissions_example/{EXAMPLE}/student-01.toml")
    return _add_harness(folder, assignment) if gradescope else 0


def _write_course(folder: Path) -> None:
    """Write the files of the small course, and the key of its assignment."""
    from grader.homework.keys import key_file_text
    from grader.homework.schema import READ_DOCUMENTS, schema_text
    from grader.homework.solution import open_solution

    made = files("grader.cli") / "course"
    written = []
    for name, place in COURSE.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((made / name).read_bytes())
        written.append(path)
    for name in READ_DOCUMENTS:
        path = folder / "schemas" / f"{name}.schema.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(schema_text(name), encoding="utf-8", newline="\n")
        written.append(path)
    asked = folder / "answer_keys" / EXAMPLE
    key = asked / "key.toml"
    solution = open_solution(asked)
    key.write_bytes(key_file_text(solution.assignment, solution).encode())
    for path in sorted([*written, key]):
        emit(f"written  {nearby(path)}")


def _add_harness(folder: Path, assignment: str | None) -> int:
    """Write the scripts that Gradescope runs into a course; an existing file is never overwritten."""
    from grader.homework.files import assignment_ids, find_assignment

    keys = folder / "answer_keys"
    if assignment is not None:
        find_assignment(keys, assignment)
    made = files("grader.cli") / "gradescope"
    for name in HARNESS:
        if (folder / name).exists():
            raise UsageError(sentence("{file} is there already: remove it first", file=nearby(folder / name)))
    for name in HARNESS:
        text = (made / name).read_text(encoding="utf-8").replace("@VERSION@", grader.__version__)
        text = text.replace("@ASSIGNMENT@", assignment or "")
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        (folder / name).chmod(0o755)
        emit(f"written  {nearby(folder / name)}")
    steps = sentence(
        "\nNow, in {folder}:"
        "\n  zip -r autograder.zip setup.sh run_autograder answer_keys"
        "\nAdd the grader's wheel (*.whl) unless the package index has it; the README says how it is made."
        "\nIn Gradescope: Create Assignment, Programming Assignment; Configure Autograder, upload autograder.zip."
        "\nStudents upload one .toml file each, made from `grader template`.",
        folder=nearby(folder),
    )
    emit(str(steps))
    if assignment is None and len(list(assignment_ids(keys))) > 1:
        emit(
            str(
                sentence(
                    "Each submission is graded against the assignment that it names; to grade one assignment "
                    "alone, name it in run_autograder."
                )
            )
        )
    return 0
