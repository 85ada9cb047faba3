"""Markdown as a tree of plain nodes, for typesetting formats: each of them renders every kind of node."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from grader.reports.markup import tokens
from grader.reports.sheets.sheet import Option
from grader.structs import Struct

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

NodeKind = Literal[
    "text", "break", "emphasis", "strong", "code", "maths", "display",
    "paragraph", "lines", "bullets", "numbers", "item", "quote", "table", "row", "cell", "rule",
]  # fmt: skip


class MarkupNode(Struct):
    """One node: `text` of text, code and mathematics, or what is inside it; the first number of a list of numbers."""

    kind: NodeKind
    text: str = ""
    inside: tuple[MarkupNode, ...] = ()

    @property
    def direction(self) -> str | None:
        """`ltr` or `rtl`, by the first letter outside of mathematics, else by mathematics; None without either."""
        if self.kind in ("text", "code"):
            return direction_of(self.text)
        if self.kind in ("maths", "display", "lines"):
            return "ltr"
        inside = [(inner.direction, inner.kind == "maths") for inner in self.inside]
        letters = (direction for direction, maths in inside if direction and not maths)
        return next(letters, "ltr" if any(maths for _, maths in inside) else None)


def direction_of_options(options: Iterable[Option]) -> str | None:
    """The direction of a list of options: that of the first of them that has letters."""
    return next(filter(None, (direction_of(one.text) for one in options)), None)


def tree(markdown: str) -> tuple[MarkupNode, ...]:
    """The blocks of a text.

    >>> tree("so *hot*: $x$")[0].inside[1:]
    (MarkupNode(kind='emphasis', text='', inside=(MarkupNode(kind='text', text='hot', inside=()),)), \
MarkupNode(kind='text', text=': ', inside=()), MarkupNode(kind='maths', text='x', inside=()))
    """
    from markdown_it.tree import SyntaxTreeNode

    return _nodes(SyntaxTreeNode(tokens(markdown)).children)


def line(markdown: str) -> tuple[MarkupNode, ...]:
    """The content of a text of one line, such as an option."""
    return tuple(inner for block in tree(markdown) for inner in (block.inside or (block,)))


def _nodes(found: Iterable[SyntaxTreeNode]) -> tuple[MarkupNode, ...]:
    return tuple(node for each in found for node in _node(each))


def _node(found: SyntaxTreeNode) -> Sequence[MarkupNode]:
    if found.type in _LEAVES:
        return (_LEAVES[found.type](found),)
    if found.type in _BRANCHES:
        return (MarkupNode(_BRANCHES[found.type], str(found.attrs.get("start", "")), _nodes(found.children)),)
    if found.children:  # a link, a table's head: its content
        return _nodes(found.children)
    return (MarkupNode("text", found.content),) if found.content else ()


def _text(kind: NodeKind) -> Callable[[SyntaxTreeNode], MarkupNode]:
    return lambda found: MarkupNode(kind, found.content)


_LEAVES: dict[str, Callable[[SyntaxTreeNode], MarkupNode]] = {
    "text": _text("text"),
    "softbreak": lambda _: MarkupNode("text", " "),
    "hardbreak": lambda _: MarkupNode("break"),
    "code_inline": _text("code"),
    "code_block": lambda found: MarkupNode("lines", found.content.rstrip("\n")),
    "fence": lambda found: MarkupNode("lines", found.content.rstrip("\n")),
    "math_inline": lambda found: MarkupNode("maths", found.content.strip()),
    "math_inline_double": lambda found: MarkupNode("display", found.content.strip()),
    "math_block": lambda found: MarkupNode("display", found.content.strip()),
    "image": _text("emphasis"),
    "hr": lambda _: MarkupNode("rule"),
}
_BRANCHES: dict[str, NodeKind] = {
    "paragraph": "paragraph",
    "heading": "paragraph",
    "em": "emphasis",
    "strong": "strong",
    "bullet_list": "bullets",
    "ordered_list": "numbers",
    "list_item": "item",
    "blockquote": "quote",
    "table": "table",
    "tr": "row",
    "th": "cell",
    "td": "cell",
}


def direction_of(text: str) -> str | None:
    """`ltr` or `rtl`, by the first letter; None where there is none."""
    for character in text:
        strong = unicodedata.bidirectional(character)
        if strong in ("L", "R", "AL"):
            return "ltr" if strong == "L" else "rtl"
    return None
