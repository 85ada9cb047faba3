"""Why a sign-in from a platform, or something else that LTI carries, is refused: always one sentence."""

from __future__ import annotations

from grader.errors import GraderError
from grader.messages import Sentence, sentence


class RefusedLaunchError(GraderError):
    """The sign-in is refused; nobody is signed in, and nothing has changed."""


class CookieBlockedError(RefusedLaunchError):
    """The browser did not send the cookie back, as some do inside of frames: the page may offer a new window."""

    def __init__(self, again: str) -> None:
        """Keep the address that begins the same sign-in again; the page links to it with `target="_blank"`."""
        super().__init__(
            sentence("this browser keeps no cookies inside of another site's page: go on in a window of its own")
        )
        self.again = again


class UnreachableError(GraderError):
    """Another server did not give an answer that can be used; trying again later may help."""


def refused(said: Sentence) -> RefusedLaunchError:
    """The error that carries the sentence."""
    return RefusedLaunchError(said)
