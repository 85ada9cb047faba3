"""Refusals of sign-ins and other LTI requests, each with one sentence."""

from __future__ import annotations

from grader.errors import GraderError
from grader.messages import Sentence, sentence


class RefusedLaunchError(GraderError):
    """The sign-in is refused; nobody is signed in, and nothing has changed."""


class CookieBlockedError(RefusedLaunchError):
    """The browser did not send the cookie back, as some do not inside frames: the page may offer a new window."""

    def __init__(self, again: str) -> None:
        """Store the address that starts the same sign-in again, which the page links to with `target="_blank"`."""
        super().__init__(
            sentence("this browser keeps no cookies inside of another site's page: go on in a window of its own")
        )
        self.again = again


class UnreachableError(GraderError):
    """Another server gave no usable response; trying again later may help."""


def refused(said: Sentence) -> RefusedLaunchError:
    """The error that carries the sentence."""
    return RefusedLaunchError(said)
