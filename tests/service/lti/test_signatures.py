"""Sign-ins with forged signatures, and the keys by which a platform's signature is checked."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import jwt
import pytest

from grader.service.lti.refusal import RefusedLaunchError
from tests.service.lti.browser import Visited
from tests.service.lti.platform import json_reply, key_pair
from tests.service.lti.test_launch import Values, claims_of, forged, kid_of


def part(values: Values) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


# -- forged signatures ---------------------------------------------------------------------------------------------


def test_a_token_of_another_key_is_refused(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    assert visited.refused(forged(form, keys="evil"), cookies) == "the signature of the platform's token is wrong"


def test_a_changed_payload_is_refused(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    head, _, signature = form["id_token"].split(".")
    changed = part(claims_of(form) | {"sub": "student-02"})
    said = visited.refused(form | {"id_token": f"{head}.{changed}.{signature}"}, cookies)
    assert said == "the signature of the platform's token is wrong"


@pytest.mark.parametrize("name", ["none", "None", "NONE"])
def test_an_unsigned_token_is_refused(visited: Visited, name: str) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    token = f"{part({'alg': name, 'kid': kid_of(form), 'typ': 'JWT'})}.{part(claims_of(form))}."
    said = f"expected a token signed with RS256, received {name!r}"
    assert visited.refused(form | {"id_token": token}, cookies) == said


def test_the_public_key_as_a_shared_secret_is_refused(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    text = f"{part({'alg': 'HS256', 'kid': kid_of(form), 'typ': 'JWT'})}.{part(claims_of(form))}"
    secret = key_pair("platform")[1].encode()
    mark = base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), "sha256")).rstrip(b"=").decode()
    said = "expected a token signed with RS256, received 'HS256'"
    assert visited.refused(form | {"id_token": f"{text}.{mark}"}, cookies) == said


def test_a_key_in_the_header_is_not_used(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    own = json.loads(
        jwt.algorithms.RSAAlgorithm.to_jwk(jwt.algorithms.RSAAlgorithm("SHA256").prepare_key(key_pair("evil")[1]))
    )
    token = jwt.encode(claims_of(form), key_pair("evil")[0], "RS256", {"kid": kid_of(form), "jwk": own})
    said = "the signature of the platform's token is wrong"
    assert visited.refused(form | {"id_token": token}, cookies) == said


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "a.b.c.d", "\u0661.\u0662.\u0663", "x" * 100_001, "[" * 3000]
)
def test_what_is_no_token_is_refused(visited: Visited, token: str) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    said = "the platform's answer holds no token that can be read"
    assert visited.refused(form | {"id_token": token}, cookies) == said


def test_a_deeply_nested_header_is_refused(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    deep = base64.urlsafe_b64encode(b"[" * 2_900).rstrip(b"=").decode()
    said = "the platform's answer holds no token that can be read"
    assert visited.refused(form | {"id_token": f"{deep}.e30.AA"}, cookies) == said


def test_a_token_that_names_no_key_is_refused(visited: Visited) -> None:
    cookies: dict[str, str] = {}
    form = visited.platform.form(visited.begin(cookies).redirect)
    token = jwt.encode(claims_of(form), key_pair("platform")[0], "RS256")
    said = "the platform's token does not say with which key it is signed"
    assert visited.refused(form | {"id_token": token}, cookies) == said


# -- the platform's keys -------------------------------------------------------------------------------------------


def entered(visited: Visited, keys: str = "platform", kid: str | None = None) -> str:
    """Whether a student comes in, or the sentence of the refusal."""
    cookies: dict[str, str] = {}
    form = forged(visited.platform.form(visited.begin(cookies).redirect), keys=keys, kid=kid)
    try:
        return visited.launch(form, cookies).subject
    except RefusedLaunchError as error:
        return str(error)


def test_keys_are_fetched_once_for_many_sign_ins(visited: Visited) -> None:
    assert {entered(visited) for _ in range(7)} == {"student-01"}
    assert len(visited.platform.asked) == 1
    visited.seconds = 3599
    entered(visited)
    assert len(visited.platform.asked) == 1
    visited.seconds = 3600
    entered(visited)
    assert len(visited.platform.asked) == 2


def test_an_unknown_key_is_looked_for_once_and_then_refused(visited: Visited) -> None:
    said = "the sign-in is signed with a key that the platform does not publish: 'invented'"
    entered(visited)
    visited.seconds = 30
    assert entered(visited, kid="invented") == said
    assert len(visited.platform.asked) == 2
    visited.seconds = 39
    assert entered(visited, kid="invented") == said
    assert len(visited.platform.asked) == 2
    assert entered(visited) == "student-01"


def test_a_key_that_the_platform_has_just_changed_is_found(visited: Visited) -> None:
    entered(visited)
    visited.seconds = 11
    private, public = key_pair("next")
    visited.platform.registration.set_platform_private_key(private).set_platform_public_key(public)
    assert entered(visited, keys="next") == "student-01"
    assert len(visited.platform.asked) == 2


KEYS: list[tuple[str, Any, str]] = [
    ("missing", (404, {}, b"no"), "answers with status 404"),
    ("no JSON", (200, {}, b"<html>"), "answers with status 200"),
    ("deep", (200, {}, b"[" * 100_000), "answers with status 200"),
    ("no keys", json_reply({"keys": "none"}), "answers with status 200"),
    ("elsewhere", (302, {"Location": "/jwks2"}, b""), "answers with status 302"),
]


@pytest.mark.parametrize(("reply", "said"), [row[1:] for row in KEYS], ids=[row[0] for row in KEYS])
def test_keys_that_cannot_be_read_are_asked_for_again_only_later(visited: Visited, reply: Any, said: str) -> None:
    good = json_reply(visited.platform.config.get_jwks())
    visited.platform.answers("GET /jwks", reply)
    visited.platform.answers("GET /jwks2", good)
    wanted = f"the platform's keys cannot be read: {visited.platform.origin}/jwks {said}"
    assert [entered(visited), entered(visited)] == [wanted, wanted]
    assert len(visited.platform.asked) == 1
    visited.platform.answers("GET /jwks", good)
    visited.seconds = 10
    assert entered(visited) == "student-01"


def test_more_than_is_read_of_keys_is_refused(visited: Visited) -> None:
    visited.platform.answers("GET /jwks", (200, {}, b" " * 2_000_001))
    host = visited.platform.origin.removeprefix("http://")
    assert entered(visited) == f"{host} answers with more than 2,000,000 bytes"


def test_keys_that_are_no_use_are_passed_over(visited: Visited) -> None:
    good = visited.platform.config.get_jwks()["keys"]
    other = {"kty": "EC", "crv": "P-999", "kid": "e", "x": "AA", "y": "AA"}
    odd = [7, None, {}, {"kty": "RSA"}, {"kty": "RSA", "kid": "k", "n": "!" * 342, "e": "AQAB"}, other]
    weak = {
        "kty": "oct",
        "k": base64.urlsafe_b64encode(key_pair("platform")[1].encode()).decode(),
        "kid": good[0]["kid"],
    }
    visited.platform.answers("GET /jwks", json_reply({"keys": [*odd, weak, *good]}))
    assert entered(visited) == "student-01"


@pytest.mark.parametrize("changed", [{"use": "enc"}, {"kty": "EC"}, {"alg": "RS512"}, {"n": "AQAB"}, {"kid": 7}])
def test_a_key_for_something_else_signs_no_one_in(visited: Visited, changed: Values) -> None:
    [good] = visited.platform.config.get_jwks()["keys"]
    visited.platform.answers("GET /jwks", json_reply({"keys": [good | changed]}))
    said = f"the sign-in is signed with a key that the platform does not publish: {good['kid']!r}"
    assert entered(visited) == said
