"""Starting and stopping `grader serve`."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

import uvicorn

from grader.collecting import collect_regularly, keep_what_is_loaded
from grader.errors import GraderError, UsageError
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.service.course.apart import Apart
from grader.service.course.importing import import_folder
from grader.service.course.lti.connection import Lti, check_address, platforms_of
from grader.service.course.lti.sender import Sender
from grader.service.course.remark import unusable
from grader.service.course.service import Service, database_of, keys_of
from grader.service.listening import listening
from grader.service.protocol import Protocol
from grader.service.store.people import Person, new_link, people_named
from grader.service.store.schema import prepare
from grader.service.store.settings import secret
from grader.service.web.app import application
from grader.service.web.logs import write_log
from grader.service.web.metrics import Metrics, shared_figures
from grader.service.web.roster import add_roster
from grader.service.web.site import CourseSite, public
from grader.service.web.watch import Watch
from grader.service.web.workers import serve_in_workers

SWITCH = 0.001
"""The interpreter's thread switch interval in seconds: previews wait for the marking thread no longer than that."""
ROSTER = "roster.csv"


class ServeRequest(NamedTuple):
    """What to serve, and where."""

    course: Path
    host: str
    port: int
    address: str | None
    database: str | None
    lang: str
    students: tuple[str, ...] = ()
    roster: Path | None = None
    submissions: Path | None = None
    workers: int = 1
    log_level: str = "warning"
    metrics: bool = False
    lti: Path | None = None


def serve_course(request: ServeRequest, tell: Callable[[str], None], warn: Callable[[Sentence], None]) -> None:
    """Serve a course until Ctrl-C or SIGTERM; `tell` gets each link once it works,
    and `warn` each assignment that cannot be used and each submission that was not imported.

    Raises UsageError for a folder that is not a course, a database of another version, a port that is taken.
    """
    keys_of(request.course)
    if request.address is not None:
        request = request._replace(address=public(request.address))
    store = database_of(request.course, request.database)
    prepare(store)
    platforms = platforms_of(request.course, request.lti)
    with listening(request.host, request.port) as listener:
        port = listener.getsockname()[1]
        request = request._replace(address=request.address or public(f"http://{_host(request.host)}:{port}"))
        if platforms is not None:
            check_address(request.address or "")
        service = Service(request.course, store, lang=request.lang, apart=Apart() if request.workers == 1 else None)
        try:
            try:
                _greet(service, request, tell, warn)
                if request.workers == 1:
                    write_log(request.log_level)
                    _serve(service, request, listener)
            finally:
                service.stop()
            if request.workers > 1:
                with shared_figures() if request.metrics else nullcontext():
                    serve_in_workers(_worker, request, listener, request.workers)
        except KeyboardInterrupt:
            pass  # the normal way to end, also while it starts


def _greet(
    service: Service, request: ServeRequest, tell: Callable[[str], None], warn: Callable[[Sentence], None]
) -> None:
    instructor = service.start()
    for said in service.work.submit(unusable, service).result().values():
        warn(said)
    roster = request.roster or request.course / ROSTER
    if request.roster is not None or roster.is_file():
        try:
            add_roster(service.store, roster, service.now(), warn=warn)
        except GraderError as problem:
            if request.roster is not None:
                raise
            warn(problem.located)  # an unusable table that nobody asked for must not stop hand-ins
    if request.submissions is not None:
        found = service.work.submit(import_folder, service, request.submissions).result()
        for said in found.refused:
            warn(said)
    for person in [instructor, *_asked(service, request.students)]:
        tell(f"{person.role}: {link(CourseSite(service, request.address or ''), person)}")


def _worker(request: ServeRequest, listener: socket.socket, ended: threading.Event) -> None:
    """One process of several; the first one has prepared the database. It ends once `ended` is set, too."""
    write_log(request.log_level)
    service = Service(request.course, database_of(request.course, request.database), lang=request.lang, apart=Apart())
    try:
        service.start()
        _serve(service, request, listener, ended)
    finally:
        service.stop()


class _Server(uvicorn.Server):
    """Uvicorn, which raises SIGTERM again after handling it, so that no code of this process runs after its end."""

    def __init__(self, config: uvicorn.Config, service: Service, ended: threading.Event | None) -> None:
        super().__init__(config)
        self._service = service
        self._ended = ended

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, or end at once if a signal came before uvicorn handled signals."""
        await super().startup(sockets)
        if self._ended is not None and self._ended.is_set():
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish requests in progress, then stop the service."""
        await super().shutdown(sockets)
        self._service.stop()


def _serve(
    service: Service, request: ServeRequest, listener: socket.socket, ended: threading.Event | None = None
) -> None:
    sys.setswitchinterval(SWITCH)
    collect_regularly()
    keep_what_is_loaded()
    metrics = Metrics() if request.metrics else None
    with service.store.writing() as base:
        watch = Watch(secret(base, "log key"), metrics)
    with _learning_platforms(service, request) as lti:
        site = CourseSite(service, request.address or "", metrics=metrics, lti=lti)
        _Server(settings(site, watch), service, ended).run(sockets=[listener])


@contextmanager
def _learning_platforms(service: Service, request: ServeRequest) -> Iterator[Lti | None]:
    platforms = platforms_of(request.course, request.lti)
    if platforms is None:
        yield None
        return
    with Lti(service, request.address or "", platforms) as lti, Sender(lti):
        yield lti


def settings(site: CourseSite, watch: Watch | None = None) -> uvicorn.Config:
    """How uvicorn serves a site."""
    return uvicorn.Config(
        application(site, watch),
        http=Protocol,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
    )


def link(site: CourseSite, person: Person) -> str:
    """A new sign-in link for a person."""
    with site.service.store.writing() as base:
        return new_link(base, site.address, person, site.service.now())


def _asked(service: Service, students: Sequence[str]) -> list[Person]:
    with service.store.reading() as base:
        known = people_named(base, students)
    for student in students:
        if student not in known:
            said = sentence("nobody in the course has the id {student}: add them to roster.csv", student=shown(student))
            raise UsageError(said)
    return [known[student] for student in students]


def _host(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
