"""What a run writes about the whole class, each file apart: they are read from the store, so any process may do it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.gradebook.asking import Writer
from grader.gradebook.files import Completed, complete_pieces
from grader.gradebook.results import lines
from grader.gradebook.review import FILE as REVIEW
from grader.gradebook.store import Store
from grader.gradebook.tasks import Order

CLASS = "class.json"
CLASS_PAGE = "class.html"
TABLE = "results.csv"
SUBJECTS = (CLASS, REVIEW, TABLE)
"""What can be written apart, that which takes longest first; the class page comes with `class.json`."""


def close(order: Order, store: Path, subject: str) -> list[tuple[str, Completed]]:
    """Complete one of SUBJECTS; the names of the files and where they lie."""
    with Store.reading(store) as kept:
        return [(name, complete_pieces(order.hidden, pieces)) for name, pieces in _pieces(order, kept, subject)]


def _pieces(order: Order, store: Store, subject: str) -> Iterator[tuple[str, Iterator[str]]]:
    if subject == TABLE:
        yield TABLE, lines(store.rows())
    elif subject == REVIEW:
        yield REVIEW, Writer(order.course, store).lines()
    else:
        yield from _class(order, store)


def _class(order: Order, store: Store) -> Iterator[tuple[str, Iterator[str]]]:
    from grader.gradebook.statistics.document import class_document, json_pieces

    options = order.options
    document = class_document(store.base, order.course.asked())
    yield CLASS, json_pieces(store.base, document, pages=options.pages)
    if options.pages:
        from grader.gradebook.statistics.page import page_pieces

        yield CLASS_PAGE, page_pieces(store.base, document, lang=options.lang)
