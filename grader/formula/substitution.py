"""What can be replaced in a question's graph, where, and by what: a value, a given, or the operation of one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from grader.errors import AuthorError
from grader.formula.tree import Call, Expression, Name
from grader.structs import Struct

if TYPE_CHECKING:
    from grader.formula.evaluation import Evaluation
    from grader.formula.rows import RowPlace

NodeId: TypeAlias = "str | tuple[str, int]"
"""A computed name, or one entry of a list that is computed row by row."""


class Site(NamedTuple):
    """One place where something is computed: the node, the position in its formula, the row of a row-wise list."""

    node: str
    position: int
    entry: int | None = None


class NotApplicableError(Exception):
    """Raised by a rule that does not apply to an occurrence; the operation itself is used then."""


UNFIT_FOR_A_RULE = (ValueError, ArithmeticError, IndexError)
"""What a rule may raise for unfit arguments."""
NOT_MADE_HERE = (NotApplicableError, AuthorError, *UNFIT_FOR_A_RULE)
"""What a rule may raise for a call where its mistake cannot be made; anything else is a bug in the rule."""


class ChangedCall(Struct):
    """A rule's result as another call: an operation with named arguments. Two such rules can act together."""

    operation: str
    arguments: Mapping[str, Any]


class Alternatives(Struct):
    """A rule's result where the mistake may give any of several values (or calls)."""

    values: tuple[Any, ...]


class Occurrence(Struct, eq=False, frozen=False):
    """One call to an operation: what is called, with which evaluated arguments, and where.

    `operation` is the name of an operation or helper, or one of + - * / // ** @ for plain arithmetic, whose two
    operands are the arguments, or () for a shape that is written out, whose sizes they are. `place` is the row of a
    row-wise list; `changed_to` the call that another rule has turned it into.
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
        """The rows that a row of a row-wise list reads, by number, with -1 for the start."""
        return () if self.place is None else self.place.row.sources

    def right(self) -> Any:
        """The value of the operation itself."""
        return self.evaluation.right(self)

    def bound(self) -> dict[str, Any]:
        """Every argument by its name in the operation's signature, defaults filled in."""
        return self.evaluation.graph.library.bind(self.operation, self.arguments, self.keywords)

    def changed(self, operation: str | None = None, /, **arguments: Any) -> ChangedCall:
        """The same call with some arguments changed; or a call to another operation with only these arguments."""
        if operation is not None and operation != self.operation:
            return ChangedCall(operation, arguments)
        return ChangedCall(self.operation, {**self.bound(), **arguments})

    def value_of(self, result: Any) -> Any:
        """The value of a rule's result, computed where it is a call.

        Raises:
            AuthorError: where the call cannot be computed.
        """
        return self.evaluation.resolve(self, result)

    def argument(self, argument: int | str) -> Expression | None:
        """The expression of an argument, or of an operand by its position; None if it is not written."""
        expression = self.expression
        if not isinstance(expression, Call):
            parts = expression.parts
            return parts[argument] if isinstance(argument, int) and argument < len(parts) else None
        named = dict(expression.keywords)
        if argument in named:
            return named[argument]
        library = self.evaluation.graph.library
        place = argument if isinstance(argument, int) else library.position(self.operation, argument)
        return expression.arguments[place] if place is not None and place < len(expression.arguments) else None

    def upstream(self, argument: int | str) -> Occurrence | None:
        """The call whose result this argument is, or None when it is a given or plain arithmetic."""
        evaluation, node, expression = self.evaluation, self.site.node, self.argument(argument)
        while isinstance(expression, Name):
            node = expression.id
            if node not in evaluation.graph.nodes or node in evaluation.substitution.values:
                return None
            expression = evaluation.graph.nodes[node].expression
        return None if expression is None else evaluation.record(Site(node, expression.position))


Rule: TypeAlias = Callable[[Occurrence], Any]
"""Returns the value that replaces the operation's, a ChangedCall or Alternatives; or raises NotApplicableError."""


class Substitution(Struct):
    """What replaces what; nothing by default.

    `values` replace computed nodes (or entries of row-wise lists), `givens` replace givens and set symbols,
    `operations` replace the operation at single sites.
    """

    values: Mapping[NodeId, Any] = field(default_factory=dict)
    givens: Mapping[str, Any] = field(default_factory=dict)
    operations: Mapping[Site, Rule] = field(default_factory=dict)

    @property
    def touched(self) -> frozenset[str]:
        """The nodes at which values or operations are replaced."""
        nodes = {key if isinstance(key, str) else key[0] for key in self.values}
        return frozenset(nodes | {site.node for site in self.operations})


NO_SUBSTITUTION = Substitution()
