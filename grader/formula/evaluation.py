"""Evaluating a graph under a substitution: for keys, errors carried forward, and hypotheses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from grader.errors import AuthorError, Place
from grader.formula.arithmetic import as_array, is_array, plain
from grader.formula.nodes import Node, RowsNode, ScanNode
from grader.formula.operators import OPERATORS, SHAPE_OPERATOR, signed
from grader.formula.substitution import (
    UNFIT_FOR_A_RULE,
    Alternatives,
    ChangedCall,
    NodeId,
    NotApplicableError,
    Occurrence,
    Site,
    Substitution,
)
from grader.formula.tree import Binary, Call, Constant, Expression, Index, Name, Sequence, Slice, Unary
from grader.messages import Sentence, sentence

if TYPE_CHECKING:
    from grader.formula.graph import Graph
    from grader.formula.rows import RowPlace, RowTable

UNFIT = (ValueError, TypeError, ArithmeticError, IndexError, KeyError, AttributeError, MemoryError)
"""What operations raise for unfit arguments; anything else is a bug of ours."""


class Evaluation:
    """The values of a graph under one substitution, computed on demand.

    With a `base` (an evaluation of the same graph), the givens and the nodes that the substitution does not affect are
    taken from there.
    """

    def __init__(self, graph: Graph, substitution: Substitution, base: Evaluation | None = None) -> None:
        """Nothing is computed yet."""
        self.graph = graph
        self.substitution = substitution
        self.base = base
        self.records: dict[Site, Occurrence] = {}
        self.results: dict[Site, Any] = {}
        self.continued: set[str] = set()  # row-wise lists that fall back on the base's rows
        self.tables: dict[str, RowTable] = {}
        self._values: dict[str, Any] = {}
        self._computed: dict[NodeId, Any] = {}
        self._running: set[str] = set()
        self._failed: dict[str, AuthorError] = {}
        self._givens: dict[str, Any] = {**(base._givens if base else graph.givens), **substitution.givens}
        touched = set(substitution.touched)
        self.reached = touched.union(
            *(graph.descendants[name] for name in touched), *(graph.readers(name) for name in substitution.givens)
        )

    def extended(self, substitution: Substitution) -> Evaluation:
        """The same graph under a further substitution; this evaluation is the base."""
        return Evaluation(self.graph, substitution, self)

    def given(self, name: str) -> Any:
        """The value of a given or of a symbol."""
        return self._givens[name]

    def value(self, name: str) -> Any:
        """The value of a name under the substitution.

        Raises:
            AuthorError: where a formula cannot be computed, with question, name and column.
        """
        if name not in self._values:
            needed = self._needed(name)
            for node in needed:
                self._values[node] = self._evaluated(node)
        return self._values[name]

    def computed(self, node: NodeId) -> Any:
        """What the graph computes at a node, even if a substitution replaces its value."""
        name = node if isinstance(node, str) else node[0]
        if isinstance(node, str):
            if node not in self.substitution.values:
                return self.value(node)
            if node not in self._computed:
                for read in sorted(self.graph.nodes[node].reads & self.graph.nodes.keys()):
                    self.value(read)
                self._computed[node] = self._node(self.graph.nodes[node])
            return self._computed[node]
        self.value(name)
        return self._computed[node] if node in self._computed else self.value(name)[node[1]]

    def _needed(self, name: str) -> list[str]:
        """The nodes to compute for a name, in order; a substituted node needs none."""
        needed: set[str] = set()
        waiting = [name]
        while waiting:
            node = waiting.pop()
            if node in self._values or node in needed:
                continue
            needed.add(node)
            if node not in self.substitution.values and not self._from_base(node):
                waiting.extend(self.graph.nodes[node].reads & self.graph.nodes.keys())
        return [node for node in self.graph.order if node in needed]

    def _from_base(self, name: str) -> bool:
        return self.base is not None and name not in self.reached

    def _evaluated(self, name: str) -> Any:
        if name in self.substitution.values:
            return self.substitution.values[name]
        if self.base is not None and name not in self.reached:
            return self.base.value(name)
        if name in self._running:
            raise NotApplicableError  # a rule asked for the value that it is about to replace
        if name in self._failed:
            raise self._failed[name]
        self._running.add(name)
        try:
            return self._node(self.graph.nodes[name])
        except AuthorError as error:
            self._failed[name] = AuthorError(error.said, error.place)
            raise
        finally:
            self._running.discard(name)

    def _node(self, node: Node) -> Any:
        try:
            if isinstance(node, ScanNode | RowsNode):
                from grader.formula.rows import entries

                return entries(self, node)
            return plain(self.expression(node.name, node.expression))
        except AuthorError as error:
            raise error.at(question=self.graph.question, name=node.name) from error

    def row(self, node: ScanNode | RowsNode, operation: str, place: RowPlace, arguments: tuple[Any, ...]) -> Any:
        """The value of one row of a row-wise list."""
        site = Site(node.name, node.expression.position, place.number)
        computed = self._occurrence(site, operation, arguments, {}, node.expression, place)
        at = (node.name, place.number)
        if at not in self.substitution.values:
            return computed
        self._computed[at] = computed
        return self.substitution.values[at]

    def entries_before(self, node: ScanNode | RowsNode) -> list[Any] | None:
        """The list as computed in the base, if nothing in it is substituted there."""
        base = self.base
        found = None if base is None else base.computed_entries(node.name)
        while base is not None and found is not None:
            if node.name in base.substitution.touched:
                return None
            base = base.base
        return found

    def computed_entries(self, name: str) -> list[Any] | None:
        """The list of a node, if it has been computed here or in the base."""
        where: Evaluation | None = self
        while where is not None:
            if name in where._values:
                return where._values[name]  # type: ignore[no-any-return]
            if name in where.reached:
                return None
            where = where.base
        return None

    def expression(self, node: str, expression: Expression) -> Any:
        """The value of an expression in the formula of a node."""
        match expression:  # the most frequent first
            case Name(id=name):
                return self._values[name] if name in self._values else self._givens_or_value(name)
            case Constant(value=value):
                return value
            case Binary(operator=symbol, left=left, right=right):
                operands = (self.expression(node, left), self.expression(node, right))
                return self._occurrence(Site(node, expression.position), symbol, operands, {}, expression)
            case Index(base=base, indices=indices):
                value = self.expression(node, base)
                index = tuple(self._index(node, item) for item in indices)
                return self.guarded(expression, "indexing", lambda: _indexed(value, index))
            case Call(function=function):
                arguments = tuple(self.expression(node, argument) for argument in expression.arguments)
                keywords = {name: self.expression(node, value) for name, value in expression.keywords}
                return self._occurrence(Site(node, expression.position), function, arguments, keywords, expression)
            case Unary(operator=sign, operand=operand):
                value = self.expression(node, operand)
                return self.guarded(expression, sign, lambda: signed(sign, value))
            case Sequence(items=items, is_tuple=is_tuple):
                values = [self.expression(node, item) for item in items]
                if not is_tuple:
                    return values
                return self._occurrence(Site(node, expression.position), SHAPE_OPERATOR, tuple(values), {}, expression)
        raise self.error(expression, sentence("a slice is allowed only inside an index"))

    def _givens_or_value(self, name: str) -> Any:
        return self._givens[name] if name in self._givens else self.value(name)

    def _index(self, node: str, expression: Expression) -> Any:
        if not isinstance(expression, Slice):
            return self.expression(node, expression)
        bounds = (expression.start, expression.stop, expression.step)
        return slice(*(None if bound is None else self.expression(node, bound) for bound in bounds))

    def _occurrence(
        self,
        site: Site,
        operation: str,
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
        expression: Expression,
        place: RowPlace | None = None,
    ) -> Any:
        record = Occurrence(site, operation, arguments, keywords, expression, self, place)
        self.records[site] = record
        rule = self.substitution.operations.get(site)
        if rule is None:
            result = self.right(record)
        else:
            try:
                made = self.guarded(expression, place or operation, lambda: rule(record), UNFIT_FOR_A_RULE)
                result = plain(self.resolve(record, made))
            except NotApplicableError:
                result = self.right(record)
        self.results[site] = result
        return result

    def right(self, record: Occurrence) -> Any:
        """The value of the operation itself at an occurrence."""
        operation, arguments, place = record.operation, record.arguments, record.place
        if record.changed_to is not None:
            return self.resolve(record, record.changed_to)
        try:
            if operation in OPERATORS:
                return OPERATORS[operation](*arguments)
            if place is not None and place.table.layers:
                return plain(self.graph.library.call_row(operation, arguments, place.key))
            return plain(self.graph.library.call(operation, arguments, record.keywords))
        except UNFIT as error:
            raise self._unfit(record.expression, place or operation, error) from error

    def resolve(self, record: Occurrence, made: Any) -> Any:
        """The value of a rule's result at an occurrence: of its call, or of its first alternative."""
        if isinstance(made, Alternatives):
            return self.resolve(record, made.values[0])
        if not isinstance(made, ChangedCall):
            return made
        call = partial(self.graph.library.call, made.operation, (), dict(made.arguments))
        return self.guarded(record.expression, record.place or made.operation, call)

    def guarded(
        self,
        expression: Expression,
        operation: str | RowPlace,
        action: Callable[[], Any],
        unfit: tuple[type[Exception], ...] = UNFIT,
    ) -> Any:
        """The value of an action; errors for unfit arguments become an AuthorError with the column."""
        try:
            return action()
        except unfit as error:
            raise self._unfit(expression, operation, error) from error

    def _unfit(self, expression: Expression, operation: str | RowPlace, error: Exception) -> AuthorError:
        reason = str(error) or type(error).__name__
        if not isinstance(operation, str):
            reason, operation = operation.located(reason), operation.word
        return self.error(expression, sentence("{operation}: {reason}", operation=operation, reason=reason))

    def error(self, expression: Expression, said: Sentence) -> AuthorError:
        """An AuthorError in a formula, with the column and the givens involved."""
        names = [part.id for part in expression.parts if isinstance(part, Name) and part.id in self.graph.givens]
        return AuthorError(said, Place(column=expression.column, givens=tuple(dict.fromkeys(names))))

    @property
    def known(self) -> frozenset[str]:
        """The nodes whose values have been computed or substituted so far."""
        return frozenset(self._values)

    def result(self, site: Site) -> Any:
        """The value computed at a site, here or in the base; None where nothing was computed."""
        if site in self.results:
            return self.results[site]
        return None if self.base is None else self.base.result(site)

    def live_nodes(self, name: str, ends: frozenset[str] = frozenset()) -> frozenset[str]:
        """A name and the nodes it is computed from, not going beyond a substituted value or one of `ends`."""
        replaced = {node if isinstance(node, str) else node[0] for node in self.substitution.values} | (ends - {name})
        found, waiting = {name}, [name]
        while waiting:
            for read in self.graph.nodes[waiting.pop()].reads & self.graph.nodes.keys():
                if read not in found and read not in replaced:
                    found.add(read)
                    waiting.append(read)
        return frozenset(found)

    def occurrences(self, name: str, ends: frozenset[str] = frozenset()) -> list[Occurrence]:
        """Everything that was called to compute a name's live nodes, here and in the bases, in the order of the graph.

        Only what has been computed so far is found.
        """
        nodes = self.live_nodes(name, ends)
        found: dict[Site, Occurrence] = {}
        at: Evaluation | None = self
        while at is not None:
            for site, record in at.records.items():
                if site.node not in nodes or site in found:
                    continue
                if at is self or site.node not in self.reached:
                    found[site] = record
                elif site.node in self.continued:
                    found[site] = replace(record, evaluation=self)
            at = at.base
        place = {name: index for index, name in enumerate(self.graph.order)}
        ordered = sorted(found, key=lambda site: (place[site.node], site.position, site.entry or 0))
        return [found[site] for site in ordered]

    def record(self, site: Site) -> Occurrence | None:
        """What was called at a site, here or in the base."""
        found = self.records.get(site)
        return found if found is not None or self.base is None else self.base.record(site)


def _indexed(value: Any, index: tuple[Any, ...]) -> Any:
    if isinstance(value, dict) and len(index) == 1:
        return value[index[0]]
    if not is_array(value):
        raise ValueError(f"expected a list to take an entry of, received {value!r}")
    if len(index) == 1 and isinstance(value, list | tuple):
        return plain(value[index[0]])
    return plain(as_array(value)[index])
