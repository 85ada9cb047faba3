"""`grader schema`: the JSON Schemas of the documents, with which editors check them as they are typed."""

from __future__ import annotations

import json

import click

from grader.cli.options import emit
from grader.homework.schema import NAMES


@click.command()
@click.argument("document", required=False, type=click.Choice(NAMES), metavar=f"[{'|'.join(NAMES)}]")
def schema(document: str | None) -> int:
    """Print the JSON Schemas of the documents.

    With them an editor completes and checks an assignment or a submission as it is typed. Both are printed if none is
    named.

    \b
    Examples:
      grader schema assignment > assignment.schema.json
    """
    from grader.homework.schema import schema_of

    shown = {name: schema_of(name) for name in NAMES} if document is None else schema_of(document)
    emit(json.dumps(shown, indent=2, ensure_ascii=False))
    return 0
