"""Compiling a question's formulas to nodes: names and calls are checked, and row-wise lists become nodes too."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from grader.errors import AuthorError, Place
from grader.formula.library import Library
from grader.formula.nodes import Node, RowsNode, ScanNode
from grader.formula.parse import parse
from grader.formula.row_wise import OF_WHOLE_LAYERS, OUTPUT_SHAPES, ROW_WISE, SCAN, Reads, RowWise
from grader.formula.tree import Call, Constant, Expression, Index, Name, Unary
from grader.messages import Sentence, sentence
from grader.messages.names import all_near

MAX_NAMES = 500
CONSTANTS = {"pi": math.pi, "e": math.e, "any": math.nan}
"""Names that every question has unless it redefines them; `any` is an entry that is not asked for."""


def compile_table(
    question: str, compute: Mapping[str, str], givens: Mapping[str, Any], symbols: Iterable[str], library: Library
) -> dict[str, Node]:
    """The nodes of a question, including hidden ones for row-wise lists inside formulas.

    Args:
        question: its id, for messages.
        compute: formulas by name.
        givens: their values by name.
        symbols: the names of the symbols.
        library: the callable functions.

    Raises:
        AuthorError: for formulas that cannot be parsed, unknown names and functions, calls that cannot fit.
    """
    if len(compute) > MAX_NAMES:
        said = sentence(
            "expected at most {limit} formulas in a question, received {count}", limit=MAX_NAMES, count=len(compute)
        )
        raise AuthorError(said, Place(question=question))
    compiler = _Compiler(question, {*compute, *givens, *symbols}, library)
    trees = {name: compiler.with_constants(parse(text, question, name)) for name, text in compute.items()}
    for name, tree in trees.items():
        compiler.check(name, tree)
    layers = _nested(givens)
    trees = {name: _by_rows(tree, layers) for name, tree in trees.items()}
    for name, tree in trees.items():
        compiler.register(name, compute[name], tree)
    for name, tree in trees.items():
        compiler.finish(name, compute[name], tree)
    return compiler.nodes


class _Compiler:
    def __init__(self, question: str, known: set[str], library: Library) -> None:
        self.question = question
        self.known = known
        self.library = library
        self.nodes: dict[str, Node] = {}
        self.scans: dict[str, str] = {}

    def error(self, name: str, expression: Expression, said: Sentence) -> AuthorError:
        return AuthorError(said, Place(question=self.question, name=name, column=expression.column))

    def with_constants(self, tree: Expression) -> Expression:
        """The tree with pi and e as numbers, unless the question defines these names."""
        if isinstance(tree, Name) and tree.id in CONSTANTS and tree.id not in self.known:
            return Constant(tree.position, tree.column, CONSTANTS[tree.id])
        return tree.with_parts(tuple(self.with_constants(part) for part in tree.parts))

    def check(self, name: str, tree: Expression) -> None:
        """Check that names are known, functions exist, and calls fit their signatures."""
        operators = {id(call.arguments[0]) for call in tree.walk() if isinstance(call, Call) and _is_scan(call)}
        for part in tree.walk():
            if isinstance(part, Name) and id(part) not in operators and part.id not in self.known:
                raise self.unknown_name(name, part)
            if isinstance(part, Call):
                self.check_call(name, part)

    def unknown_name(self, name: str, part: Name) -> AuthorError:
        if part.id in self.library:
            return self.error(name, part, sentence("{word} is an operation: call it as {word}(...)", word=part.id))
        return self.error(
            name,
            part,
            sentence(
                "unknown name {word!r}{nearest}; known here: {known}",
                word=part.id,
                nearest=_meant(part.id, self.known),
                known=", ".join(sorted(filter(str.isidentifier, self.known))),
            ),
        )

    def check_call(self, name: str, call: Call) -> None:
        if call.function == SCAN.name:
            return self.check_scan(name, call)
        if call.function not in self.library and call.function in self.known:
            said = sentence(
                "{word} is a name and no operation: for a product write {word} * (...), for an entry {word}[...]",
                word=call.function,
            )
            raise self.error(name, call, said)
        if call.function not in self.library:
            raise self.error(
                name,
                call,
                sentence(
                    "unknown operation {word!r}{nearest}; `grader operations` lists them",
                    word=call.function,
                    nearest=_meant(call.function, self.library.names),
                ),
            )
        arguments = self.library.arguments(call.function)
        strange = [] if arguments is None else [key for key, _ in call.keywords if key not in arguments]
        if arguments is not None and strange:
            said = sentence(
                "{operation} has no argument {word!r}{nearest}; it takes {allowed}",
                operation=call.function,
                word=strange[0],
                nearest=_meant(strange[0], arguments),
                allowed=", ".join(arguments),
            )
            raise self.error(name, call, said)
        try:
            self.library.check(call.function, len(call.arguments), [key for key, _ in call.keywords])
        except TypeError as error:
            raise self.error(
                name,
                call,
                sentence("wrong arguments for {operation}: {reason}", operation=call.function, reason=str(error)),
            ) from None
        return None

    def check_scan(self, name: str, call: Call) -> None:
        bound = SCAN.bound(call)
        if bound is None:
            raise self.error(
                name,
                call,
                sentence("scan takes an operation, a start and a list of items: scan(operation, start, items)"),
            )
        operation = bound["operation"]
        if not isinstance(operation, Name) or operation.id not in self.library:
            word = operation.id if isinstance(operation, Name) else operation.spelling
            raise self.error(
                name,
                operation,
                sentence(
                    "scan expects the name of an operation first, received {word!r}{nearest}",
                    word=word,
                    nearest=_meant(word, self.library.names),
                ),
            )
        try:
            self.library.check(operation.id, 2, [])
        except TypeError as error:
            raise self.error(
                name,
                call,
                sentence(
                    "scan cannot call {operation} on an entry and an item: {reason}",
                    operation=operation.id,
                    reason=str(error),
                ),
            ) from None

    def register(self, name: str, text: str, tree: Expression) -> None:
        """Register names that are row-wise lists themselves first, so that others can share their rows."""
        found = _row_wise(tree)
        if found is None or any(_row_wise(part) for part in tree.walk() if part is not tree):
            return
        kind, bound = found
        if kind.reads is Reads.PREVIOUS and kind.last_of is None:
            self.nodes[name] = self.row_wise(name, text, tree, kind, bound)
            self.scans.setdefault(_key(kind, bound), name)

    def finish(self, name: str, text: str, tree: Expression) -> None:
        """Lift the row-wise lists out of a formula and store the rest."""
        if name in self.nodes:
            return
        if _row_wise(tree):
            inside = tree.with_parts(tuple(self.lift(part) for part in tree.parts))
            found = _row_wise(inside)
            if found is not None and found[0].last_of is None:
                self.nodes[name] = self.row_wise(name, text, inside, *found)
                return
        self.nodes[name] = Node(name, text, self.lift(tree))

    def lift(self, tree: Expression) -> Expression:
        """The tree with hidden names in place of its row-wise lists."""
        inside = tree.with_parts(tuple(self.lift(part) for part in tree.parts))
        found = _row_wise(inside)
        if found is None:
            return inside
        kind, bound = found
        at = (inside.position, inside.column)
        if kind.last_of is None:
            return Name(*at, self.hidden(kind, inside, bound))
        rows = Name(*at, self.hidden(ROW_WISE[kind.last_of], inside, bound))
        return Index(*at, rows, (Unary(*at, "-", Constant(*at, 1)),))

    def hidden(self, kind: RowWise, call: Expression, bound: dict[str, Expression]) -> str:
        """The name of the list's node, which is created unless some formula already has it."""
        key = _key(kind, bound)
        if key not in self.scans:
            self.scans[key] = key
            self.nodes[key] = self.row_wise(key, key, call, kind, bound)
        return self.scans[key]

    def row_wise(
        self, name: str, text: str, call: Expression, kind: RowWise, bound: dict[str, Expression]
    ) -> ScanNode | RowsNode:
        if kind.row is None:
            operation = bound["operation"]
            word = operation.id if isinstance(operation, Name) else ""
            return ScanNode(name, text, call, word, bound["start"], bound["items"], word)
        if kind.reads is Reads.PREVIOUS:
            start = bound.get("input_shape", Constant(call.position, call.column, 1))
            return ScanNode(name, text, call, kind.row, start, bound["layers"], kind.name, kind.join, kind.jumps)
        shapes = self.hidden(OUTPUT_SHAPES, call, bound)
        arguments = tuple((key, bound[key]) for key in kind.optional if key in bound)
        after = kind.reads is Reads.SHAPE_AFTER
        return RowsNode(name, text, call, kind.row, shapes, bound["layers"], kind.name, after, arguments)


