"""What the grader writes obeys the schemas that `grader schema` prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from grader.answers.kinds import KINDS
from grader.cli.main import run
from grader.reports.schemas import WRITTEN_DOCUMENTS, written_schema

ROOT = Path(__file__).parents[2]
COURSE = ("--keys", str(ROOT / "answer_keys"))


def valid(name: str, document: Any) -> None:
    errors = [f"{list(error.path)}: {error.message[:200]}" for error in _validator(name).iter_errors(document)]
    assert errors == []


def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(written_schema(name))


@pytest.mark.parametrize("name", WRITTEN_DOCUMENTS)
def test_the_schemas_are_schemas(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    Draft202012Validator.check_schema(written_schema(name))
    assert run(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out) == written_schema(name)


def test_the_schema_of_reports_knows_every_kind() -> None:
    assert written_schema("report")["$defs"]["part"]["properties"]["kind"]["enum"] == sorted(KINDS)


def test_the_copy_for_the_properties_of_reports_is_the_same() -> None:
    copy = json.loads((Path(__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
    assert _bare(written_schema("report")) == _bare(copy)


def _bare(schema: Any) -> Any:
    """A schema without what only people read."""
    if isinstance(schema, dict):
        bare = {name: _bare(entry) for name, entry in schema.items() if name not in ("description", "title")}
        kept = {name: _bare(schema["title"]) for name in ("title",) if isinstance(schema.get("title"), dict)}
        return {**bare, **kept} or True
    return [_bare(entry) for entry in schema] if isinstance(schema, list) else schema


def test_reports_on_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    for paper in sorted((ROOT / "submissions_example").glob("course-*/*.toml")):
        run(["check", str(paper), "--format", "json", "--reveal", "always", *COURSE])
        valid("report", json.loads(capsys.readouterr().out))


def test_lint(capsys: pytest.CaptureFixture[str]) -> None:
    run(["lint", "cnn-foundations", "--suggest", "--format", "json", *COURSE])
    valid("lint", json.loads(capsys.readouterr().out))


def test_the_class(tmp_path: Path) -> None:
    run(["batch", str(ROOT / "submissions_example" / "course-quiz"), "--out", str(tmp_path), "--no-pages", *COURSE])
    valid("class", json.loads((tmp_path / "class.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("name", "spoil"),
    [("report", lambda d: d["questions"][0]["parts"][0].pop("verdict")), ("report", lambda d: d.update(schema="x"))],
)
def test_what_lacks_something_is_refused(
    name: str, spoil: Callable[[Any], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["check", str(ROOT / "submissions_example/cnn-foundations/paper-000.toml"), "--format", "json", *COURSE])
    document = json.loads(capsys.readouterr().out)
    valid(name, document)
    spoil(document)
    assert not _validator(name).is_valid(document)
