"""`grader schema`: the JSON Schemas of the documents that the grader reads and writes."""

from __future__ import annotations

import json
from typing import Any

import click

from grader.cli.options import emit
from grader.homework.schema import READ_DOCUMENTS
from grader.reports.schemas import WRITTEN_DOCUMENTS

NAMES = (*READ_DOCUMENTS, *WRITTEN_DOCUMENTS)


@click.command()
@click.argument("document", required=False, type=click.Choice(NAMES), metavar=f"[{'|'.join(NAMES)}]")
def schema(document: str | None) -> int:
    """Print the JSON Schemas of the documents.

    With these schemas, an editor can complete and check an assignment or a submission as you type, and a program can
    rely on the fields of a report, of class.json and of the findings of lint. Without a name, the schemas of the
    assignment and of the submission are printed.

    \b
    Examples:
      grader schema assignment > assignment.schema.json
      grader schema report
    """
    shown = {name: _schema(name) for name in READ_DOCUMENTS} if document is None else _schema(document)
    emit(json.dumps(shown, indent=2, ensure_ascii=False))
    return 0


def _schema(name: str) -> dict[str, Any]:
    from grader.homework.schema import schema_of
    from grader.reports.schemas import written_schema

    return schema_of(name) if name in READ_DOCUMENTS else written_schema(name)
