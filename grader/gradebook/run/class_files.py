"""The files about the whole class. Each is made from the database alone, so any process can write it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.gradebook.database import Database
from grader.gradebook.results import lines
from grader.gradebook.review.document import FILE as REVIEW
from grader.gradebook.review.writing import Writer
from grader.gradebook.run.files import complete
from grader.gradebook.run.marking import Order

CLASS = "class.json"
CLASS_PAGE = "class.html"
TABLE = "results.csv"
SUBJECTS = (CLASS, REVIEW, TABLE)
"""Files that can be written in parallel, the slowest first; the class page comes with `class.json`."""


def write(order: Order, path: Path, subject: str) -> list[tuple[str, str]]:
    """Write one of SUBJECTS to the hidden folder; return the names of the files and where they are."""
    with Database.reading(path) as database:
        return [(name, complete(str(order.hidden), pieces)[0]) for name, pieces in _pieces(order, database, subject)]


def _pieces(order: Order, database: Database, subject: str) -> Iterator[tuple[str, Iterator[str]]]:
    if subject == TABLE:
        yield TABLE, lines(database.rows())
    elif subject == REVIEW:
        yield REVIEW, Writer(order.course, database).lines()
    else:
        yield from _class(order, database)


def _class(order: Order, database: Database) -> Iterator[tuple[str, Iterator[str]]]:
    from grader.gradebook.statistics.document import class_document, json_pieces

    options = order.options
    document = class_document(database.connection, order.course.all_asked())
    yield CLASS, json_pieces(database.connection, document, pages=options.pages)
    if options.pages:
        from grader.gradebook.statistics.page import page_pieces

        yield CLASS_PAGE, page_pieces(database.connection, document, lang=options.lang)
