"""What concerns several files: two submissions of one student, and files that are not there any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from grader.gradebook.files import Results
from grader.gradebook.slug import slug
from grader.gradebook.store import Row, Store
from grader.messages import Sentence, sentence

KINDS = {".json": "reports", ".html": "pages", ".md": "pages"}


def visible_files(assignment: str, student: str) -> list[str]:
    """The names of the files that one student's submission to one assignment may have."""
    name = slug(student)
    return [f"{folder}/{assignment}/{name}{suffix}" for suffix, folder in KINDS.items()]


_SEVERAL = (
    "SELECT assignment, student FROM files WHERE assignment IS NOT NULL AND student IS NOT NULL"
    " GROUP BY assignment, student HAVING count(*) > 1 ORDER BY assignment, student"
)
"""Of whom there are several files."""
_ALONE = (
    "SELECT id FROM files f WHERE standing != '' AND NOT EXISTS (SELECT 1 FROM files g"
    " WHERE g.assignment = f.assignment AND g.student = f.student AND g.id != f.id) ORDER BY key"
)
"""Files that did not count for another one of the student, which is there no more."""


def settle(store: Store) -> list[int]:
    """Decide which of several files of one student counts; the ids of those whose report must be written again.

    The newest by `submitted_at` counts. Where that is not one file beyond doubt, none does. A row that was marked just
    now stands: while another one does, its report may lie where that of the newest belongs. Until the store trusts its
    files again, those of the reports to be written are suspect: the run may be killed before it has written them.
    """
    with store.whole() as base:
        again = _settled(store)
        base.executemany(
            "INSERT OR IGNORE INTO suspect SELECT assignment, student FROM files WHERE id = ?", [(id,) for id in again]
        )
    return again


def _settled(store: Store) -> list[int]:
    again = []
    for (id,) in store.base.execute(_ALONE).fetchall():
        store.base.execute("UPDATE files SET standing = '', why = '' WHERE id = ?", (id,))
        again.append(id)
    store.base.execute("DROP TABLE IF EXISTS temp.several")
    store.base.execute(f"CREATE TEMP TABLE several AS {_SEVERAL}")
    for pair in store.base.execute("SELECT assignment, student FROM several"):
        rows = list(store.rows("assignment = ? AND student = ?", pair))
        newest = _newest(rows)
        for row in rows:
            if newest is None:
                names = ", ".join(other.file for other in rows)
                said = sentence(
                    "submissions of one student of which none is the newest by submitted_at: {files}", files=names
                )
                _stand(store, row, "refused", said)
            elif row.id != newest.id:
                _stand(store, row, "superseded", sentence("{file} is newer by submitted_at", file=newest.file))
            else:
                _stand(store, row, "", None)
                if row.standing or any(not other.standing for other in rows if other.id != row.id):
                    again.append(row.id)
    return again


def _stand(store: Store, row: Row, standing: str, why: Sentence | None) -> None:
    said = "" if why is None else str(why)
    if (row.standing, row.why) != (standing, said):
        store.base.execute("UPDATE files SET standing = ?, why = ? WHERE id = ?", (standing, said, row.id))


def _newest(rows: Sequence[Row]) -> Row | None:
    """The one that is newer than each other, if all of them say when they were submitted."""
    moments = [datetime.fromisoformat(row.submitted_at) if row.submitted_at else None for row in rows]
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(rows) or len({moment.utcoffset() is None for moment in known}) > 1:
        return None
    latest = max(known)
    return rows[known.index(latest)] if known.count(latest) == 1 else None


def sweep(store: Store, results: Results, run: int) -> int:
    """Forget files that this run did not find, and remove what belongs to nobody any more; how many were forgotten."""
    with store.whole() as base:
        base.execute(
            "INSERT OR IGNORE INTO stale SELECT assignment, student FROM files"
            " WHERE (run != ? OR standing = 'refused') AND assignment IS NOT NULL AND student IS NOT NULL",
            (run,),
        )
        gone = store.forget(run)
    for assignment, student in store.base.execute("SELECT assignment, student FROM stale"):
        counts = store.base.execute(
            "SELECT 1 FROM files WHERE assignment = ? AND student = ? AND standing = ''", (assignment, student)
        ).fetchone()
        if counts is None:
            for name in visible_files(assignment, student):
                results.remove(name)
    store.base.execute("DELETE FROM stale")
    return gone


def clear(store: Store, results: Results) -> None:
    """Remove reports and pages that belong to no file that counts: those of runs of which no row is left."""
    pairs = store.base.execute(
        "SELECT assignment, student FROM files WHERE standing = '' AND assignment IS NOT NULL AND student IS NOT NULL"
    )
    wanted = {name for assignment, student in pairs for name in visible_files(assignment, student)}
    for suffix, folder in KINDS.items():
        for path in sorted((results.folder / folder).glob(f"*/*{suffix}")):
            name = path.relative_to(results.folder).as_posix()
            if name not in wanted:
                results.remove(name)
