"""A question's compute table, from formulas to nodes: checked names and calls, row-wise lists lifted out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

from grader.errors import AuthorError, Place
from grader.formula.library import ROW_WISE, Library
from grader.formula.nodes import Node, RowsNode, ScanNode, canonical, rebuilt
from grader.formula.parser import parse
from grader.formula.tree import Call, Constant, Expression, Index, Name, Unary
from grader.messages import Sentence, sentence
from grader.messages.names import all_near

MAX_NAMES = 500
_LAYER_ARGUMENTS = {
    "scan": ("operation", "start", "items"),
    "output_shapes": ("input_shape", "layers"),
    "parameter_counts": ("input_shape", "layers"),
    "macs": ("input_shape", "layers"),
    "receptive_fields": ("layers",),
    "receptive_field": ("layers",),
}


def compile_table(question: str, compute: Mapping[str, str], known: Iterable[str], library: Library) -> dict[str, Node]:
    """The nodes of a question, hidden ones for row-wise lists inside formulas included.

    Args:
        question: its id, for messages.
        compute: formulas by name.
        known: the givens and symbols.
        library: what can be called.

    Raises:
        AuthorError: for formulas that cannot be parsed, unknown names and functions, calls that cannot fit.
    """
    if len(compute) > MAX_NAMES:
        said = sentence(
            "expected at most {limit} formulas in a question, received {count}", limit=MAX_NAMES, count=len(compute)
        )
        raise AuthorError(said, Place(question=question))
    compiler = _Compiler(question, set(compute) | set(known), library)
    trees = {name: parse(text, question, name) for name, text in compute.items()}
    for name, tree in trees.items():
        compiler.check(name, tree)
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

    def check(self, name: str, tree: Expression) -> None:
        """Names are known, functions exist, calls fit their signatures."""
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
                known=", ".join(sorted(self.known)),
            ),
        )

    def check_call(self, name: str, call: Call) -> None:
        if call.function == "scan":
            return self.check_scan(name, call)
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
        bound = _bound(call)
        if bound is None:
            raise self.error(
                name,
                call,
                sentence("scan takes an operation, a start and a list of items: scan(operation, start, items)"),
            )
        operation = bound["operation"]
        if not isinstance(operation, Name) or operation.id not in self.library:
            word = operation.id if isinstance(operation, Name) else canonical(operation)
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
        """Names that are a scan themselves come first, so that others can share their rows."""
        if isinstance(tree, Call) and tree.function in ("scan", "output_shapes", "receptive_fields"):
            bound = _bound(tree)
            if bound is not None and not any(_lifted(part) for part in tree.walk() if part is not tree):
                self.nodes[name] = self.scan(name, text, tree, bound)
                self.scans.setdefault(_scan_key(tree.function, bound), name)

    def finish(self, name: str, text: str, tree: Expression) -> None:
        """Lift the row-wise lists out of a formula and keep what is left."""
        if name in self.nodes:
            return
        if isinstance(tree, Call) and _lifted(tree):
            inside = rebuilt(tree, tuple(self.lift(part) for part in tree.parts))
            bound = _bound(inside)
            if isinstance(inside, Call) and bound is not None and inside.function != "receptive_field":
                self.nodes[name] = self.row_wise(name, text, inside, bound)
                return
        self.nodes[name] = Node(name, text, self.lift(tree))

    def lift(self, tree: Expression) -> Expression:
        """The tree with hidden names in place of its row-wise lists."""
        inside = rebuilt(tree, tuple(self.lift(part) for part in tree.parts))
        if not isinstance(inside, Call) or not _lifted(inside):
            return inside
        bound = _bound(inside)
        if bound is None:
            return inside
        if inside.function == "receptive_field":
            hidden = Name(inside.position, inside.column, self.hidden("receptive_fields", inside, bound))
            last = Constant(inside.position, inside.column, 1)
            return Index(inside.position, inside.column, hidden, (Unary(inside.position, inside.column, "-", last),))
        return Name(inside.position, inside.column, self.hidden(inside.function, inside, bound))

    def hidden(self, function: str, call: Call, bound: dict[str, Expression]) -> str:
        key = _scan_key(function, bound)
        if key not in self.scans:
            self.scans[key] = key
            self.nodes[key] = self.row_wise(
                key, key, Call(call.position, call.column, function, call.arguments, call.keywords), bound
            )
        return self.scans[key]

    def row_wise(self, name: str, text: str, call: Call, bound: dict[str, Expression]) -> Node:
        if call.function not in ("parameter_counts", "macs"):
            return self.scan(name, text, call, bound)
        shapes = self.hidden("output_shapes", call, bound)
        operation = "parameter_count" if call.function == "parameter_counts" else "macs"
        return RowsNode(name, text, call, operation, shapes, bound["layers"])

    @staticmethod
    def scan(name: str, text: str, call: Call, bound: dict[str, Expression]) -> ScanNode:
        if call.function == "scan":
            operation = bound["operation"]
            word = operation.id if isinstance(operation, Name) else ""
            return ScanNode(name, text, call, word, bound["start"], bound["items"])
        if call.function == "output_shapes":
            return ScanNode(name, text, call, "output_shape", bound["input_shape"], bound["layers"])
        start = Constant(call.position, call.column, 1)
        return ScanNode(name, text, call, "receptive_fields", start, bound["layers"], jumps=True)


def _meant(word: str, allowed: Iterable[str]) -> Sentence | str:
    near: list[Sentence | str] = [*all_near(word, sorted(allowed))]
    if not near:
        return ""
    either = reduce(lambda one, other: sentence("{one} or {other}", one=one, other=other), near)
    return sentence(": did you mean {nearest}?", nearest=either)


def _is_scan(call: Call) -> bool:
    return call.function == "scan" and bool(call.arguments)


def _lifted(part: Expression) -> bool:
    return isinstance(part, Call) and part.function in ROW_WISE and _bound(part) is not None


def _bound(call: Expression) -> dict[str, Expression] | None:
    """The arguments of a row-wise call by name; None when it is called in another way (with `order`, say)."""
    if not isinstance(call, Call):
        return None
    expected = _LAYER_ARGUMENTS[call.function]
    bound = dict(zip(expected, call.arguments, strict=False))
    bound.update(dict(call.keywords))
    fits = len(call.arguments) + len(call.keywords) == len(expected) and set(bound) == set(expected)
    return bound if fits else None


def _scan_key(function: str, bound: dict[str, Expression]) -> str:
    if function == "scan" and canonical(bound["operation"]) == "output_shape":
        function, bound = "output_shapes", {"input_shape": bound["start"], "layers": bound["items"]}
    return f"{function}({', '.join(canonical(bound[name]) for name in _LAYER_ARGUMENTS[function])})"
