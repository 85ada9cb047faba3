"""The public address of a service: written in many ways, it is the one that browsers send."""

from __future__ import annotations

import pytest

from tests.service.asked import asking
from tests.service.courses import Served


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("https://Grader.Example.org", "grader.example.org"),
        ("HTTPS://grader.example.org/", "grader.example.org"),
        ("https://grader.example.org:443", "grader.example.org"),
        ("http://grader.example.org:80", "grader.example.org"),
        ("https://grader.example.org:", "grader.example.org"),
        ("https://grader.example.org:8443", "grader.example.org:8443"),
        ("https://b\u00fccher.example", "xn--bcher-kva.example"),
        ("http://[0:0::1]:8000", "[::1]:8000"),
        ("http://127.0.0.1:80", "localhost"),
    ],
)
def test_an_address_answers_to_what_browsers_send(served: Served, written: str, host: str) -> None:
    from grader.service.web.app import application
    from grader.service.web.site import CourseSite

    site = CourseSite(served.service, written)
    client = asking(application(site), site.address, raises=True)
    assert client.get("/health", headers={"host": host}).status_code == 200
    assert client.get("/", headers={"host": host}).status_code != 421
    assert client.get("/", headers={"host": host.upper()}).status_code != 421
    assert client.get("/", headers={"host": f"x{host}"}).status_code == 421
    assert f"{site.address.partition(':')[0]}://{host}" in site.origins


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "grader.example.org",
        "https://",
        "https://grader example.org",
        "https://grader.example.org ",
        " https://grader.example.org",
        "https://grader..example.org",
        "https://grader%20.example.org",
        "https://user@grader.example.org",
        "https://grader.example.org/course",
        "https://grader.example.org:0",
        "https://grader.example.org:99999",
        "https://[::1",
        "https://stra\u00dfe.example",
        "ftp://grader.example.org",
    ],
)
def test_what_no_browser_finds_is_refused(written: str) -> None:
    from grader.errors import UsageError
    from grader.service.web.site import public

    with pytest.raises(UsageError, match="expected --address such as"):
        public(written)
