"""The JSON Schemas of what the grader writes, for programs that read it: each is a JSON file next to this one.

`"enum": ["kinds"]` in a file is replaced by the names of the registered kinds of answers.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from grader.answers.kinds import KINDS

WRITTEN_DOCUMENTS = ("report", "class", "lint")


def written_schema(name: str) -> dict[str, Any]:
    """The schema of a document that the grader writes, one of `WRITTEN_DOCUMENTS`.

    Raises ValueError for another name.
    """
    if name not in WRITTEN_DOCUMENTS:
        raise ValueError(f"expected a schema's name, one of {', '.join(WRITTEN_DOCUMENTS)}, received {name!r}")
    text = (files(__package__) / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text.replace('"enum": ["kinds"]', f'"enum": {json.dumps(sorted(KINDS))}'))
    return schema
