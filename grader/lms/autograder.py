"""The program that Gradescope runs for each submission: it always leaves a results file, whatever happens.

python -m grader.lms.autograder --submission DIR --keys DIR --results FILE [--assignment ID]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.errors import AuthorError, GraderError, StudentError
from grader.gradebook.run.scan import SUFFIX
from grader.lms.formats.gradescope import dumps, refused, results
from grader.lms.results import record
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the one submission of the folder and write the results file."""
    parser = argparse.ArgumentParser(description="Grade one submission and write Gradescope's results.json.")
    parser.add_argument("--submission", type=Path, required=True, help="the folder that the student submitted")
    parser.add_argument("--keys", type=Path, required=True, help="the folder of assignments")
    parser.add_argument("--results", type=Path, required=True, help="the file to write")
    parser.add_argument("--assignment", default="", help="the assignment to grade, whichever a submission names")
    chosen = parser.parse_args(arguments)
    chosen.results.parent.mkdir(parents=True, exist_ok=True)
    chosen.results.write_text(dumps(graded(chosen.submission, chosen.keys, chosen.assignment)), encoding="utf-8")
    return 0


def graded(submission: Path, keys: Path, assignment: str = "") -> dict[str, Any]:
    """The results of the one TOML file below the folder; every problem becomes a result that reports it.

    With `assignment` no other is graded: students must not choose which one the marks are for.
    """
    try:
        if not keys.is_dir():
            return refused(str(sentence("the autograder holds no folder answer_keys: tell the instructor")))
        every = sorted(path for path in submission.rglob("*") if _submitted(path.relative_to(submission), path))
        found = [path for path in every if path.suffix.lower() == SUFFIX]
        if len(found) != 1:
            return refused(str(_several(every, found)))
        return _marked(found[0], keys, assignment)
    except AuthorError as problem:
        said = sentence("the assignment cannot be used, tell the instructor: {said}", said=problem.said)
        return refused(str(said))
    except GraderError as problem:
        return refused(str(problem))
    except RecursionError:
        return refused(str(sentence("the document is nested too deeply to be read")))
    except Exception as problem:
        said = sentence("a fault of ours, no verdict on the submission: {kind}", kind=type(problem).__name__)
        return refused(str(said))


def _several(every: list[Path], found: list[Path]) -> Sentence:
    """The error for more or less than one file: names the TOML files, or if there are none, the other files."""
    names = listed(path.name for path in found or every)
    if found:
        return sentence("expected one file *.toml, received {count}: {names}", count=len(found), names=names)
    if every:
        return sentence("expected one file *.toml, received none of that name: {names}", names=names)
    return sentence("expected one file *.toml, received none")


def _submitted(name: Path, path: Path) -> bool:
    """Whether the student submitted a file, rather than a system adding it (`__MACOSX/._answers.toml`)."""
    hidden = any(step.startswith((".", "__MACOSX")) for step in name.parts)
    return not hidden and path.is_file() and not path.is_symlink()


def _marked(path: Path, keys: Path, wanted: str) -> dict[str, Any]:
    from grader.api import grade_read, load_assignment
    from grader.homework.files import assignment_ids, find_assignment, read_submission
    from grader.homework.toml import read_bytes

    data = read_bytes(path)
    submission = read_submission(data, path.name)
    if wanted and wanted not in assignment_ids(keys):
        raise AuthorError(sentence("the autograder grades {wanted} alone, and does not hold it", wanted=shown(wanted)))
    if wanted and submission.assignment != wanted:
        said = sentence(
            "expected a submission to {wanted}, received one to {received}",
            wanted=shown(wanted),
            received=shown(submission.assignment),
        )
        raise StudentError(said).at(file=path.name)
    assignment = load_assignment(find_assignment(keys, submission.assignment))
    return results(record(json.loads(grade_read(assignment, submission, data, path.name).to_json())))


if __name__ == "__main__":
    raise SystemExit(main())
