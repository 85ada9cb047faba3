"""Verifying a platform's signed token: issuer, audience and time, before any of its content is used."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError

from grader.messages import sentence
from grader.messages.names import shown
from grader.service.lti.claims import Claims
from grader.service.lti.keys import ALGORITHM
from grader.service.lti.keysets import KeySets
from grader.service.lti.platforms import Platform
from grader.service.lti.refusal import RefusedLaunchError, refused

LEEWAY = 60.0
"""Seconds by which two clocks may differ."""
MOST_BYTES = 100_000


class _Registry(jws.JWSRegistry):
    """RS256 only; unknown header parameters are ignored, as the standard says, except critical ones."""

    max_header_length = 4_000
    max_payload_length = MOST_BYTES

    def __init__(self) -> None:
        super().__init__(algorithms=[ALGORITHM], strict_check_header=False)


def verified(token: str, platform: Platform, key_sets: KeySets, nonce: str, now: float) -> Claims:
    """The claims of a token that the platform signed for this tool, now, and for this sign-in.

    Raises RefusedLaunchError for any other.
    """
    values = _signed(token, platform, key_sets)
    claims = Claims(values)
    _check_parties(claims, values, platform)
    _check_times(claims, now)
    if not hmac.compare_digest(claims.text("nonce").encode("utf-8", "replace"), nonce.encode()):
        raise refused(sentence("the platform's token belongs to another sign-in"))
    return claims


def _signed(token: str, platform: Platform, key_sets: KeySets) -> Mapping[str, Any]:
    header = _header(token)
    if header.get("alg") != ALGORITHM:
        raise refused(
            sentence(
                "expected a token signed with {expected}, received {received}",
                expected=ALGORITHM,
                received=shown(header.get("alg")),
            )
        )
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise refused(sentence("the platform's token does not say with which key it is signed"))
    key = key_sets.key(platform, kid)
    try:
        return jwt.decode(token, key, algorithms=[ALGORITHM], registry=_Registry()).claims
    except BadSignatureError:
        raise refused(sentence("the signature of the platform's token is wrong")) from None
    except (JoseError, ValueError, TypeError, RecursionError):
        raise _no_token() from None


def _header(token: str) -> Mapping[str, Any]:
    if len(token) > MOST_BYTES or not token.isascii():
        raise _no_token()
    try:
        header = jws.extract_compact(token.encode(), registry=_Registry()).headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        raise _no_token() from None
    if not isinstance(header, dict):
        raise _no_token()
    return header


def _no_token() -> RefusedLaunchError:
    return refused(sentence("the platform's answer holds no token that can be read"))


def _check_parties(claims: Claims, values: Mapping[str, Any], platform: Platform) -> None:
    issuer = claims.text("iss")
    if issuer != platform.issuer:
        raise refused(
            sentence(
                "expected a token of {expected}, received one of {received}",
                expected=shown(platform.issuer),
                received=shown(issuer),
            )
        )
    audience = (claims.text("aud"),) if isinstance(values.get("aud"), str) else claims.texts("aud")
    if platform.client_id not in audience:
        raise refused(sentence("the platform's token is meant for another tool"))
    if len(audience) > 1 or "azp" in claims:
        authorized = claims.text("azp")
        if authorized != platform.client_id:
            raise refused(sentence("the platform's token is meant for another tool"))


def _check_times(claims: Claims, now: float) -> None:
    if claims.moment("exp") <= now - LEEWAY:
        raise refused(sentence("the platform's token has expired: open the assignment in the learning platform again"))
    begins = max(claims.moment("iat"), claims.moment("nbf") if "nbf" in claims else 0.0)
    if begins > now + LEEWAY:
        raise refused(sentence("the platform's token is from the future: a clock is wrong there or here"))
