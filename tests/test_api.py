"""The door of Python programs: the same reports as the command line's, whatever form a submission has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import grader
from grader import LoadedAssignment, Report, StudentError, grade, load_assignment
from grader.cli.main import run
from grader.cli.options import width
from grader.errors import AuthorError

ROOT = Path(__file__).resolve().parents[1]
KEYS = ROOT / "answer_keys"
PAPER = ROOT / "submissions_example" / "cnn-foundations" / "paper-000.toml"


@pytest.fixture(scope="module")
def foundations() -> LoadedAssignment:
    return load_assignment(KEYS / "cnn-foundations")


def verdicts(report: Report) -> dict[str, str]:
    return {f"{question.id}.{part.id}": part.verdict for question in report.questions for part in question.parts}


def answered(foundations: LoadedAssignment, **answers: Any) -> Report:
    return grade(foundations, {"student": "s", "answers": {"q4": answers}})


# -- one report, whatever is handed in -----------------------------------------------------------------------------


def test_a_path_a_text_its_bytes_and_its_content_are_graded_alike(foundations: LoadedAssignment) -> None:
    text = PAPER.read_text("utf-8")
    forms = [PAPER, str(PAPER), text, text.encode(), tomllib.loads(text, parse_float=Decimal)]
    documents = [json.loads(grade(foundations, form).to_json()) for form in forms]
    assert documents[0]["score"] == 8.0
    assert [document == documents[0] for document in documents] == [True] * 5


@pytest.mark.parametrize("path", [KEYS / "cnn-foundations", str(KEYS / "cnn-foundations" / "assignment.toml")])
def test_an_assignment_is_a_path_too(path: Path | str) -> None:
    assert grade(path, PAPER).to_json() == grade(load_assignment(path), PAPER).to_json()


@pytest.mark.parametrize("name", ["paper-000.toml", "all-right.toml", "trouble-carried.toml"])
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_report_is_what_check_prints(
    name: str, lang: str, foundations: LoadedAssignment, capsys: pytest.CaptureFixture[str]
) -> None:
    path = PAPER.parent / name
    for form, arguments in (("json", ["--format", "json"]), ("markdown", ["--format", "markdown"]), ("text", [])):
        run(["check", str(path), "--keys", str(KEYS), "--reveal", "wrong", "--lang", lang, *arguments])
        report = grade(foundations, path)
        more = {"width": width()} if form == "text" else {}
        found = getattr(report, f"to_{form}")(reveal="wrong", lang=lang, **more)
        assert found.rstrip() == capsys.readouterr().out.rstrip()


def test_numpy_arrays_fractions_tuples_and_blanks_are_answers(foundations: LoadedAssignment) -> None:
    key = tomllib.loads((KEYS / "cnn-foundations" / "key.toml").read_text("utf-8"))["answers"]["q4"]
    report = answered(
        foundations,
        O=np.array(key["O"]),
        Z=Fraction(20, 2),
        dF=tuple(tuple(row) for row in key["dF"]),
        dX=[[None, *row[1:]] for row in key["dX"]],
    )
    found = verdicts(report)
    assert [found[f"q4.{name}"] for name in ("O", "Z", "dF", "dX")] == ["correct", "correct", "correct", "partial"]
    assert verdicts(answered(foundations, O=None))["q4.O"] == "missing"


def test_floats_are_marked_by_the_digits_that_python_prints(foundations: LoadedAssignment) -> None:
    assert verdicts(answered(foundations, Z=10.0))["q4.Z"] == "correct"
    assert verdicts(answered(foundations, Z=float("nan")))["q4.Z"] == "unreadable"
    assert verdicts(answered(foundations, Z=10.001))["q4.Z"] == "wrong"


# -- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("submission", "said"),
    [
        ({"student": "s", "assignment": "cnn-optimisers"}, "submission: unknown assignment 'cnn-optimisers'"),
        ({"student": "s", "answers": {"q9": {}}}, "unknown question 'q9'"),
        ({"student": "s", "answers": {"q4": {"dY": 1}}}, "unknown part 'dY'"),
        ({"answers": {}}, "student"),
        ({"student": "s", "answers": {"q4": {"Z": object()}}}, "submission: expected numbers, texts, lists and arrays"),
        ({"student": "s", "answers": {"q4": {"Z": "\ud800"}}}, "submission: expected numbers, texts, lists and arrays"),
        ("no/such/file.toml", "no/such/file.toml: no such file"),
        ("student = 's'\nassignment = ", "line 2"),
    ],
)
def test_what_cannot_be_graded_raises_for_the_student(
    submission: Any, said: str, foundations: LoadedAssignment
) -> None:
    with pytest.raises(StudentError) as raised:
        grade(foundations, submission)
    assert said in str(raised.value)


def test_the_lines_of_the_givens_are_said_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "assignment.toml").write_text(
        '[assignment]\nid = "a"\ntitle = "A"\n[[questions]]\nid = "q1"\ntitle = "Q"\nprompt = "P"\n[questions.given]\n'
        'x = [1, 2]\nw = [[1, 2]]\n[questions.compute]\ny = "conv2d(x, w)"\n[questions.parts]\ny = {points = 1}\n'
    )
    with pytest.raises(AuthorError) as raised:
        load_assignment(tmp_path / "a")
    assert str(raised.value).endswith("received shape (2,) (x is given in line 9, w is given in line 10)")


def test_what_is_nested_without_end_is_refused(foundations: LoadedAssignment) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(StudentError, match="nested too deeply"):
        answered(foundations, Z=endless)


def test_a_long_integer_is_refused_as_in_a_file(foundations: LoadedAssignment) -> None:
    with pytest.raises(StudentError, match="digits"):
        answered(foundations, Z=10**5000)


def test_unknown_words_are_refused(foundations: LoadedAssignment) -> None:
    report = answered(foundations, Z=10)
    with pytest.raises(ValueError, match="expected reveal to be one of never, wrong, always, received 'all'"):
        report.to_json(reveal="all")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected lang to be one of en, fa, received 'de'"):
        report.to_html(lang="de")


# -- in a notebook -------------------------------------------------------------------------------------------------


def test_a_report_shows_itself_in_a_frame_of_its_own(foundations: LoadedAssignment) -> None:
    report = grade(foundations, {"student": "<b>\"'&", "answers": {}})
    shown = report._repr_html_()
    assert shown.count("<") == 2, "only the frame is markup: the page stands in its attribute"
    assert shown.startswith("<iframe srcdoc=")
    assert "sandbox" in shown
    assert repr(report) == "<Report cnn-foundations '<b>\"\\'&': 0 / 20, graded>"
    assert str(report) == report.to_text()


def test_the_page_holds_the_prompts_and_obeys_reveal(foundations: LoadedAssignment) -> None:
    report = answered(foundations, Z=9)
    assert "The question as it was asked" in report.to_html()
    assert "The right answer" not in report.to_html()
    assert "The right answer" in report.to_html(reveal="always")


# -- the import ----------------------------------------------------------------------------------------------------


def test_import_grader_imports_nothing_heavy() -> None:
    code = "import sys, grader; print([name for name in ('numpy', 'pydantic', 'rich') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ}
    )
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there_and_no_other() -> None:
    assert all(getattr(grader, name) is not None for name in grader.__all__)
    assert set(grader.__all__) <= set(dir(grader))
    with pytest.raises(AttributeError, match="module 'grader' has no attribute 'mark'"):
        _ = grader.mark  # type: ignore[attr-defined]


def test_types_are_there_for_who_uses_the_package() -> None:
    assert (ROOT / "grader" / "py.typed").is_file()
