"""A course that is served and knows a learning platform, and people who come from there, for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from grader.service.lti.login import Tool
from grader.service.lti.platforms import Platform, Platforms
from tests.service.courses import Served, serving
from tests.service.lti.platform import INSTRUCTOR, LEARNER, LearningPlatform, learning_platform, sent

ADDRESS = "https://grader.example"
LIS = "https://purl.imsglobal.org/spec/lti/claim/lis"
CUSTOM = "https://purl.imsglobal.org/spec/lti/claim/custom"


class Linked(Served):
    """A course at an https address with the platform."""

    def __init__(self, served: Served, platform: LearningPlatform) -> None:
        from grader.service.web.app import application
        from grader.service.web.site import CourseSite

        self.service, self.clock, self.folder = served.service, served.clock, served.folder
        self.clock.now = datetime.now(UTC)
        self.platform = platform
        self.known: Platform = platform.known
        self.site = CourseSite(self.service, ADDRESS)
        self.app = application(self.site)
        self.register(context_ids=["course-4"])
        self.platform.registration.set_tool_key_set(self.browser().get("/lti/jwks.json").json())

    def register(self, **more: Any) -> None:
        """Know the platform by a registration that says more."""
        from grader.service.course.lti.connection import Lti

        self.known = self.known.replaced(**more)
        if self.site.lti is not None:
            self.site.lti.client.close()
        self.site.lti = Lti(self.service, ADDRESS, Platforms([self.known]))

    def browser(self) -> Any:
        """A browser that has not been here."""
        from tests.service.asked import asking

        return asking(self.app, ADDRESS)

    def begun(self, browser: Any, student: str = "student-01", method: str = "GET") -> str:
        """Where the platform's request sends a browser."""
        sent = self.platform.opened(student)
        if method == "GET":
            response = browser.get("/lti/login", params=sent, headers={"sec-fetch-site": "cross-site"})
        else:
            response = browser.post("/lti/login", data=sent, headers={"sec-fetch-site": "cross-site"})
        assert response.status_code == 303, response.text
        return str(response.headers["location"])

    def form(
        self,
        redirect: str,
        student: str = "student-01",
        role: str = LEARNER,
        *,
        sourcedid: str | None = None,
        context: str = "course-4",
        assignment: str | None = None,
        column: int = 1,
        name: str = "Student One",
    ) -> dict[str, str]:
        """What the platform says of somebody."""
        message = self.platform.message(redirect)
        message.set_launch_context_claim(context, context_title="CNN")
        message.set_user_data(student, [role], full_name=name, email_address="one@example.org")
        origin = self.platform.origin
        message.set_ags(f"{origin}/items", f"{origin}/items/{column}?type_id=1", allow_creating_lineitems=False)
        message.set_nrps(f"{origin}/members")
        if sourcedid is not None:
            message.set_extra_claims({LIS: {"person_sourcedid": sourcedid}})
        if assignment is not None:
            message.set_extra_claims({CUSTOM: {"assignment": assignment}})
        return sent(message)

    def launched(self, browser: Any, dest: str = "document", **told: Any) -> Any:
        """The answer to a launch; `told` is what the platform says."""
        student = told.pop("student", "student-01")
        form = self.form(self.begun(browser, student), student, **told)
        return self.posted(browser, form, dest)

    def posted(self, browser: Any, form: dict[str, str], dest: str = "document") -> Any:
        """The answer to a form that the platform's page sends."""
        headers = {"sec-fetch-site": "cross-site", "sec-fetch-dest": dest, "origin": "https://lms.example"}
        return browser.post("/lti/launch", data=form, headers=headers)

    def asked_for_links(self, browser: Any, role: str = INSTRUCTOR) -> Any:
        """The answer to an instructor who wants to link assignments."""
        message = self.platform.message(self.begun(browser, "teacher-1"))
        message.set_user_data("teacher-1", [role], full_name="Teacher")
        message.set_dl("https://lms.example/back?course=4", accept_types={"ltiResourceLink"})
        return self.posted(browser, sent(message), "iframe")


@contextmanager
def linked(folder: Path, kind: str = "sqlite", *, lang: str = "en") -> Iterator[Linked]:
    """Serve a course that lies in a folder beside a platform that runs."""
    with learning_platform(tool=Tool(ADDRESS)) as platform, serving(folder, kind, lang=lang) as served:
        found = Linked(served, platform)
        try:
            yield found
        finally:
            if found.site.lti is not None:
                found.site.lti.client.close()


def hidden(text: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', text)
    assert found is not None, text
    return unescape(found[1])


def policy(response: Any, name: str) -> str:
    """One directive of a response's policy."""
    found = [one.strip().split(" ", 1) for one in response.headers["content-security-policy"].split(";")]
    return dict(each if len(each) == 2 else (*each, "") for each in found)[name]


def query(address: str) -> dict[str, str]:
    """What stands after the question mark."""
    return dict(parse_qsl(urlsplit(address).query))
