"""Starting and stopping `grader review` on loopback."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import uvicorn

from grader.collecting import collect_regularly
from grader.messages.languages import Language
from grader.service.listening import listening
from grader.service.protocol import Protocol
from grader.service.review.app import ReviewService
from grader.service.review.desk import Desk
from grader.service.review.trust import LOCAL_ADDRESS, Trust


def serve(desk: Desk, language: Language, port: int, browser: bool, tell: Callable[[str], None]) -> None:
    """Serve one desk until Ctrl-C; `tell` gets the link once it works; port 0 means any free port.

    Raises UsageError if the port is taken.
    """
    with listening(LOCAL_ADDRESS, port) as listener:
        trust = Trust(listener.getsockname()[1])
        application = ReviewService(desk, trust, language).application()
        settings = uvicorn.Config(
            application,
            http=Protocol,
            log_level="error",
            access_log=False,
            lifespan="off",
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=5,
        )
        with _browsing(trust.link) if browser else _nothing():
            tell(trust.link)
            collect_regularly()
            try:
                uvicorn.Server(settings).run(sockets=[listener])
            except KeyboardInterrupt:
                pass  # the normal way to end
            finally:
                desk.publication.wait()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _browsing(link: str) -> Iterator[None]:
    """Open the link in the browser.

    Every user of the machine can read command lines: the browser gets a private file that leads to the link.
    """
    if not _has_screen():
        yield
        return
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        path = Path(folder) / "review.html"
        path.touch(mode=0o600)
        path.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={escape(link)}">', encoding="utf-8")
        threading.Thread(target=_open, args=(path.as_uri(),), daemon=True).start()
        yield


def _has_screen() -> bool:
    """Whether a browser would have a window: a text browser would take over our terminal."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(address: str) -> None:
    import webbrowser

    webbrowser.open(address)
