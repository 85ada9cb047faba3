"""Who does the tasks of a run: processes that share our disk, or workers that may be anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from grader.gradebook.marking import Item, Result
from grader.gradebook.pool import Pending, one_by_one, worker_died
from grader.gradebook.tasks import Order, Outcome, Task, do, do_all, finished, taken
from grader.gradebook.work import mark_all, mark_one

T = TypeVar("T")


class Crew(Protocol):
    """Does tasks; what a worker died over twice has no outcome."""

    def weight(self, task: Task) -> int:
        """How many bytes this process must hold for the task."""

    def outcomes(self, tasks: list[Task]) -> Doing:
        """Begin with the tasks."""

    def apart(self, fn: Callable[..., T], *args: object) -> Callable[[], T]:
        """Begin with a call that needs our disk; what gives its value."""


class Doing(Pending, Protocol):
    """Tasks that are being done."""

    def result(self) -> Sequence[Outcome | None]:
        """The outcomes, waited for."""


class Near:
    """Processes that share our disk: they read the files and complete the texts themselves."""

    def __init__(self, pool: Executor, order: Order) -> None:
        """The crew of one run."""
        self.pool = pool
        self.order = order

    def weight(self, task: Task) -> int:
        """Nothing: the file is read elsewhere."""
        del task
        return 0

    def outcomes(self, tasks: list[Task]) -> Doing:
        """Begin with the tasks."""
        return _Near(self, tasks, self.pool.submit(do_all, self.order, tasks))

    def apart(self, fn: Callable[..., T], *args: object) -> Callable[[], T]:
        """Begin with the call; where its process dies, it is made here."""
        future = self.pool.submit(fn, *args)

        def value() -> T:
            try:
                return future.result()
            except Exception as problem:
                if not worker_died(problem):
                    raise
            return fn(*args)

        return value


class _Near(NamedTuple):
    crew: Near
    tasks: list[Task]
    future: Future[list[Outcome]]

    def done(self) -> bool:
        return self.future.done()

    def result(self) -> Sequence[Outcome | None]:
        return _survived(self.future, self.crew.pool, partial(do, self.crew.order), self.tasks)


class Far:
    """Workers that may share nothing with us: bytes go there, finished texts come back."""

    def __init__(self, pool: Executor, order: Order) -> None:
        """The crew of one run."""
        self.pool = pool
        self.order = order

    def weight(self, task: Task) -> int:
        """The size of the file, which is read here."""
        return task.found.size(self.order.folder)

    def outcomes(self, tasks: list[Task]) -> Doing:
        """Read the files and send them."""
        read = [taken(self.order.folder, task) for task in tasks]
        items = [one for one in read if isinstance(one, Item)]
        return _Far(self, read, items, self.pool.submit(mark_all, self.order.course, self.order.options, items))

    def apart(self, fn: Callable[..., T], *args: object) -> Callable[[], T]:
        """A call that is made here, where the disk is."""
        return partial(fn, *args)


class _Far(NamedTuple):
    crew: Far
    read: list[Item | Outcome]
    items: list[Item]
    future: Future[list[Result]]

    def done(self) -> bool:
        return self.future.done()

    def result(self) -> Sequence[Outcome | None]:
        order = self.crew.order
        call = partial(mark_one, order.course, order.options)
        survived = _survived(self.future, self.crew.pool, call, self.items)
        marked = iter(survived)
        return [self._finished(one, next(marked)) if isinstance(one, Item) else one for one in self.read]

    def _finished(self, item: Item, result: Result | None) -> Outcome | None:
        return None if result is None else finished(self.crew.order.hidden, item, result)


def _survived(
    future: Future[list[T]], pool: Executor, call: Callable[[Any], T], jobs: Sequence[Any]
) -> Sequence[T | None]:
    """What a worker made of all these jobs; where it died, what others make of them one by one."""
    try:
        return future.result()
    except Exception as problem:
        if not worker_died(problem):
            raise
    return list(one_by_one(pool, call, jobs))
