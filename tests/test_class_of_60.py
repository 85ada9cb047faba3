"""The example class: its files are what the generator makes, and a batch finds in it what was put there."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import run
from grader.misconceptions.registry import by_id
from scripts import make_class

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND = "grader batch submissions_example/class-of-60 --out class-of-60-results"
BY_MACHINE = Decimal(16)
"""The points of the parts that are no free text."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("class") / "results"
    assert run(["batch", str(make_class.FOLDER), "--out", str(out), "--keys", str(ROOT / "answer_keys")]) == 1
    return out


@pytest.fixture(scope="module")
def reports(results: Path) -> dict[str, Any]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob("reports/*/*.json"))]
    return {report["student"]: report for report in found}


def parts(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for question in report["questions"] for part in question["parts"]]


def test_the_files_are_what_the_generator_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert make_class.main(["--check"]) == 0, f"run `python scripts/make_class.py`:\n{capsys.readouterr().out}"
    assert len(list(make_class.FOLDER.glob("student-*.toml"))) == 60


@pytest.mark.parametrize("fault", ["changed", "gone", "one too many"])
def test_a_folder_that_is_not_current_is_red(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_class, "FOLDER", tmp_path / "class")
    assert make_class.main([]) == 0
    assert make_class.main(["--check"]) == 0
    path = tmp_path / "class" / "student-07.toml"
    if fault == "changed":
        path.write_bytes(path.read_bytes() + b"\n")
    elif fault == "gone":
        path.unlink()
    else:
        path = path.with_name("student-61.toml")
        path.write_text("")
    capsys.readouterr()
    assert make_class.main(["--check"]) == 1
    assert capsys.readouterr().out == f"not current: {path.name}\n"
    assert make_class.main([]) == 0
    assert make_class.main(["--check"]) == 0


def test_an_unknown_rule_is_red() -> None:
    wrong = make_class.Wrong()
    with pytest.raises(SystemExit, match="expected a rule of the catalogue, received 'conv-flop'"):
        wrong.answers("q4", [{"rules": {"O": "conv-flop"}}])


def test_every_mistake_changes_an_answer() -> None:
    made = make_class.Class()
    for mistake in [*made.table["mistakes"], made.table["other_sheet"]]:
        if "coarse" not in mistake:
            question = mistake["question"]
            right, wrong = made.wrong.answers(question, []), made.wrong.answers(question, [mistake])
            assert repr(right) != repr(wrong), mistake


def test_a_third_is_right_and_none_of_them_is_misread(reports: dict[str, Any]) -> None:
    full = [report for report in reports.values() if Decimal(str(report["score"])) == BY_MACHINE]
    assert 20 <= len(full) <= 22
    made = make_class.Class()
    for number, rank in enumerate(made.ranks, start=1):
        if rank < make_class.FROM_RANK[0]:
            assert Decimal(str(reports[f"student-{number:02}"]["score"])) == BY_MACHINE, number


def test_only_what_is_meant_cannot_be_read(reports: dict[str, Any], results: Path) -> None:
    unreadable = [
        (student, part["id"])
        for student, report in reports.items()
        for part in parts(report)
        if part["verdict"] == "unreadable"
    ]
    assert [part for _, part in unreadable] == ["conv_shape", "Z"]
    assert len({student for student, _ in unreadable}) == 1
    rows = (results / "results.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 61
    assert sum(",rejected," in row for row in rows) == 1


def test_the_mistakes_that_were_made_are_found(reports: dict[str, Any]) -> None:
    found = Counter(cause["id"] for report in reports.values() for part in parts(report) for cause in part["diagnoses"])
    named = {id for id in found if by_id(id)}
    assert len(named) >= 15
    assert {"gap-sum", "conv-flip", "params-as-units", "shape-pad-ignored", "dx-no-rot"} <= named
    verdicts = Counter(part["verdict"] for report in reports.values() for part in parts(report))
    assert set(verdicts) == {"correct", "partial", "carried", "wrong", "missing", "unreadable", "pending"}
    assert verdicts["carried"] >= 20


def test_the_class_page_doubts_the_key_of_the_part_that_was_copied_wrongly(results: Path) -> None:
    (section,) = json.loads((results / "class.json").read_text(encoding="utf-8"))["assignments"]
    (doubt,) = section["key_may_be_wrong"]
    assert (doubt["question"], doubt["part"], doubt["students"]) == ("q1", "g", len(make_class.OTHER_SHEET))
    assert doubt["value"][0] == [0, 10, -30, 10, 0]


def test_the_readme_shows_the_class() -> None:
    (line,) = [line for line in README.splitlines() if line.startswith("    ") and COMMAND in line]
    assert line.endswith(COMMAND)
    for name in ("class-page", "student-page"):
        assert f"docs/{name}.png" in README
        data = (ROOT / "docs" / f"{name}.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        assert 10_000 < len(data) < 200_000
