"""A platform's page shows the service in a frame, of another site, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from grader.service.course.lti.connection import Lti
from grader.service.lti.login import Tool
from grader.service.lti.platforms import Platforms
from tests.reports.chromium import Seen, browser
from tests.service.courses import course_in
from tests.service.in_chromium import Online, assert_calm, online, signed_in
from tests.service.lti.platform import INSTRUCTOR, LEARNER, Asked, LearningPlatform, Reply, learning_platform, sent


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


def html(text: str) -> Reply:
    return 200, {"Content-Type": "text/html"}, f"<!doctype html><html lang=en><title>LMS</title>{text}".encode()


@contextmanager
def school(folder: Path, lang: str = "en") -> Iterator[tuple[Online, LearningPlatform]]:
    """A course at 127.0.0.1 and a platform at localhost, which is another site for browsers."""
    with online(folder, lang=lang) as course, learning_platform(tool=Tool(course.address)) as platform:
        course.service.now = lambda: datetime.now(UTC)  # the platform dates by it, and a browser takes its time
        platform.origin = platform.origin.replace("127.0.0.1", "localhost")
        with Lti(course.service, course.address, Platforms([platform.known.replaced(context_ids=["course-4"])])) as lti:
            course.site.lti = lti
            opened = f"{platform.tool.login}?{urlencode(platform.opened())}"
            frame = f'<iframe src="{escape(opened)}" title="Homework" width=900 height=700></iframe>'
            platform.replies["GET /course"] = lambda _: html(f"<h1>CNN</h1>{frame}")
            platform.replies["GET /favicon.ico"] = lambda _: (204, {}, b"")
            platform.replies["GET /auth"] = lambda asked: html(_form(platform, asked))
            platform.replies["POST /back"] = lambda asked: html(f"<pre>{escape(asked.body.decode())}</pre>")
            yield course, platform


def _form(platform: LearningPlatform, asked: Asked) -> str:
    """What the platform's page sends by itself."""
    redirect = platform.origin + asked.path
    if "linking" in dict(parse_qsl(urlsplit(asked.path).query)).get("lti_message_hint", ""):
        message = platform.message(redirect)
        message.set_user_data("teacher-1", [INSTRUCTOR])
        message.set_dl(f"{platform.origin}/back", accept_types={"ltiResourceLink"})
        fields = sent(message)
    else:
        fields = platform.form(redirect, role=LEARNER)
    inputs = "".join(f'<input type=hidden name="{name}" value="{escape(value)}">' for name, value in fields.items())
    return (
        f'<form method=post action="{platform.tool.launch}">{inputs}</form><script>document.forms[0].submit()</script>'
    )


def page_of(chromium: Any, address: str) -> Seen:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    seen = Seen(page)
    context.on("console", lambda message: seen.said.append(message.text))
    page.goto(address)
    return seen


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_student_opens_the_homework_out_of_a_frame(tmp_path: Path, chromium: Any, lang: str) -> None:
    with school(course_in(tmp_path), lang) as (course, platform):
        seen = page_of(chromium, f"{platform.origin}/course")
        button = seen.page.frame_locator("iframe").locator("button.save")
        button.wait_for()
        with seen.page.context.expect_page() as opened:
            button.press("Enter")
        window = opened.value
        window.wait_for_url(f"{course.address}/work/cnn-foundations")
        assert window.locator("h1").first.text_content()
        window.reload()
        assert window.url == f"{course.address}/work/cnn-foundations"
        assert seen.said == []
        frame = next(one for one in seen.page.frames if one.url.startswith(course.address))
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_the_page_of_the_platforms_is_calm_on_a_narrow_screen(tmp_path: Path, chromium: Any, lang: str) -> None:
    with school(course_in(tmp_path), lang) as (course, platform):
        launched = page_of(chromium, f"{platform.tool.login}?{urlencode(platform.opened())}")
        launched.page.wait_for_url(f"{course.address}/work/cnn-foundations")
        seen = signed_in(chromium, course.link("teacher", "instructor"), 360)
        seen.page.goto(f"{course.address}/staff/platforms")
        assert seen.page.locator("form[action='/staff/platforms/members']").count() == 1
        assert_calm(seen, course.address)


def test_at_top_level_the_homework_opens_at_once(tmp_path: Path, chromium: Any) -> None:
    with school(course_in(tmp_path)) as (course, platform):
        seen = page_of(chromium, f"{platform.tool.login}?{urlencode(platform.opened())}")
        seen.page.wait_for_url(f"{course.address}/work/cnn-foundations")
        assert seen.said == []


def test_an_instructor_links_an_assignment_in_a_frame(tmp_path: Path, chromium: Any) -> None:
    with school(course_in(tmp_path)) as (course, platform):
        asked = platform.opened() | {"lti_message_hint": "linking"}
        opened = f"{platform.tool.login}?{urlencode(asked)}"
        platform.replies["GET /course"] = lambda _: html(f'<iframe src="{escape(opened)}" title="Link"></iframe>')
        seen = page_of(chromium, f"{platform.origin}/course")
        frame = seen.page.frame_locator("iframe")
        frame.locator("input[name=assignment]").check()
        frame.locator("button.save").click()
        text = frame.locator("pre").text_content()
        assert text.startswith("JWT=")
        assert course.site.lti is not None
        platform.registration.set_tool_key_set(course.site.lti.keys().published())
        [item] = platform.config.validate_deeplinking_resp(dict(parse_qsl(text)))
        assert item["custom"] == {"assignment": "cnn-foundations"}
        assert seen.said == []


def test_another_site_shows_the_service_in_no_frame(tmp_path: Path, chromium: Any) -> None:
    with school(course_in(tmp_path)) as (course, platform):
        assert course.site.lti is not None
        course.site.lti.platforms = Platforms(
            [platform.known.replaced(authorization_endpoint="https://lms.example/auth")]
        )
        platform.replies["GET /course"] = lambda _: html(f'<iframe src="{course.address}/lti/login"></iframe>')
        seen = page_of(chromium, f"{platform.origin}/course")
        last = monotonic() + 60
        while not any("frame-ancestors" in said for said in seen.said) and monotonic() < last:
            seen.page.wait_for_timeout(50)
        assert any("frame-ancestors" in said for said in seen.said)
