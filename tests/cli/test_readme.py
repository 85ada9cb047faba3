"""The README says what is so: its commands exist, its examples work, its picture is a real report."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from grader.cli.main import COMMANDS, run
from scripts import readme

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_every_command_is_in_the_table() -> None:
    assert set(re.findall(r"^\| `grader (\w+)", README, re.MULTILINE)) == set(COMMANDS)


def test_three_commands_set_up() -> None:
    found = [line.strip() for line in README.splitlines() if line.startswith("    python3 -m venv")]
    assert len(found) == 3
    assert found[0].endswith("grader check submissions_example/cnn-foundations/paper-000.toml")
    assert found[1].endswith("python -m pytest")
    assert "grader serve . --roster submissions_example/class-of-60/roster.csv" in found[2]


def test_the_picture_is_what_check_prints(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    assert run(["check", "submissions_example/cnn-foundations/paper-000.toml"]) == 1
    shown = capsys.readouterr().out
    (picture,) = fenced("text")
    assert picture.strip() in shown, "the report has changed: put the end of the new one into README.md"


def test_the_examples_work(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    submission, assignment = fenced("toml")
    folder = tmp_path / "answer_keys" / tomllib.loads(assignment)["assignment"]["id"]
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(assignment)
    assert run(["keys", "build", str(folder)]) == 0
    assert run(["keys", "check", str(folder)]) == 0
    (tmp_path / "mine.toml").write_text(submission)
    monkeypatch.chdir(ROOT)
    capsys.readouterr()
    assert run(["check", str(tmp_path / "mine.toml"), "--keys", "answer_keys"]) == 1
    shown = capsys.readouterr().out
    assert shown.count("✓ correct") == 5
    assert "✗" not in shown
    assert "unreadable" not in shown


def test_every_operation_named_exists() -> None:
    import grader.core

    table = README.partition("## The operations")[2].partition("Layers are data")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ") and not row.startswith("| topic")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert len(named) > 40
    assert named <= set(grader.core.__all__)


def test_the_tables_are_those_of_the_registries() -> None:
    assert readme.main(["--check"]) == 0, "run `python scripts/readme.py`"
    assert readme.current(README.replace("`conv2d`, ", "")) == README