def _meant(word: str, allowed: Iterable[str]) -> Sentence | str:
    near: list[Sentence | str] = [*all_near(word, sorted(allowed))]
    if not near:
        return ""
    either = reduce(lambda one, other: sentence("{one} or {other}", one=one, other=other), near)
    return sentence(": did you mean {nearest}?", nearest=either)


def _is_scan(call: Call) -> bool:
    return call.function == SCAN.name and bool(call.arguments)


def _row_wise(part: Expression) -> tuple[RowWise, dict[str, Expression]] | None:
    """The row-wise operation that an expression calls, with its arguments by name."""
    if not isinstance(part, Call) or part.function not in ROW_WISE:
        return None
    kind = ROW_WISE[part.function]
    bound = kind.bound(part)
    if bound is not None and kind is SCAN and bound["operation"].spelling == OUTPUT_SHAPES.row:
        return OUTPUT_SHAPES, {"input_shape": bound["start"], "layers": bound["items"]}
    return None if bound is None else (kind, bound)


def _key(kind: RowWise, bound: dict[str, Expression]) -> str:
    """How a list is written, apart from its name: lists written alike share their rows."""
    arguments = [bound[name].spelling for name in kind.arguments]
    arguments += [f"{name}={bound[name].spelling}" for name in kind.optional if name in bound]
    return f"{kind.name}({', '.join(arguments)})"


