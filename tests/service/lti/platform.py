"""A learning platform on loopback, for tests: lti1p3platform, an implementation by others, behind a small server.

The server answers what a test tells it to, and keeps what it was sent.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService, NamesRoleProvisioningService

from grader.service.lti.login import Tool
from grader.service.lti.platforms import Platform

LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
TOOL = Tool("https://grader.example/cnn")
Reply = tuple[int, Mapping[str, str], bytes]


class Asked(NamedTuple):
    """A request that the server was sent."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]


@cache
def key_pair(name: str) -> tuple[str, str]:
    """A private and a public key as PEM, the same for the same name."""
    assert name
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode(), public.decode()


@cache
def to_sign(pem: str) -> Any:
    """A private key that is loaded once, which takes longer than a launch."""
    return serialization.load_pem_private_key(pem.encode(), None)


@cache
def _kid(pem: str) -> str:
    return str(Registration.get_jwk(pem)["kid"])


class _Registration(Registration):
    """The platform's key, which the library would load three times a launch."""

    def get_platform_private_key(self) -> Any:
        return to_sign(self._platform_private_key)

    def get_kid(self) -> str:
        return _kid(self._platform_private_key)


class _Config(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs: Any) -> None:
        pass

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        raise NotImplementedError

    def use(self, registration: Registration) -> None:
        self._registration = registration


class _Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url: str) -> str:
        return url


class _Request:
    def __init__(self, query: dict[str, str]) -> None:
        self.get_data = query
        self.form_data: dict[str, str] = {}


