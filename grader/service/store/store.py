"""An open database: its engine and its transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError

from grader.errors import UsageError
from grader.messages import sentence
from grader.reports.sanitise import visible
from grader.service.store.tables import metadata

PATIENCE = 30
"""Seconds to wait for another writer, or for a connection."""
CONNECTIONS, SAVERS = 18, 2
"""The most connections of a process to a server, and those that save drafts."""
IDLE = 30
"""Seconds after which an unused connection to a server is made anew."""
_SETTINGS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -1000",
    "secure_delete = ON",  # not everywhere by default
)
DRIVERS = ("sqlite", "postgresql+psycopg")
ASKING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""The isolation level at which PostgreSQL reads from one snapshot, as SQLite does."""
ASKING_ONCE = {"isolation_level": "AUTOCOMMIT"}
"""The isolation level for a single query: without a transaction, which would cost two more round trips."""


class Store:
    """The database of one course; safe to use from several threads."""

    def __init__(self, url: str) -> None:
        """Connect to `url`, a URL of SQLAlchemy.

        Raises UsageError for a URL that is not of SQLite or PostgreSQL, and for a database that does not respond.
        """
        self.url = _checked(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url, CONNECTIONS)
        self._asking = self.engine if self.is_sqlite else self.engine.execution_options(**ASKING)
        self._asking_once = self.engine if self.is_sqlite else self.engine.execution_options(**ASKING_ONCE)
        self._telling = self.engine.execution_options(kind="IMMEDIATE")
        self._saving = self._telling.execution_options(synchronous="NORMAL")
        if not self.is_sqlite:
            self._saving = _postgresql(self.url, SAVERS, "-c synchronous_commit=off").execution_options(**ASKING_ONCE)
        self._one_writer: Any = threading.Lock() if self.is_sqlite else nullcontext()
        try:
            with self.engine.connect():
                pass
        except DBAPIError as problem:
            raise unreachable(self.url, problem) from None
        self._file = self._path() if self.is_sqlite else None
        self._opened = _identity(self._file)

    def _path(self) -> Path | None:
        """The file of an SQLite database; None for one in memory."""
        found = Path(self.url.database or "").absolute()
        return found if found.is_file() else None

    def _require_file(self) -> None:
        """Check that the file that is open is still the one at its path: what is written to a deleted one is lost.

        Raises OperationalError, as for any database that does not respond.
        """
        if self._file is not None and _identity(self._file) != self._opened:
            raise OperationalError("open", {}, FileNotFoundError("the file of the database was deleted or replaced"))

    @classmethod
    def beside(cls, path: Path) -> Store:
        """The SQLite database in a file, created if missing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(URL.create("sqlite", database=str(path)).render_as_string(hide_password=False))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading: all queries see one snapshot."""
        self._require_file()
        with self._asking.connect() as connection:
            yield connection

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """A connection for a single query."""
        self._require_file()
        with self._asking_once.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of its statements take effect, or none; once it has ended they are on disk.

        A process writes to SQLite from one thread at a time: writers that wait inside SQLite are not served in turn.
        """
        self._require_file()
        with self._one_writer, self._telling.begin() as connection:
            yield connection

    @contextmanager
    def saving(self) -> Iterator[Connection]:
        """A connection for single statements that write what the browser keeps as well, such as drafts.

        When one has ended, its effect is on its way to the disk: a power cut may lose the last moment, but a crash of
        this program does not. PostgreSQL takes each for itself, as a transaction would cost two more round trips.
        """
        self._require_file()
        if not self.is_sqlite:
            with self._saving.connect() as connection:
                yield connection
        else:
            with self._one_writer, self._saving.begin() as connection:
                yield connection

    def scrub(self) -> None:
        """Remove what the database still holds of deleted rows, while others may be using it.

        SQLite has overwritten it in its file, and empties the log beside it. PostgreSQL gives the room to new rows.
        """
        if self.is_sqlite:
            with self.engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        else:
            with self.engine.connect().execution_options(**ASKING_ONCE) as connection:
                for table in metadata.sorted_tables:
                    connection.exec_driver_sql(f"VACUUM {table.name}")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._saving.dispose()


def _identity(path: Path | None) -> tuple[int, int] | None:
    """What tells a file from another one at the same path; None without one."""
    try:
        found = None if path is None else path.stat()
    except FileNotFoundError:
        return None
    return None if found is None else (found.st_dev, found.st_ino)


def _checked(url: str) -> URL:
    try:
        found = make_url(url)
        known = found.drivername in DRIVERS or (found.drivername == "postgresql")
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise UsageError(
            sentence(
                "expected a database such as sqlite:///course.sqlite3 or postgresql+psycopg://user@host/name, "
                "received {received}",
                received=visible(url.rpartition("@")[2])[:200],
            )
        )
    return found.set(drivername="postgresql+psycopg") if found.drivername == "postgresql" else found


def _sqlite(url: URL) -> Engine:
    """SQLite with full synchronisation, whose transactions begin as writers, so that none fails half-way."""
    settings = {"timeout": PATIENCE, "check_same_thread": False}
    engine = create_engine(
        url, pool_size=CONNECTIONS + SAVERS, max_overflow=0, hide_parameters=True, connect_args=settings
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and is of the wrong kind
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        kind = options.get("kind", "DEFERRED")
        if kind != "DEFERRED":
            connection.exec_driver_sql(f"PRAGMA synchronous = {options.get('synchronous', 'FULL')}")
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


def _postgresql(url: URL, connections: int, *options: str) -> Engine:
    """PostgreSQL. A connection that the server has closed since its last use, as after a restart, is replaced.

    One that was idle for long is replaced without a check: a host that vanished has not closed it.
    """
    settings = {
        "connect_timeout": 5,
        "application_name": "grader",
        "options": " ".join((f"-c lock_timeout={PATIENCE}s", *options)),
    }
    wanted = {name: value for name, value in settings.items() if name not in url.query}
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,  # a connection beyond the pool would be made anew for each use
        pool_use_lifo=True,  # those that a quiet service does not need are left alone
        pool_timeout=PATIENCE,
        connect_args=wanted,
        hide_parameters=True,
    )

    @event.listens_for(engine, "checkin")
    def returned(_: Any, record: Any) -> None:
        record.info["since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def checked(connection: Any, record: Any, _: Any) -> None:
        """Check whether the server has sent anything; SQLAlchemy's check is a round trip.

        Whatever a server says to an idle connection counts as its end: a notice is rare, a new connection is cheap.
        """
        with DefaultSelector() as selector:
            selector.register(connection, EVENT_READ)
            if monotonic() - record.info.get("since", monotonic()) > IDLE or selector.select(0):
                raise DisconnectionError

    return engine


def take_turns(base: Connection, what: str) -> None:
    """Take a lock named `what` until the transaction ends, waiting for others that hold it.

    What was read before may have changed in the meantime. In SQLite only one transaction writes at a time anyway.
    """
    if base.dialect.name == "postgresql":
        base.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def unreachable(url: URL, problem: DBAPIError) -> UsageError:
    """The error for a database that does not respond; its message hides the password in the URL."""
    reason = " ".join(str(problem.orig).split())[:300]
    where = url.render_as_string(hide_password=True)
    return UsageError(sentence("cannot open the database {url}: {reason}", url=visible(where), reason=visible(reason)))
