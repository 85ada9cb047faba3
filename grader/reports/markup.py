"""An author's Markdown as HTML: no raw HTML, no fetched pictures, only web links, mathematics as MathML.

Authors are trusted with questions, not with pages: whatever they write, a page stays harmless and makes no request.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from grader.reports.html_part import prose
from grader.reports.mathematics import mathml
from grader.reports.sanitise import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

LONGEST = 100_000
"""The most characters of a text read as Markdown; a longer one is shown as plain text."""
_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_ALIGNED = re.compile(r"^ {2,}\S|[^\s.!?:;] {2,}\S")
_PROSE = ("paragraph_open", "heading_open", "list_item_open")
_TELEPHONE = 30
"""How many characters of LaTeX fit the width of a phone."""
_GAP = re.compile(" {3,}")
_ITEM = re.compile(r"\(?\w{1,3}[).] ")


def blocks(markdown: str) -> Markup:
    r"""The paragraphs, lists and tables of a text, for the inside of an element of a page.

    >>> print(blocks("By **hand**: $x$, <b>"))
    <p dir="auto">By <strong>hand</strong>: <math dir="ltr"><mrow><mi>x</mi></mrow></math>, &lt;b&gt;</p>
    """
    if len(markdown) > LONGEST:
        return Markup('<pre dir="auto">{}</pre>').format(visible(markdown[:LONGEST]))
    return Markup(_markdown().render(markdown).strip())


def inline(markdown: str) -> Markup:
    """A text of one line, such as an option, without a paragraph around it."""
    return Markup(_markdown().renderInline(markdown[:LONGEST]))


def tokens(markdown: str) -> list[Token]:
    """The tokens of markdown-it, for formats other than HTML."""
    return _markdown().parse(markdown[:LONGEST])


@cache
def _markdown() -> MarkdownIt:
    """CommonMark with tables; every rule that outputs text escapes it."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    found = MarkdownIt("commonmark", {"html": False}).enable("table")
    dollarmath_plugin(
        found, allow_labels=False, allow_space=False, allow_digits=False, allow_blank_lines=False, double_inline=True
    )
    found.validateLink = lambda url: _WEB.match(url) is not None  # type: ignore[method-assign]
    found.core.ruler.after("block", "aligned", _keep_aligned)
    found.core.ruler.after("inline", "dressed", _dress)
    for name, write in _RULES.items():
        found.add_render_rule(name, _joined(write))
    return found


def _joined(write: Callable[..., str]) -> Callable[..., str]:
    """A rule that returns plain text: renderers concatenate, and Markup would escape what follows it."""

    def rule(*given: Any) -> str:
        return str(write(*given))

    return rule


def _keep_aligned(state: StateCore) -> None:
    """Keep the blanks of a paragraph whose lines they align: it is a hand-written matrix or table."""
    lines = state.src.split("\n")
    kept: list[Token] = []
    tokens = iter(state.tokens)
    for token in tokens:
        kept.append(token)
        if token.type != "paragraph_open" or token.level or token.map is None:
            continue
        own = lines[token.map[0] : token.map[1]]
        if sum(_ALIGNED.search(line) is not None for line in own) > 1:
            token.type, token.tag, token.nesting, token.content = "code_block", "code", 0, "\n".join(own)
            next(tokens), next(tokens)
    state.tokens = kept


def _dress(state: StateCore) -> None:
    """Directions of blocks; headings as paragraphs, because the page has its own; a line for each lettered item."""
    from markdown_it.token import Token

    for before, token in pairwise([Token("", "", 0), *state.tokens]):
        for inner in token.children or ():
            inner.attrs.pop("title", None)
            if not inner.attrs.get("href"):
                inner.attrs.pop("href", None)
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"
        if aligned := str(token.attrs.pop("style", "")):  # served pages do not allow inline styles
            token.attrSet("class", f"to-{aligned.removeprefix('text-align:')}")
        if token.type in _PROSE:
            token.attrSet("dir", "auto")
        if token.type == "inline" and any(_is_wide(inner) for inner in token.children or ()):
            before.attrJoin("class", "w")
            before.attrSet("tabindex", "0")  # so that it can be scrolled by keyboard
        for here, after in zip(token.children or (), (token.children or ())[1:], strict=False):
            if here.type == "softbreak" and after.type == "text" and _ITEM.match(after.content):
                here.type = "hardbreak"


def _is_wide(token: Token) -> bool:
    """Whether a formula may be wider than a phone: browsers do not break formulas into lines."""
    return token.type.startswith("math") and max(map(len, token.content.split(r"\\"))) > _TELEPHONE


def _text(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    """Text; an author's gap between two matrices on one line is kept."""
    return prose(_GAP.sub("\u2003\u2003", tokens[place].content), most=LONGEST)


def _code(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return Markup('<code dir="ltr">{}</code>').format(prose(tokens[place].content, most=LONGEST))


def _lines(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    lines = (prose(line, most=LONGEST) for line in tokens[place].content.rstrip("\n").split("\n"))
    return Markup('<pre dir="auto" tabindex="0">{}</pre>\n').format(Markup("\n").join(lines))


def _picture(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    """A picture's alternative text: a page fetches nothing."""
    return Markup('<em dir="auto">{}</em>').format(prose(tokens[place].content))


def _maths(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return mathml(tokens[place].content.strip())


def _display(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return Markup('<span class="w display" tabindex="0">{}</span>').format(mathml(tokens[place].content.strip(), True))


def _table(_: Any, __: Sequence[Token], *___: Any) -> str:
    return Markup('<div class="s" tabindex="0"><table class="t" dir="auto">\n')


def _table_end(_: Any, __: Sequence[Token], *___: Any) -> str:
    return Markup("</table></div>\n")


_RULES: dict[str, Callable[..., str]] = {
    "text": _text,
    "code_inline": _code,
    "code_block": _lines,
    "fence": _lines,
    "image": _picture,
    "math_inline": _maths,
    "math_inline_double": _display,
    "math_block": _display,
    "table_open": _table,
    "table_close": _table_end,
}
