"""The committed JSON Schemas: current, and of one mind with the models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli

from grader.homework.schema import READ_DOCUMENTS, assignment_schema, schema_text, submission_schema
from tests.homework.documents import ASSIGNMENT, SUBMISSION, changed

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", READ_DOCUMENTS)
def test_the_committed_schema_is_current(name: str) -> None:
    committed = (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert json.loads(committed) == json.loads(schema_text(name)), f"run `grader schema` and commit {name}.schema.json"


@pytest.mark.parametrize("schema", [assignment_schema(), submission_schema()])
def test_every_field_has_a_title_and_a_description(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    tables = [schema, *schema.get("$defs", {}).values()]
    fields = {f"{table['title']}.{name}": field for table in tables for name, field in table["properties"].items()}
    assert fields
    assert [name for name, field in fields.items() if not field.get("description")] == []
    assert [name for name, field in fields.items() if "title" not in field and "$ref" not in field] == []


def test_documents_that_the_models_accept_are_accepted() -> None:
    jsonschema.validate(tomli.loads(ASSIGNMENT), assignment_schema())
    jsonschema.validate(tomli.loads(SUBMISSION), submission_schema())
    assignments = sorted((ROOT / "answer_keys").glob("*/assignment.toml"))
    submissions = sorted((ROOT / "answer_keys").glob("*/key.toml"))
    assert assignments
    for path in assignments:
        jsonschema.validate(tomli.loads(path.read_text(encoding="utf-8")), assignment_schema())
    for path in submissions:
        jsonschema.validate(tomli.loads(path.read_text(encoding="utf-8")), submission_schema())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("points = 4.5", "pionts = 4.5"),
        ("O = 4", "O = -4"),
        ("O = 4", "O = 'four'"),
        ('"HWC"', '"WHC"'),
        ('"hw"', '"../hw"'),
        ("[2, 9]", "[2, 9, 4]"),
        ("relative = 1e-3", "relative = 0"),
        ('kind = "text"', 'kind = "essay"'),
        ("[assignment]", "[assignments]"),
    ],
)
def test_what_the_schema_can_see_is_refused(old: str, new: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomli.loads(changed(ASSIGNMENT, (old, new))), assignment_schema())


def test_an_unknown_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a schema's name, one of assignment, submission, received 'report'"):
        schema_text("report")
