"""One file of the folder, from reading it to finished texts: the work of a process that shares our disk.

A process that outlives its run (the run was killed) may go on for a while. So it writes into the hidden folder of its
own run alone; only the run itself, which holds the lock, moves a text to its place.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from grader.gradebook import discover
from grader.gradebook.course import Course
from grader.gradebook.files import Completed, complete
from grader.gradebook.marking import Item, Result
from grader.gradebook.memo import Options
from grader.gradebook.people import PersonMark, fingerprint
from grader.gradebook.work import mark_all
from grader.messages import Sentence


class Order(NamedTuple):
    """What all tasks of a run have in common: the folder to read from and the hidden one to write into."""

    course: Course
    options: Options
    folder: str
    hidden: str


class Task(NamedTuple):
    """One file to mark; while its bytes are those of `digest`, `people` marked it, and a row that `stands` holds."""

    found: discover.Found
    digest: str = ""
    stands: bool = False
    people: tuple[PersonMark, ...] = ()


class Outcome(NamedTuple):
    """What became of a task: no result where the row stands, else one without its texts, which lie completed.

    `given` is the fingerprint of the marks by people that went into it.
    """

    result: Result | None = None
    given: str = ""
    files: tuple[tuple[str, Completed], ...] = ()


BATCH = 16
BATCH_BYTES = 1_000_000


def do_all(order: Order, tasks: list[Task]) -> list[Outcome]:
    """What becomes of these tasks, in their order.

    Several files are read, then marked, then written: a call of the system between two submissions makes the marking
    that follows it slower, by more than the call takes itself.
    """
    outcomes: list[Outcome] = []
    read: list[Item | Outcome] = []
    size = 0
    for task in tasks:
        read.append(one := taken(order.folder, task))
        size += len(one.data) if isinstance(one, Item) else 0
        if len(read) >= BATCH or size >= BATCH_BYTES:
            outcomes += _done(order, read)
            read, size = [], 0
    return outcomes + _done(order, read)


def do(order: Order, task: Task) -> Outcome:
    """What becomes of one task."""
    return do_all(order, [task])[0]


def _done(order: Order, read: list[Item | Outcome]) -> list[Outcome]:
    items = [one for one in read if isinstance(one, Item)]
    marked = iter(mark_all(order.course, order.options, items))
    return [finished(order.hidden, one, next(marked)) if isinstance(one, Item) else one for one in read]


def taken(folder: str, task: Task) -> Item | Outcome:
    """The file, read; or what became of it, where it need not or cannot be marked."""
    found = task.found
    data = discover.read(found, folder)
    if isinstance(data, Sentence):
        return Outcome(Result(found.key, found.name, "", "", "unreadable", reason=f"{found.name}: {data}"))
    digest = hashlib.sha256(data).hexdigest()
    same = digest == task.digest
    if same and task.stands:
        return Outcome()
    return Item(found.key, found.name, data, digest, task.people if same else ())


def finished(hidden: str, item: Item, result: Result) -> Outcome:
    """The result with its texts completed in the hidden folder."""
    given = fingerprint(item.people)
    if result.document is None:
        return Outcome(result, given)
    texts = ((".json", result.document + "\n"), *result.pages)
    files = tuple((suffix, complete(hidden, text)) for suffix, text in texts)
    return Outcome(result._replace(document=None, pages=()), given, files)
