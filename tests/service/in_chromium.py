"""A served course in a real browser, for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.reports.chromium import Seen
from tests.service.courses import Served, serving


class Online(Served):
    """A course that listens on loopback; `link` lets somebody in."""

    address: str

    def link(self, student: str, role: str = "student") -> str:
        from grader.service.store.people import add_person
        from grader.service.web.serve import link

        with self.service.store.writing() as base:
            person = add_person(base, student, "", role, self.clock())
        return link(self.site, person)


@contextmanager
def online(folder: Path, kind: str = "sqlite", *, lang: str = "en") -> Iterator[Online]:
    """Serve a course over HTTP."""
    import uvicorn

    from grader.service.listening import listening
    from grader.service.web.serve import settings
    from grader.service.web.site import CourseSite

    with serving(folder, kind, lang=lang) as served, listening("127.0.0.1", 0) as listener:
        found = Online.__new__(Online)
        found.__dict__.update(served.__dict__)
        found.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        found.site = CourseSite(served.service, found.address)
        server = uvicorn.Server(settings(found.site))
        thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
        thread.start()
        try:
            yield found
        finally:
            server.should_exit = True
            thread.join()


def signed_in(chromium: Any, link: str, width: int = 1280, scheme: str = "light") -> Seen:
    """Somebody's first page, through their link, by keyboard."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(60_000)
    return opened(context, link)


def opened(context: Any, link: str) -> Seen:
    """A new page of a browser, signed in by a link."""
    page = context.new_page()
    seen = Seen(page)
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("request", lambda request: seen.asked.append(request.url))
    page.goto(link)
    if "/enter" in link:
        page.locator("button.save").press("Enter")
        page.wait_for_url(lambda url: "/enter" not in url)
    return seen


def assert_calm(seen: Seen, address: str) -> None:
    """No console message, no request elsewhere, nothing wider than the window, no serious finding of axe."""
    seen.page.wait_for_load_state()
    assert seen.said == []
    assert [url for url in seen.asked if not url.startswith((f"{address}/", "data:,"))] == []
    assert seen.run("document.documentElement.scrollWidth <= innerWidth")
    assert seen.axe() == []
