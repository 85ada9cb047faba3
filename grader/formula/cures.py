"""What an author may have meant by an invalid formula: a rewritten one, suggested only if it is valid.

Each rewriting fixes one thing: signs with another meaning here, products without a star, calls as NumPy and PyTorch
spell them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

Rewriting = Callable[[str], str]
Read = Callable[[str], object]
"""Reads a formula; raises ValueError or AuthorError where it is invalid."""

_SIGNS = str.maketrans(
    {"×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=", "≠": "!=", "π": "pi"}
    | {"²": "**2", "³": "**3", "^": "**", "“": '"', "”": '"', "‘": "'", "’": "'"}
)
_NO_OPERATOR = r"(?!(?:and|or|not|in|is|if|else|for)\b)"
_NO_OPERATOR_BEFORE = "".join(rf"(?<!\b{word})" for word in ("and", "or", "not", "in", "is", "if", "else", "for"))
_MODULES = frozenset({"np", "numpy", "math", "torch", "nn", "functional", "tf", "keras", "scipy", "jnp", "jax"})
_METHODS = frozenset(["reshape", "transpose", "flatten", "sum", "mean", "max", "min", "dot", "prod", "std", "var"])
_ATTRIBUTES = {"T": "transpose", "mT": "transpose", "shape": "shape"}
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")


def cure(text: str, read: Read) -> str | None:
    """The formula that was probably meant and that `read` accepts; None if no rewriting gives one.

    >>> cure("a^2 + 2 b", ast.parse), cure("np.sqrt(x) if x else 3 x", ast.parse), cure("a +", ast.parse)
    ('a**2 + 2*b', 'where(x, sqrt(x), 3 * x)', None)
    """
    given = " ".join(text.split())
    tried = given
    for rewriting in _REWRITINGS:
        tried = _outside_texts(tried, rewriting)
        found = _spelled(tried)
        if found is not None and found != given and _reads(found, read):
            return found
    return None


def _reads(text: str, read: Read) -> bool:
    from grader.errors import AuthorError

    try:
        read(text)
    except (AuthorError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _outside_texts(text: str, rewriting: Rewriting) -> str:
    """The text rewritten outside string literals."""
    pieces, start = [], 0
    for found in _TEXT.finditer(text):
        pieces += [rewriting(text[start : found.start()]), found.group()]
        start = found.end()
    return "".join([*pieces, rewriting(text[start:])])


def _signs(text: str) -> str:
    """Powers, roots and signs as they are printed."""
    return re.sub(r"√\s*(\w+)", r"sqrt(\1)", text.translate(_SIGNS)).replace("√", "sqrt")


def _without_name(text: str) -> str:
    """The text after `name =`, as the key of the TOML line already names the formula."""
    return re.sub(r"^\s*\w+\s*=(?!=)\s*", "", text)


def _percentages(text: str) -> str:
    """A percent sign after a number and not before an operand: a factor 0.01, not a remainder."""
    return re.sub(r"(\d+(?:\.\d+)?)\s*%(?!\s*[\w(\[])", r"\1/100", text)


def _products(text: str) -> str:
    """Products written without a star."""
    text = re.sub(rf"(?<![\w.])(\d+(?:\.\d+)?)\s*(?={_NO_OPERATOR}[A-Za-z_(])(?![eE][+-]?\d)", r"\1*", text)
    text = re.sub(rf"\)\s*(?={_NO_OPERATOR}[\w(])", ")*", text)
    return re.sub(rf"(?<=[A-Za-z0-9_]){_NO_OPERATOR_BEFORE} (?={_NO_OPERATOR}[A-Za-z_])", "*", text)


_REWRITINGS: tuple[Rewriting, ...] = (str, _signs, _without_name, _percentages, _products)


def _spelled(text: str) -> str | None:
    """The text with calls as formulas spell them; None if Python cannot parse it."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
        speller = _Speller()
        tree = speller.visit(tree)
        return ast.unparse(tree) if speller.changed else text.strip()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Speller(ast.NodeTransformer):
    """`np.sqrt(x)`, `X.sum()`, `X.T` and `a if b else c` as calls to functions."""

    def __init__(self) -> None:
        self.changed = False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        func = node.func
        if isinstance(func, ast.Attribute):
            self.changed = True
            arguments = node.args if _is_module(func.value, node) else [func.value, *node.args]
            node = ast.Call(ast.Name(func.attr), arguments, node.keywords)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr in _ATTRIBUTES:
            self.changed = True
            return self.generic_visit(ast.Call(ast.Name(_ATTRIBUTES[node.attr]), [node.value], []))
        return self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.changed = True
        return self.generic_visit(ast.Call(ast.Name("where"), [node.test, node.body, node.orelse], []))


def _is_module(value: ast.expr, call: ast.Call) -> bool:
    """Whether the part before the last dot is a library; `F` is one if the call has a function's arguments."""
    if isinstance(value, ast.Attribute):
        return _is_module(value.value, call)
    if not isinstance(value, ast.Name):
        return False
    function = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return value.id in _MODULES or (value.id == "F" and bool(call.args) and function not in _METHODS)
