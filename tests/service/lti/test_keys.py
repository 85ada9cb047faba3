"""The tool's own keys: kept as text, published without their private halves, changed without a gap."""

from __future__ import annotations

import json

import jwt
import pytest

from grader.errors import FaultError
from grader.service.lti.keys import ToolKeys


@pytest.fixture(scope="module")
def keys() -> ToolKeys:
    return ToolKeys.generate()


def read(token: str, published: dict[str, list[dict[str, str]]]) -> dict[str, object]:
    """The claims, by PyJWT, with the published key that the token names."""
    kid = jwt.get_unverified_header(token)["kid"]
    [key] = [each for each in published["keys"] if each["kid"] == kid]
    return jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"])


def test_only_public_halves_are_published(keys: ToolKeys) -> None:
    [key] = keys.published()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
    assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")


def test_what_is_written_is_read_and_signs_alike(keys: ToolKeys) -> None:
    again = ToolKeys.read(keys.written())
    assert again.published() == keys.published()
    assert read(again.signed({"a": 1}), keys.published()) == {"a": 1}


def test_a_changed_key_leaves_the_older_ones_published(keys: ToolKeys) -> None:
    old = keys.signed({"old": True})
    changed = ToolKeys.read(keys.rotated().written())
    assert len(changed.published()["keys"]) == 2
    assert read(old, changed.published()) == {"old": True}
    new = changed.signed({"new": True})
    assert read(new, changed.published()) == {"new": True}
    assert jwt.get_unverified_header(new)["kid"] != jwt.get_unverified_header(old)["kid"]
    several = changed.rotated().rotated()
    assert len(several.published()["keys"]) == 3
    with pytest.raises(ValueError, match="unpack"):
        read(old, several.published())


@pytest.mark.parametrize("text", ["", "{}", '{"keys": []}', '{"keys": [7]}', "keys", '{"keys": [{"kty": "RSA"}]}'])
def test_another_text_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(FaultError) as caught:
        ToolKeys.read(text)
    assert str(caught.value) == "the stored keys for learning platforms cannot be read"


def test_keys_without_their_private_halves_are_refused(keys: ToolKeys) -> None:
    with pytest.raises(FaultError):
        ToolKeys.read(json.dumps(keys.published()))
