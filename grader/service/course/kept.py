"""Everything stored about one student, as a file for them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from grader.service.course.hand_in import file_name
from grader.service.store import Store, submissions
from grader.service.store.audit import about
from grader.service.store.people import Person
from grader.service.store.progress import progress_about
from grader.service.store.submissions import Marked
from grader.service.store.tables import metadata

README = """Everything that the homework service keeps about {student}.

data.json          what is stored, table by table
submissions/       what was handed in, byte for byte
reports/           the report of each hand-in, as it is now
"""


def everything(store: Store, person: Person) -> bytes:
    """A zip with everything stored about a student, from one snapshot, without the digests of secrets."""
    packed = io.BytesIO()
    with store.reading() as base, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        own = submissions.of_student(base, person.student)
        data = json.dumps(_tables(base, person, own), ensure_ascii=False, indent=2, default=_plain)
        file.writestr("README.txt", README.format(student=person.student))
        file.writestr("data.json", data + "\n")
        for one in own:
            name = file_name(one.hand_in)
            file.writestr(f"submissions/{name}", submissions.data_of(base, one.hand_in.id))
            report = dict(one.row.texts).get(".json")
            if report is not None:
                file.writestr(f"reports/{name.removesuffix('.toml')}.json", report)
    return packed.getvalue()


def _tables(base: Connection, person: Person, own: list[Marked]) -> dict[str, Any]:
    ids = [one.hand_in.id for one in own]
    told = [dict(row._mapping) for row in about(base, person.student)]
    found: dict[str, Any] = {
        "person": person._asdict(),
        "audit": told,
        "progress": progress_about(base, person.student),
    }
    found["submissions"] = [
        {**one.hand_in._asdict(), "status": one.row.status, "score": one.row.score, "max_score": one.row.max_score}
        for one in own
    ]
    for table in metadata.sorted_tables:
        if table.name in (*found, "people", "results"):  # results are in the reports
            continue
        for column, values in (("person", [person.id]), ("student", [person.student]), ("submission", ids)):
            if column in table.c:
                rows = _rows(base, table, table.c[column].in_(values))
                found[table.name] = [{name: value for name, value in row.items() if name != "hash"} for row in rows]
    return found


def _rows(base: Connection, table: Table, where: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in base.execute(select(table).where(where).order_by(*table.primary_key)).mappings()]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
