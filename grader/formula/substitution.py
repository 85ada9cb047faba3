"""What may be put in place of what when a graph is evaluated: values, givens, operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from grader.formula.evaluation import Evaluation
    from grader.formula.tree import Expression

NodeId: TypeAlias = "str | tuple[str, int]"
"""A computed name, or one entry of a list that is computed row by row."""


class Site(NamedTuple):
    """One place where something is computed: the node, the position in its formula, the row of a row-wise list."""

    node: str
    position: int
    entry: int | None = None


class NotApplicableError(Exception):
    """A rule that does not apply to an occurrence raises this; the right operation is used then."""


@dataclass(frozen=True)
class Again:
    """A rule's result that is another call: an operation with arguments by name. Two such rules can act together."""

    operation: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Several:
    """A rule's result that is a family: the mistake gives one of these values (or calls), which one is not known."""

    values: tuple[Any, ...]


@dataclass(eq=False, slots=True)
class Occurrence:
    """One operation at work: what is called, with which evaluated arguments, and where.

    `operation` is the name of an operation or helper, or one of + - * / // ** @ for plain arithmetic, whose two
    operands are the arguments. `right` computes the value that the operation itself gives.
    """

    site: Site
    operation: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    expression: Expression
    evaluation: Evaluation
    right: Callable[[], Any]

    def bound(self) -> dict[str, Any]:
        """Every argument by its name in the operation's signature, defaults filled in."""
        return self.evaluation.graph.library.bind(self.operation, self.arguments, self.keywords)

    def again(self, operation: str | None = None, /, **changed: Any) -> Again:
        """The same call with some arguments changed; or a call of another operation with just these arguments."""
        if operation is not None and operation != self.operation:
            return Again(operation, changed)
        return Again(self.operation, {**self.bound(), **changed})

    def value_of(self, result: Any) -> Any:
        """The value of a rule's result, made out where it is another call."""
        return self.evaluation.made_out(result)

    def upstream(self, argument: int | str) -> Occurrence | None:
        """The call whose result this argument is, or None when it is a given or plain arithmetic."""
        return self.evaluation.origin(self, argument)


Rule: TypeAlias = Callable[[Occurrence], Any]
"""Gives the value in place of the operation's own (or an `Again`, or a `Several`), or raises NotApplicableError."""


@dataclass(frozen=True)
class Substitution:
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


NOTHING = Substitution()
