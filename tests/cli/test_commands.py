"""The commands on a small course: what they print, and with which code they leave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from grader.cli.main import run

SCHEMA = Path(__file__).parents[1] / "reports" / "report.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

ASSIGNMENT = """\
[assignment]
id = "tiny"
title = "A tiny homework"
points = 4

[[questions]]
id = "q1"
title = "Sums"
[questions.given]
a = 7919
b = [[1, 2, 3], [4, 5, 6]]
[questions.compute]
s = "a + 0.25"
t = "b * 31.5"
[questions.parts]
s = 2
t = {points = 2, credit = "all"}
"""
RIGHT = "s = '31677/4'\nt = [['31.5', 63, '94.5'], [126, '157.5', 189]]"
WRONG = "s = 5\nt = [[1, 2, 3], [4, 5, 6]]"
KEY_NUMBERS = ("7919", "31677", "31.5", "63/2", "94.5", "189/2", "157.5", "315/2", "126", "189")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one assignment and its key; it is the current folder."""
    monkeypatch.delenv("GRADER_KEYS", raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "answer_keys" / "tiny"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(ASSIGNMENT)
    assert run(["keys", "build"]) == 0
    return tmp_path


@pytest.fixture(autouse=True)
def _quiet(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> None:
    """What the course printed while it was made is not part of a test."""
    if "course" in request.fixturenames:
        request.getfixturevalue("course")
    capsys.readouterr()


def paper(course: Path, answers: str, name: str = "paper.toml") -> str:
    (course / name).write_text(f'assignment = "tiny"\nstudent = "student-01"\n\n[answers.q1]\n{answers}\n')
    return name


def parts(shown: str) -> dict[str, Any]:
    return {part["id"]: part for question in json.loads(shown)["questions"] for part in question["parts"]}


def test_check_leaves_with_0_when_all_is_right(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", paper(course, RIGHT)]) == 0
    out, err = capsys.readouterr()
    assert "Total 4 / 4" in out
    assert err == ""


def test_check_leaves_with_1_when_not(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", paper(course, WRONG), "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert list(VALIDATOR.iter_errors(json.loads(out))) == []
    assert {name: part["verdict"] for name, part in parts(out).items()} == {"s": "wrong", "t": "wrong"}
    assert err == ""


@pytest.mark.parametrize("answers", [WRONG, "s = 'x'", "", "s = [1, 2]\nt = 3"])
@pytest.mark.parametrize("shape", ["terminal", "markdown", "json"])
def test_never_shows_no_number_of_the_key(
    course: Path, capsys: pytest.CaptureFixture[str], answers: str, shape: str
) -> None:
    run(["check", paper(course, answers), "--format", shape])
    out, err = capsys.readouterr()
    digest = json.loads(out)["key_digest"] if shape == "json" else ""
    shown = (out + err).replace(digest, "") if digest else out + err
    assert [number for number in KEY_NUMBERS if number in shown] == []


@pytest.mark.parametrize("shape", ["terminal", "markdown", "json"])
def test_reveal_shows_the_key(course: Path, capsys: pytest.CaptureFixture[str], shape: str) -> None:
    assert run(["check", paper(course, "s = 5\n" + RIGHT.split("\n")[1]), "--format", shape, "--reveal", "wrong"]) == 1
    out = capsys.readouterr().out
    assert "31677/4" in out or "7919.25" in out
    if shape == "json":
        assert parts(out)["s"]["expected"] == 7919.25
        assert parts(out)["t"]["expected"] is None
    assert run(["check", "paper.toml", "--format", "json", "--reveal", "always"]) == 1
    assert parts(capsys.readouterr().out)["t"]["expected"] == [[31.5, 63.0, 94.5], [126.0, 157.5, 189.0]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "bad.toml: "),
        (b"Z = 9/4", "bad.toml: line 1: "),
        (b"\xff\xfe\x00", "bad.toml: "),
        (b"a = " + b"[" * 10_000, "bad.toml: "),
        (b"a = " + b"9" * 10_000, "bad.toml: "),
        (b'assignment = "tinny"\nstudent = "s"\n[answers.q1]\ns = 1', "line 1: unknown assignment 'tinny'"),
        (b'assignment = "tiny"\nstudent = "s"\n[answers.q2]\ns = 1', "line 3: unknown question 'q2'"),
        (b'assignment = "tiny"\nstudent = "s"\n[answers.q1]\nss = 1', "line 4: "),
        (b'assignment = "tiny"\n[answers.q1]\ns = 1', "student"),
        (b'assignment = "tiny"\nstudent = "\\u001b[31m"\nanswer = 1', "line 3"),
        (b"#" * 6_000_000, "bad.toml: "),
    ],
)
def test_a_document_that_cannot_be_graded(
    course: Path, capsys: pytest.CaptureFixture[str], data: bytes, said: str
) -> None:
    (course / "bad.toml").write_bytes(data)
    assert run(["check", "bad.toml", "--format", "json"]) == 2
    out, err = capsys.readouterr()
    rejected = json.loads(out)
    assert list(VALIDATOR.iter_errors(rejected)) == []
    assert rejected["status"] == "rejected"
    assert err == f"grader: {rejected['message']}\n"
    assert said in err
    assert "bad.toml" in err
    assert "fault of ours" not in err
    assert "\x1b" not in out + err
    assert run(["check", "bad.toml"]) == 2
    assert capsys.readouterr() == ("", err)


@pytest.mark.parametrize("name", ["nowhere.toml", "answer_keys"])
def test_no_such_submission(course: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    del course
    assert run(["check", name]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"grader: {name}: ")
    assert err.count("\n") == 1


def test_a_broken_assignment_is_the_authors(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = course / "answer_keys" / "tiny" / "assignment.toml"
    file.write_text(ASSIGNMENT.replace("a + 0.25", "aa + 0.25"))
    assert run(["check", paper(course, RIGHT), "--format", "json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["student"] == "student-01"
    assert "q1.s" in err
    assert run(["keys", "check"]) == 2
    assert "q1.s" in capsys.readouterr().err
    assert run(["keys", "build"]) == 2


def test_standard_input_and_the_two_ways_to_name_the_keys(
    course: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = paper(course, RIGHT)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    keys = str(course / "answer_keys")

    def check(*arguments: str, **environment: str) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "grader", "check", *arguments],
            input=(course / name).read_bytes(),
            cwd=elsewhere,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
            capture_output=True,
            check=False,
        )
        assert b"Traceback" not in done.stderr
        return done.returncode

    assert check("-") == 2
    assert check("-", "--keys", keys) == 0
    assert check("-", GRADER_KEYS=keys) == 0
    assert check(str(course / name)) == 0  # above the submission
    assert check("-", "--keys", "nowhere") == 2


def test_output_is_utf8_whatever_the_terminal_says(course: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "grader", "check", paper(course, RIGHT)],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "✓ correct" in done.stdout.decode("utf-8")


def test_a_closed_pipe_is_no_traceback(course: Path) -> None:
    done = subprocess.run(
        f'"{sys.executable}" -m grader operations | head -c 1',
        shell=True,
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize("change", ["stale", "edited", "missing", "not TOML"])
def test_keys_check_sees_every_disagreement(course: Path, capsys: pytest.CaptureFixture[str], change: str) -> None:
    folder = course / "answer_keys" / "tiny"
    key, assignment = folder / "key.toml", folder / "assignment.toml"
    assert run(["keys", "check"]) == 0
    assert capsys.readouterr().out == "agrees   answer_keys/tiny/key.toml\n"
    good = key.read_text()
    if change == "stale":
        assignment.write_text(ASSIGNMENT.replace("0.25", "0.75"))
    elif change == "edited":
        key.write_text(good.replace("31.5", "32.5"))
    elif change == "missing":
        key.unlink()
    else:
        key.write_text(good + "\n= 9/4")
    assert run(["keys", "check"]) == 1
    out, _ = capsys.readouterr()
    assert "key.toml" in out
    assert ("7919.75" in out) == (change == "stale")
    assert ("32.5" in out) == (change == "edited")

    code = run(["check", paper(course, RIGHT)])
    _, err = capsys.readouterr()
    assert code == (1 if change == "stale" else 0)
    assert err.startswith("grader: warning: answer_keys/tiny/key.toml ")
    assert err.count("\n") == 1
    assert [number for number in (*KEY_NUMBERS, "32.5") if number in err] == []

    assert run(["keys", "build", "answer_keys/tiny"]) == 0
    assert capsys.readouterr().out == "written    answer_keys/tiny/key.toml\n"
    assert run(["keys", "build"]) == 0
    assert capsys.readouterr().out == "unchanged  answer_keys/tiny/key.toml\n"
    assert run(["keys", "check", "answer_keys/tiny"]) == 0


@pytest.mark.parametrize("command", ["build", "check"])
@pytest.mark.parametrize("folder", ["empty", "nowhere", "paper.toml"])
def test_keys_without_an_assignment_fail(
    course: Path, capsys: pytest.CaptureFixture[str], command: str, folder: str
) -> None:
    (course / "empty").mkdir()
    paper(course, RIGHT)
    assert run(["keys", command, folder]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert folder in err


def test_template_is_a_submission_with_nothing_in_it(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["template", "tiny"]) == 0
    text = capsys.readouterr().out
    assert [number for number in KEY_NUMBERS if number in text] == []
    (course / "mine.toml").write_text(text)
    assert run(["check", "mine.toml", "--format", "json"]) == 1
    out = capsys.readouterr().out
    assert json.loads(out)["score"] == 0
    assert {part["verdict"] for part in parts(out).values()} == {"missing"}
    assert run(["template", "tinny"]) == 2
    assert "tiny" in capsys.readouterr().err


def test_init_makes_a_course_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GRADER_KEYS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run(["init", "course"]) == 0
    monkeypatch.chdir("course")
    assert run(["keys", "check"]) == 0
    assert run(["check", "submissions_example/example-homework/student-01.toml"]) == 0
    assert "run: grader keys check" in Path(".github/workflows/keys.yml").read_text()
    capsys.readouterr()
    for folder in (".", "README.md"):
        assert run(["init", folder]) == 2
        assert capsys.readouterr().err.startswith(f"grader: {folder}: expected a new or empty folder")


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    shown = {}
    for name in ("assignment", "submission"):
        assert run(["schema", name]) == 0
        shown[name] = json.loads(capsys.readouterr().out)
        Draft202012Validator.check_schema(shown[name])
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == shown


def test_read_shows_how_and_never_the_key(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = paper(course, "s = '9/4'\nt = '''\n1 2 3\n4 5 1/2\n'''")
    for shape in ("terminal", "markdown", "json"):
        assert run(["read", name, "--format", shape]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        assert [number for number in KEY_NUMBERS if number in out] == []
    assert {part: found["read"] for part, found in parts(out).items()} == {"s": 2.25, "t": [[1, 2, 3], [4, 5, 0.5]]}
    assert {found["guessed"] for found in parts(out).values()} == {False}


def test_a_paper_made_from_a_template_is_read_without_the_assignment(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["template", "tiny"]) == 0
    text = capsys.readouterr().out.replace("s = ''", "s = '1,5'").replace("t = ''", "t = '- 2; 3 4'")
    (course / "mine.toml").write_text(text)
    run(["read", "mine.toml", "--format", "json"])
    with_it, said = capsys.readouterr()
    assert "expected the student's name or number, received the template's 'your name or number'" in said
    (course / "answer_keys").rename(course / "elsewhere")
    assert run(["read", "mine.toml", "--format", "json"]) == 0
    assert parts(capsys.readouterr().out) == parts(with_it)


def test_read_exits_with_1_when_an_answer_cannot_be_read(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", paper(course, "s = '0.4 or 0.5'")]) == 1
    assert "0.4 or 0.5" in capsys.readouterr().out
    assert run(["read", paper(course, "s = '0.4 or 0.40'")]) == 0
    assert run(["read", paper(course, "s = '2,125'")]) == 0
    assert "it may also be read as 2.125" in " ".join(capsys.readouterr().out.replace("│", " ").split())


def test_read_guesses_without_an_assignment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GRADER_KEYS", raising=False)
    monkeypatch.chdir(tmp_path)
    name = paper(tmp_path, "s = '1,5'\nt = '[1, 2; 3, 4]'\nu = ''")
    assert run(["read", name]) == 0
    out = capsys.readouterr().out
    assert "kinds are guessed" in out
    assert run(["read", name, "--keys", "nowhere"]) == 2
    capsys.readouterr()
    assert run(["read", "nowhere.toml"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
