"""JSON Schemas of the documents, made from the models, for editors that complete and check TOML."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAMES = ("assignment", "submission")


def assignment_schema() -> dict[str, Any]:
    """The schema of assignment.toml."""
    from grader.homework.assignment import AssignmentDocument

    return _schema(AssignmentDocument, "Assignment of the homework grader")


def submission_schema() -> dict[str, Any]:
    """The schema of a submission; a key's digest is allowed too."""
    from grader.homework.submission import Key, Submission

    schema = _schema(Submission, "Submission to the homework grader")
    schema["properties"]["digest"] = _schema(Key, "")["properties"]["digest"]
    return schema


def schema_text(name: str) -> str:
    """The text of `schemas/<name>.schema.json`; the name is `assignment` or `submission`.

    Raises ValueError for another name.
    """
    if name not in NAMES:
        raise ValueError(f"expected a schema's name, one of {', '.join(NAMES)}, received {name!r}")
    schema = assignment_schema() if name == "assignment" else submission_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = _without_null(model.model_json_schema(mode="validation"))
    return {"$schema": DIALECT, **schema, "title": title}


def _without_null(schema: Any) -> Any:
    """TOML has no null: what may be left out is simply of its type, and has no default to show."""
    if isinstance(schema, list):
        return [_without_null(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    fields = {name: _without_null(entry) for name, entry in schema.items() if name != "default" or entry is not None}
    options = [option for option in fields.get("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        del fields["anyOf"]
        return options[0] | fields
    return fields | {"anyOf": options} if options else fields