def _nested(givens: Mapping[str, Any]) -> frozenset[str]:
    """The givens that are a layer with others inside it, or a repeated one."""
    tables = {name: value for name, value in givens.items() if isinstance(value, Mapping) and "type" in value}
    return frozenset(name for name, value in tables.items() if _has_rows(value))


def _has_rows(layer: Mapping[str, Any]) -> bool:
    from grader.core.layers.layer_type import LayerOptions
    from grader.core.layers.rows import rows_of

    try:
        return not LayerOptions(layer).plain and bool(rows_of(layer))
    except ValueError:
        return False  # said where the layer is used


def _by_rows(tree: Expression, layers: frozenset[str]) -> Expression:
    """The formula with the rows of the nested layers `layers` in place of the operations that take such a layer whole.

    The shape after a layer is that after its last row, and its parameters are the sum of its rows.
    """
    if not layers:
        return tree
    inside = tree.with_parts(tuple(_by_rows(part, layers) for part in tree.parts))
    if not isinstance(inside, Call) or inside.function not in OF_WHOLE_LAYERS:
        return inside
    rows, helper = OF_WHOLE_LAYERS[inside.function]
    keywords = tuple(("layers" if name == "layer" else name, value) for name, value in inside.keywords)
    call = Call(inside.position, inside.column, rows.name, inside.arguments, keywords)
    bound = rows.bound(call)
    layer = None if bound is None else bound["layers"]
    if not isinstance(layer, Name) or layer.id not in layers:
        return inside
    at = (inside.position, inside.column)
    if helper is not None:
        return Call(*at, helper, (call,), ())
    return Index(*at, call, (Unary(*at, "-", Constant(*at, 1)),))
