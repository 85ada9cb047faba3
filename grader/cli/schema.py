"""`grader schema`: the JSON Schemas of the documents, with which editors check them as they are typed."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from grader.cli.options import emit


class Document(StrEnum):
    """The documents that people write."""

    assignment = "assignment"
    submission = "submission"


def schema(
    document: Annotated[
        Document | None, typer.Argument(show_default=False, help="Which document; both if not given.")
    ] = None,
) -> int:
    """Print the JSON Schemas of the documents.

    With them an editor completes and checks an assignment or a submission as it is typed.

    \b
    Examples:
      grader schema assignment > assignment.schema.json
    """
    from grader.homework.schema import assignment_schema, submission_schema

    built = {Document.assignment: assignment_schema, Document.submission: submission_schema}
    shown = {name.value: make() for name, make in built.items()} if document is None else built[document]()
    emit(json.dumps(shown, indent=2, ensure_ascii=False))
    return 0
