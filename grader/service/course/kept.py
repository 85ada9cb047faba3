"""Everything that is kept about one student, as a file for them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, or_, select

from grader.service.course.hand_in import file_name
from grader.service.store import Store, submissions
from grader.service.store.people import Person
from grader.service.store.submissions import Marked
from grader.service.store.tables import (
    appeals,
    audit,
    credentials,
    drafts,
    extensions,
    lti_people,
    lti_scores,
    marks,
    moves,
    teams,
)

README = """Everything that the homework service keeps about {student}.

data.json          what is stored, table by table
submissions/       what was handed in, byte for byte
reports/           the report of each hand-in, as it is now
"""


def everything(store: Store, person: Person) -> bytes:
    """A zip with what is kept about a student, as of one moment; secrets are kept as digests alone and left out."""
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
    quoted = json.dumps(person.student, ensure_ascii=False)
    about = or_(
        audit.c.who == person.student,
        audit.c.subject == person.student,
        audit.c.details.contains(quoted, autoescape=True),
    )
    return {
        "person": person._asdict(),
        "sign_ins": [
            {name: value for name, value in row.items() if name != "hash"}
            for row in _rows(base, credentials, credentials.c.person == person.id)
        ],
        "submissions": [
            {**one.hand_in._asdict(), "status": one.row.status, "score": one.row.score, "max_score": one.row.max_score}
            for one in own
        ],
        "marks": _rows(base, marks, marks.c.submission.in_(ids)),
        "moves": _rows(base, moves, moves.c.submission.in_(ids)),
        "appeals": _rows(base, appeals, appeals.c.submission.in_(ids)),
        "drafts": _rows(base, drafts, drafts.c.person == person.id),
        "extensions": _rows(base, extensions, extensions.c.student == person.student),
        "teams": _rows(base, teams, teams.c.student == person.student),
        "lti_people": _rows(base, lti_people, lti_people.c.person == person.id),
        "lti_scores": _rows(base, lti_scores, lti_scores.c.person == person.id),
        "audit": _rows(base, audit, about),
    }


def _rows(base: Connection, table: Table, where: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in base.execute(select(table).where(where).order_by(*table.primary_key)).mappings()]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
