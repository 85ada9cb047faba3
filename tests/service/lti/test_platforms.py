"""lti.toml: what it must say, and the sentence for each thing that is wrong with it."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.service.lti.platforms import load_platforms, read_platforms
from tests.gradebook.folders import ROOT

GOOD = """[[platform]]
issuer = "https://lms.example"
client_id = "client-7"
deployment_ids = ["1", "2"]
authorization_endpoint = "https://lms.example/auth"
token_endpoint = "https://lms.example/token"
jwks_url = "https://lms.example/jwks"
"""


def test_the_platforms_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "lti.toml"
    other = GOOD.replace("client-7", "client-8").replace("jwks_url", 'token_audience = "aud"\njwks_url')
    path.write_text(GOOD + other)
    first, second = load_platforms(path)
    assert first.deployment_ids == ["1", "2"]
    assert (first.token_audience, second.token_audience) == ("", "aud")
    assert load_platforms(path).find("https://lms.example", "client-8") == second
    assert load_platforms(path).find("https://lms.example") is None
    assert load_platforms(path).find("https://lms.example/", "client-8") is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "lti.toml: the file is empty: expected [[platform]]"),
        ("[platform]\n", "lti.toml: line 1: expected platform as a list, received a table"),
        ("platform = []\n", "lti.toml: line 1: expected at least one of platform, received none"),
        (
            GOOD.replace('"https://lms.example/auth"', '"http://lms.example/auth"'),
            "lti.toml: line 5: expected an address that begins with https://, received 'http://lms.example/auth'",
        ),
        (
            GOOD.replace('["1", "2"]', "[]"),
            "lti.toml: line 4: expected at least one of deployment_ids, received none",
        ),
        (
            GOOD.replace('["1", "2"]', "[1]"),
            "lti.toml: line 4: expected each entry as text in quotes, received 1",
        ),
        (
            GOOD.replace('"client-7"', '""'),
            "lti.toml: line 3: expected a text of 1 to 255 characters, received ''",
        ),
        (
            GOOD + GOOD,
            "lti.toml: line 8: issuer 'https://lms.example' with client_id 'client-7' occurs twice: "
            "list all its deployment_ids in one [[platform]]",
        ),
    ],
)
def test_what_is_no_list_of_platforms_is_refused(written: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_platforms(written.encode())
    assert str(caught.value) == said


def test_a_field_that_is_missing_or_misspelt_is_named() -> None:
    with pytest.raises(UsageError) as caught:
        read_platforms(GOOD.replace("jwks_url", "jwk_url").encode())
    assert str(caught.value).startswith("lti.toml: line 7: unknown field 'jwk_url'")
    assert "jwks_url" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load_platforms(tmp_path / "lti.toml")


def test_the_examples_of_the_guide_are_read() -> None:
    guide = (ROOT / "docs" / "service.md").read_text("utf-8")
    examples = re.findall(r"(?:^    .*\n)*^    \[\[platform\]\]\n(?:^    .*\n)+", guide, re.MULTILINE)
    found = [platform for text in examples for platform in read_platforms(textwrap.dedent(text).encode())]
    assert [platform.issuer for platform in found] == ["https://moodle.example.org", "https://canvas.instructure.com"]
    assert found[1].pages == (
        "https://school.instructure.com",
        "https://canvas.instructure.com",
        "https://sso.canvaslms.com",
    )
    fields = re.findall(r"^\| `(\w+)(?: = [^`]*)?` \|", guide, re.MULTILINE)
    assert {"context_ids", "student_id", "trust_roles", "provisional", "origins", "token_audience"} <= set(fields)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            'student_id = "email"',
            "lti.toml: line 8: expected student_id as one of 'sourcedid', received 'email'",
        ),
        ("trust_roles = 1", "lti.toml: line 8: expected trust_roles as true or false, received 1"),
        (
            'origins = ["http://lms.example"]',
            "lti.toml: line 8: expected an address that begins with https://, received 'http://lms.example'",
        ),
    ],
)
def test_who_is_trusted_with_what_is_said_in_the_words_of_the_file(written: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_platforms((GOOD + written + "\n").encode())
    assert str(caught.value) == said
