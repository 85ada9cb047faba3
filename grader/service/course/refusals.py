"""Why something is not done for somebody, as one sentence; how a page or a call says it is not known here."""

from __future__ import annotations

from grader.errors import GraderError
from grader.messages import sentence


class MissingError(GraderError):
    """There is no such thing, or not for this person: the two are not told apart."""

    def __init__(self) -> None:
        """With its one sentence."""
        super().__init__(sentence("there is nothing here by this name, or it is not yours"))


class DeniedError(GraderError):
    """This person may not do it."""


class OvertakenError(GraderError):
    """Somebody else did something in between; nothing was overwritten."""

    @classmethod
    def in_between(cls) -> OvertakenError:
        """With the sentence about a mark."""
        return cls(sentence("somebody gave this part another mark in between: nothing was overwritten"))