class _Launch(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        raise NotImplementedError(launch_data, kwargs)


class _Asked:
    """A request as the library's services take it."""

    def __init__(self, asked: Asked) -> None:
        self.method = asked.method
        self.headers = asked.headers
        query = parse_qsl(urlsplit(asked.path).query)
        self.get_data = {name: int(value) for name, value in query if name in ("page", "limit")}
        self.json = json.loads(asked.body or b"null")


class _Gradebook(AssignmentsGradesService):
    """A gradebook that keeps the newest score of each student, and refuses older ones."""

    def __init__(self, asked: Asked, platform: LearningPlatform) -> None:
        super().__init__(_Asked(asked), platform.config, "/items", "/items/1", allow_creating_lineitems=False)
        self.scores = platform.scores

    def update_score(self, line_item_id: str, score: Any) -> UpdateScoreStatus:
        assert line_item_id == "1"
        shown = self.scores.get(score["userId"])
        if shown is not None and score["timestamp"] <= shown["timestamp"]:
            return UpdateScoreStatus.OLD_TIMESTAMP
        self.scores[score["userId"]] = score
        return UpdateScoreStatus.SUCCESS

    def _unused(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(args, kwargs)

    find_lineitems = find_lineitem = create_lineitem = update_lineitem = delete_lineitem = get_results = _unused


class _Roster(NamesRoleProvisioningService):
    def __init__(self, asked: Asked, platform: LearningPlatform) -> None:
        super().__init__(_Asked(asked), platform.config, f"{platform.origin}/members?limit=2")
        self.members = platform.members

    def get_context_by_id(self) -> Context:
        return Context("course-4", "CNN", "Convolutional networks")

    def get_member_data_page(self, page: int = 1, limit: int | None = None, **kwargs: Any) -> Any:
        assert not kwargs
        size = limit or 100
        start = (page - 1) * size
        listed = self.members[start : start + size]
        return {"content": [dict(each) for each in listed], "has_next": start + size < len(self.members)}


class LearningPlatform:
    """The platform: its registration of the tool, its server, and what the server was asked."""

    def __init__(self, origin: str, keys: str = "platform", tool: Tool = TOOL) -> None:
        self.origin = origin
        self.tool = tool
        private, public = key_pair(keys)
        self.registration = (
            _Registration()
            .set_iss("https://lms.example")
            .set_client_id("client-7")
            .set_deployment_id("deployment-3")
            .set_oidc_login_url(tool.login)
            .set_launch_url(tool.launch + "?assignment=cnn-foundations")
            .set_deeplink_launch_url(tool.launch)
            .set_platform_private_key(private)
            .set_platform_public_key(public)
        )
        self.config = _Config()
        self.config.use(self.registration)
        self.asked: list[Asked] = []
        self.scores: dict[str, dict[str, Any]] = {}
        self.members: list[dict[str, Any]] = []
        self.replies: dict[str, Callable[[Asked], Reply]] = {
            "GET /jwks": lambda _: json_reply(self.config.get_jwks()),
            "POST /token": self._token,
            "POST /items/1/scores": self._score,
            "GET /members": self._members,
        }

    @property
    def known(self) -> Platform:
        """What lti.toml says of the platform."""
        return Platform(
            issuer="https://lms.example",
            client_id="client-7",
            deployment_ids=["deployment-1", "deployment-3"],
            authorization_endpoint=f"{self.origin}/auth?tenant=5",
            token_endpoint=f"{self.origin}/token",
            jwks_url=f"{self.origin}/jwks",
        )

    def opened(self, student: str = "student-01") -> dict[str, str]:
        """The parameters with which it opens the tool."""
        login = _Login(None, self.config)
        login.set_lti_message_hint(hint="message-9")
        address = login.initiate_login(student)
        assert address.startswith(self.tool.login + "?")
        return dict(parse_qsl(urlsplit(address).query))

    def message(self, redirect: str) -> _Launch:
        """The launch that answers the tool's redirect, to be told more before it is signed."""
        assert redirect.startswith(f"{self.origin}/auth?tenant=5&")
        launch = _Launch(_Request(dict(parse_qsl(urlsplit(redirect).query))), self.config)
        launch._registration = self.registration
        launch.set_resource_link_claim("link-2", title="Homework 1")
        launch.set_launch_context_claim("course-4", context_title="CNN")
        return launch

    def form(self, redirect: str, student: str = "student-01", role: str = LEARNER) -> dict[str, str]:
        """The form that the browser sends to the tool, with the scores' service."""
        launch = self.message(redirect)
        launch.set_user_data(student, [role], full_name="Student One", email_address="one@example.org")
        launch.set_ags(f"{self.origin}/items", f"{self.origin}/items/1?type_id=1", allow_creating_lineitems=False)
        launch.set_nrps(f"{self.origin}/members")
        return sent(launch)

    def answers(self, request: str, *replies: Reply) -> None:
        """Answer a request such as `GET /jwks` with these replies one after another, and with the last one for good."""
        left = list(replies)
        self.replies[request] = lambda _: left.pop(0) if len(left) > 1 else left[0]

    def sent_to(self, request: str) -> list[Asked]:
        """What was sent to an address such as `POST /token`, whatever its query."""
        return [asked for asked in self.asked if f"{asked.method} {urlsplit(asked.path).path}" == request]

    def _score(self, asked: Asked) -> Reply:
        service = _Gradebook(asked, self)
        answer = service.handle_resp(service.handle_update_score, line_item_id="1")
        return answer.code, {"Content-Type": "text/plain"}, b""

    def _members(self, asked: Asked) -> Reply:
        service = _Roster(asked, self)
        answer = service.handle_resp(service.handle_get_members)
        following = (answer.result or {}).pop("next", None)
        if following is not None:
            parts = following.split("?")
            following = f"{parts[0]}?{parts[-1]}"
        return json_reply(answer.result, answer.code, {"Link": f"<{following}>; rel=next"} if following else {})

    def _token(self, asked: Asked) -> Reply:
        return json_reply(self.config.get_access_token(dict(parse_qsl(asked.body.decode()))))


def sent(launch: _Launch) -> dict[str, str]:
    """What a launch puts into the form."""
    launch.validate_preflight_response(launch.get_preflight_response())
    assert launch._redirect_url == launch._registration.get_launch_url().partition("?")[0]
    return dict(launch.generate_launch_request())


def json_reply(values: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A reply with JSON."""
    return status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(values).encode()


@contextmanager
def learning_platform(keys: str = "platform", tool: Tool = TOOL) -> Iterator[LearningPlatform]:
    """A platform whose server runs until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply("GET")

        def do_POST(self) -> None:
            self._reply("POST")

        def _reply(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(method, self.path, body, dict(self.headers))
            platform.asked.append(asked)
            reply = platform.replies.get(f"{method} {urlsplit(self.path).path}")
            status, headers, content = reply(asked) if reply else (404, {}, b"")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked is gone
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    platform = LearningPlatform(f"http://127.0.0.1:{server.server_port}", keys, tool)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
