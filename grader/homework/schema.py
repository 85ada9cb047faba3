"""JSON Schemas of the documents, made from the tables' fields, for editors that complete and check TOML."""

from __future__ import annotations

import json
from typing import Any

from grader.homework.readers import JsonSchema
from grader.homework.tables import Table

DIALECT = "https://json-schema.org/draft/2020-12/schema"
READ_DOCUMENTS = ("assignment", "submission")


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


def schema_of(name: str) -> dict[str, Any]:
    """The schema of a document by its name, one of `READ_DOCUMENTS`.

    Raises ValueError for another name.
    """
    if name not in READ_DOCUMENTS:
        raise ValueError(f"expected a schema's name, one of {', '.join(READ_DOCUMENTS)}, received {name!r}")
    return assignment_schema() if name == "assignment" else submission_schema()


def schema_text(name: str) -> str:
    """The text of `schemas/<name>.schema.json`.

    Raises ValueError for another name.
    """
    return json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n"


def _schema(table: type[Table], title: str) -> dict[str, Any]:
    definitions: dict[str, JsonSchema] = {}
    schema = table.schema(definitions)
    inner = {"$defs": dict(sorted(definitions.items()))} if definitions else {}
    return {"$schema": DIALECT, **inner, **schema, "title": title}
