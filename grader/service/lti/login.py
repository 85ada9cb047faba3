"""The start of a sign-in: the browser gets a cookie, and goes back to the platform to sign in there."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from grader.messages import sentence
from grader.messages.names import shown
from grader.service.lti.addresses import split_address
from grader.service.lti.platforms import Platform, Platforms
from grader.service.lti.refusal import refused
from grader.service.lti.stored import Logins, PendingLogin, digest
from grader.structs import Struct

LIFETIME = 600
"""Seconds within which a sign-in must be completed."""
MOST_LETTERS = 4_000
_REQUIRED = ("iss", "login_hint", "target_link_uri")
_OPTIONAL = ("client_id", "lti_message_hint", "lti_deployment_id")


class Tool(Struct):
    """This service, as platforms see it."""

    address: str
    """Its public address, without a slash at the end."""

    @property
    def login(self) -> str:
        """Where a platform begins a sign-in, by GET or POST."""
        return f"{self.address}/lti/login"

    @property
    def launch(self) -> str:
        """Where the platform's signed response is sent, by POST; the one registered redirect address."""
        return f"{self.address}/lti/launch"

    @property
    def keys(self) -> str:
        """Where the tool's public keys are."""
        return f"{self.address}/lti/jwks.json"

    def owns(self, address: str) -> bool:
        """Whether the address is below that of the tool."""
        return split_address(address) is not None and (
            address == self.address or address.startswith((self.address + "/", self.address + "?"))
        )


class Cookie(Struct):
    """A cookie that binds a sign-in to the browser where it began."""

    name: str
    value: str
    max_age: int = LIFETIME

    @property
    def header(self) -> str:
        """The value of `Set-Cookie`: it must be sent from within the platform's page, and only to this host.

        Written by hand because the standard library does not know `Partitioned` before Python 3.14.
        """
        attributes = "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
        return f"{self.name}={self.value}; Max-Age={self.max_age}; {attributes}"

    def deleted(self) -> Cookie:
        """The cookie that deletes this one."""
        return Cookie(self.name, "", 0)


class Begun(Struct):
    """The response to the platform's request: a redirect, with a cookie."""

    redirect: str
    cookie: Cookie


def cookie_name(key: str) -> str:
    """The name of the cookie of one pending sign-in; several may be open in one browser."""
    return f"__Host-lti-{key[:16]}"


def begin(tool: Tool, platforms: Platforms, parameters: Mapping[str, str], logins: Logins, now: float) -> Begun:
    """Begin a sign-in from the parameters of the platform's request, a query or a form.

    Raises RefusedLaunchError if they are not those of a known platform.
    """
    _check(parameters)
    platform = _platform(platforms, parameters)
    if not tool.owns(parameters["target_link_uri"]):
        raise refused(
            sentence(
                "expected a link to an address of this service, {expected}, received {received}",
                expected=tool.address,
                received=shown(parameters["target_link_uri"]),
            )
        )
    state, nonce, browser = (secrets.token_urlsafe(32) for _ in range(3))
    again = urlencode({name: parameters[name] for name in (*_REQUIRED, *_OPTIONAL) if name in parameters})
    key = digest(state)
    logins.add(PendingLogin(key, *platform.name, nonce, digest(browser), again, now + LIFETIME))
    return Begun(_redirect(tool, platform, parameters, state, nonce), Cookie(cookie_name(key), browser))


def _check(parameters: Mapping[str, str]) -> None:
    for name in (*_REQUIRED, *_OPTIONAL):
        if name in _REQUIRED and not parameters.get(name):
            raise refused(sentence("the platform's request lacks {name}", name=name))
        if len(parameters.get(name, "")) > MOST_LETTERS:
            raise refused(
                sentence(
                    "the platform's request has more than {most:,} letters in {name}", most=MOST_LETTERS, name=name
                )
            )


def _platform(platforms: Platforms, parameters: Mapping[str, str]) -> Platform:
    issuer, client = parameters["iss"], parameters.get("client_id")
    platform = platforms.find(issuer, client or None)
    if platform is not None:
        return platform
    if client:
        raise refused(
            sentence(
                "this service knows no platform {issuer} with client_id {client}",
                issuer=shown(issuer),
                client=shown(client),
            )
        )
    raise refused(
        sentence("this service knows no platform {issuer}, or several: client_id says which", issuer=shown(issuer))
    )


def _redirect(tool: Tool, platform: Platform, parameters: Mapping[str, str], state: str, nonce: str) -> str:
    """The platform's sign-in address; its own query is kept."""
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": tool.launch,
        "login_hint": parameters["login_hint"],
        "state": state,
        "nonce": nonce,
    }
    if "lti_message_hint" in parameters:
        asked["lti_message_hint"] = parameters["lti_message_hint"]
    pieces = urlsplit(platform.authorization_endpoint)
    own = [(name, value) for name, value in parse_qsl(pieces.query, keep_blank_values=True) if name not in asked]
    return pieces._replace(query=urlencode([*own, *asked.items()])).geturl()
