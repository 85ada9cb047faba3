"""What Gradescope runs: a results file is there at the end, whatever was submitted and whatever is broken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.cli.main import run
from tests.gradebook.folders import EXAMPLES, KEYS, ROOT, submission, write
from tests.lms import importers


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder /autograder with a course in it."""
    source = tmp_path / "source"
    shutil.copytree(KEYS, source / "answer_keys")
    assert run(["init", str(source), "--gradescope"]) == 0
    (tmp_path / "submission").mkdir()
    return tmp_path


def autograde(home: Path, python: str = sys.executable) -> dict[str, Any]:
    environment = {**os.environ, "AUTOGRADER": str(home), "PYTHON": python, "PYTHONPATH": str(ROOT)}
    program = home / "source" / "run_autograder"
    subprocess.run([str(program)], env=environment, check=True, capture_output=True, timeout=240)
    results = home / "results" / "results.json"
    importers.gradescope(results)
    found: dict[str, Any] = json.loads(results.read_text(encoding="utf-8"))
    return found


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs Linux")
def test_a_paper(home: Path) -> None:
    shutil.copy(EXAMPLES / "cnn-foundations" / "paper-001.toml", home / "submission" / "any thing.TOML")
    found = autograde(home)
    assert found["score"] == 9.0
    assert len(found["tests"]) == 12


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs Linux")
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "expected one file *.toml, received none"),
        ({"a.toml.txt": "x"}, "expected one file *.toml, received none of that name: a.toml.txt"),
        ({"a.toml": "x", "b.toml": "y"}, "received 2: a.toml, b.toml"),
        ({"a.toml": "Z = 9/4\n"}, "needs quotes"),
        ({"a.toml": submission("s", assignment="../../etc")}, "assignment"),
        ({"a.toml": submission("s", "[answers.q9]\nx = 1\n")}, "q9"),
    ],
)
def test_trouble_is_a_result_that_says_so(files: dict[str, str], said: str, home: Path) -> None:
    for name, text in files.items():
        write(home / "submission" / name, text)
    found = autograde(home)
    assert found["score"] == 0
    assert said in found["output"]


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs Linux")
def test_what_a_system_put_beside_the_file_is_left_alone(home: Path) -> None:
    (home / "submission" / "__MACOSX").mkdir()
    for name in ("__MACOSX/._a.toml", "._a.toml"):
        (home / "submission" / name).write_bytes(b"\0\5\26\7")
    shutil.copy(EXAMPLES / "cnn-foundations" / "paper-001.toml", home / "submission" / "a.toml")
    assert autograde(home)["score"] == 9.0


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs Linux")
def test_a_harness_without_keys_tells_whom_to_tell(home: Path) -> None:
    shutil.rmtree(home / "source" / "answer_keys")
    assert autograde(home)["output"] == "the autograder holds no folder answer_keys: tell the instructor"


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs Linux")
def test_a_broken_assignment_is_no_student_s_fault(home: Path) -> None:
    write(home / "source" / "answer_keys" / "cnn-foundations" / "assignment.toml", "broken = [")
    write(home / "submission" / "a.toml", submission("s"))
    found = autograde(home)["output"]
    assert found.startswith("the assignment cannot be used, tell the instructor: ")
    assert str(home) not in found


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs Linux")
def test_a_grader_that_does_not_start_leaves_a_result_too(home: Path) -> None:
    found = autograde(home, python="/bin/false")
    assert found["score"] == 0
    assert "fault of the autograder" in found["output"]


def test_the_files_of_the_harness(home: Path, capsys: Any) -> None:
    source = home / "source"
    setup = (source / "setup.sh").read_text(encoding="utf-8")
    assert f"cnn-homework-grader=={grader.__version__}" in setup
    assert os.access(source / "run_autograder", os.X_OK)
    assert run(["init", str(source), "--gradescope"]) == 2
    assert "is there already" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs Linux")
def test_one_assignment_alone_is_graded(home: Path, capsys: Any) -> None:
    source = home / "source"
    for name in ("setup.sh", "run_autograder"):
        (source / name).unlink()
    assert run(["init", str(source), "--gradescope"]) == 0
    assert "to grade one assignment alone, name it in run_autograder" in capsys.readouterr().out
    for name in ("setup.sh", "run_autograder"):
        (source / name).unlink()
    assert run(["init", str(source), "--gradescope", "--assignment", "cnn-sizes"]) == 2
    assert "unknown assignment 'cnn-sizes'" in capsys.readouterr().err
    assert not (source / "setup.sh").exists()
    assert run(["init", str(source), "--gradescope", "--assignment", "cnn-foundations"]) == 0
    other = sorted({path.name for path in KEYS.iterdir() if path.is_dir()} - {"cnn-foundations"})[0]
    write(home / "submission" / "a.toml", submission("s", "", assignment=other))
    found = autograde(home)
    assert (found["score"], found["output"]) == (
        0,
        f"a.toml: expected a submission to 'cnn-foundations', received one to '{other}'",
    )
    shutil.copy(EXAMPLES / "cnn-foundations" / "paper-001.toml", home / "submission" / "a.toml")
    assert autograde(home)["score"] == 9.0


@pytest.mark.skipif(os.name != "posix", reason="Gradescope runs Linux")
def test_a_harness_for_an_assignment_that_it_does_not_hold(home: Path) -> None:
    program = home / "source" / "run_autograder"
    program.write_text(program.read_text("utf-8").replace('assignment=""', 'assignment="cnn"'), encoding="utf-8")
    write(home / "submission" / "a.toml", submission("s"))
    said = "the assignment cannot be used, tell the instructor: the autograder grades 'cnn' alone, and does not hold it"
    assert autograde(home)["output"] == said


def test_an_assignment_belongs_to_a_harness(tmp_path: Path, capsys: Any) -> None:
    assert run(["init", str(tmp_path / "course"), "--assignment", "example-homework"]) == 2
    assert "expected --gradescope with it" in capsys.readouterr().err
    assert run(["init", str(tmp_path / "course"), "--gradescope", "--assignment", "other"]) == 2
    assert "unknown assignment 'other'; known: example-homework" in capsys.readouterr().err
    assert not (tmp_path / "course").exists()


def test_a_new_course_with_the_harness(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path / "course"), "--gradescope"]) == 0
    assert (tmp_path / "course" / "run_autograder").is_file()
    assert (tmp_path / "course" / "answer_keys").is_dir()
