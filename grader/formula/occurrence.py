"""An operation at work, as the rules of misconceptions see it, and what such a rule may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from grader.errors import AuthorError
from grader.formula.sites import Site

if TYPE_CHECKING:
    from grader.formula.evaluation import Evaluation
    from grader.formula.rows import RowPlace
    from grader.formula.tree import Expression


class NotApplicableError(Exception):
    """Raised by a rule that does not apply to an occurrence; the operation itself is used then."""


NOT_MADE_HERE = (NotApplicableError, AuthorError, ValueError, TypeError, ArithmeticError, IndexError)
"""What a rule may raise for a call at which its mistake cannot be made; anything else is a fault of the rule."""


@dataclass(frozen=True)
class ChangedCall:
    """A rule's result that is another call: an operation with arguments by name. Two such rules can act together."""

    operation: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Alternatives:
    """A rule's result where the mistake gives one of several values (or calls), and it is not known which."""

    values: tuple[Any, ...]


@dataclass(eq=False, slots=True)
class Occurrence:
    """One operation at work: what is called, with which evaluated arguments, and where.

    `operation` is the name of an operation or helper, or one of + - * / // ** @ for plain arithmetic, whose two
    operands are the arguments. `place` is the row of a row-wise list; `changed_to` the call that another rule has made
    of it.
    """

    site: Site
    operation: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    expression: Expression
    evaluation: Evaluation
    place: RowPlace | None = None
    changed_to: ChangedCall | None = None

    @property
    def sources(self) -> tuple[int, ...]:
        """The rows that a row of a row-wise list reads: the numbers of those before it, or -1 for the start."""
        return () if self.place is None else self.place.row.sources

    def right(self) -> Any:
        """The value of the operation itself."""
        return self.evaluation.right(self)

    def bound(self) -> dict[str, Any]:
        """Every argument by its name in the operation's signature, defaults filled in."""
        return self.evaluation.graph.library.bind(self.operation, self.arguments, self.keywords)

    def changed(self, operation: str | None = None, /, **arguments: Any) -> ChangedCall:
        """The same call with some arguments changed; or a call of another operation with just these arguments."""
        if operation is not None and operation != self.operation:
            return ChangedCall(operation, arguments)
        return ChangedCall(self.operation, {**self.bound(), **arguments})

    def value_of(self, result: Any) -> Any:
        """The value of a rule's result, computed where it is a call."""
        return self.evaluation.resolve(result)

    def upstream(self, argument: int | str) -> Occurrence | None:
        """The call whose result this argument is, or None when it is a given or plain arithmetic."""
        return self.evaluation.origin(self, argument)


Rule: TypeAlias = Callable[[Occurrence], Any]
"""Returns the value in place of the operation's own, a ChangedCall or Alternatives; or raises NotApplicableError."""
