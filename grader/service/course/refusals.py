"""Refusals as one sentence, independent of how a page or a call presents them."""

from __future__ import annotations

from grader.errors import GraderError
from grader.messages import sentence


class MissingError(GraderError):
    """No such thing exists, or not for this person: the two are not distinguished."""

    def __init__(self) -> None:
        """With its one sentence."""
        super().__init__(sentence("there is nothing here by this name, or it is not yours"))


class UnusableError(GraderError):
    """An assignment that its author has to fix; the reason, which may quote the solution, is for staff only."""

    def __init__(self) -> None:
        """With its one sentence."""
        super().__init__(sentence("this assignment cannot be used at the moment; the staff can see why"))


class DeniedError(GraderError):
    """This person may not do that."""


class OvertakenError(GraderError):
    """Somebody else made a change in between; nothing was overwritten."""

    @classmethod
    def in_between(cls) -> OvertakenError:
        """With the sentence about a mark."""
        return cls(sentence("somebody else has given this part another mark in the meantime: nothing was overwritten"))
