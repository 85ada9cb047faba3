"""A tool that knows one platform, and a browser that keeps its cookies, for tests."""

from __future__ import annotations

from grader.messages import Sentence
from grader.service.lti.client import Client
from grader.service.lti.keysets import KeySets
from grader.service.lti.launch import Launch, launch
from grader.service.lti.login import Begun, begin
from grader.service.lti.platforms import Platforms
from grader.service.lti.refusal import RefusedLaunchError
from grader.service.lti.stored import PendingLogin
from tests.service.lti.platform import TOOL, LearningPlatform


class Stored:
    """Pending sign-ins in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, PendingLogin] = {}

    def add(self, login: PendingLogin) -> None:
        assert login.key not in self.rows
        self.rows[login.key] = login

    def take(self, key: str) -> PendingLogin | None:
        return self.rows.pop(key, None)


class Visited:
    """The tool, at a time that a test sets."""

    def __init__(self, platform: LearningPlatform, client: Client, now: float) -> None:
        self.platform = platform
        self.platforms = Platforms([platform.known])
        self.logins = Stored()
        self.now = now
        self.seconds = 0.0
        self.key_sets = KeySets(client, clock=lambda: self.seconds)

    def begin(self, cookies: dict[str, str], **changed: str) -> Begun:
        """The platform opens the tool in a browser with these cookies, which get one more."""
        begun = begin(TOOL, self.platforms, self.platform.opened() | changed, self.logins, self.now)
        cookies[begun.cookie.name] = begun.cookie.value
        return begun

    def launch(self, form: dict[str, str], cookies: dict[str, str]) -> Launch:
        """The browser sends the platform's form."""
        return launch(TOOL, self.platforms, self.key_sets, form, cookies, self.logins, self.now)

    def refused(self, form: dict[str, str], cookies: dict[str, str]) -> str:
        """The sentence with which the form is refused."""
        try:
            self.launch(form, cookies)
        except RefusedLaunchError as error:
            assert isinstance(error.said, Sentence)
            return str(error)
        raise AssertionError("the launch was accepted")
