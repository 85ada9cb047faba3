"""Markdown of an author as HTML: no raw HTML, no picture that is fetched, links to the web alone, MathML.

Authors are trusted to ask, not to write a page: whatever they write, a page stays harmless and makes no request.
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
"""Characters of a text that is read as Markdown; a longer one is shown as it is."""
_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_ALIGNED = re.compile(r"^ {2,}\S|[^\s.!?:;] {2,}\S")
_PROSE = ("paragraph_open", "heading_open", "list_item_open")
_TELEPHONE = 30
"""Characters of LaTeX in a row that fit the width of a telephone."""
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
    """The same text for formats other than HTML, as markdown-it reads it."""
    return _markdown().parse(markdown[:LONGEST])


@cache
def _markdown() -> MarkdownIt:
    """CommonMark and tables; every rule that writes text writes it harmless."""
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
    """A rule that gives plain text: where renderers add texts up, Markup would escape what follows it."""

    def rule(*given: Any) -> str:
        return str(write(*given))

    return rule


def _keep_aligned(state: StateCore) -> None:
    """A paragraph whose lines are aligned by blanks keeps them: it is a matrix or a table that was written by hand."""
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
        if aligned := str(token.attrs.pop("style", "")):  # served pages allow no style of an element
            token.attrSet("class", f"to-{aligned.removeprefix('text-align:')}")
        if token.type in _PROSE:
            token.attrSet("dir", "auto")
        if token.type == "inline" and any(_is_wide(inner) for inner in token.children or ()):
            before.attrJoin("class", "w")
            before.attrSet("tabindex", "0")  # who has no mouse scrolls it, too
        for here, after in zip(token.children or (), (token.children or ())[1:], strict=False):
            if here.type == "softbreak" and after.type == "text" and _ITEM.match(after.content):
                here.type = "hardbreak"


def _is_wide(token: Token) -> bool:
    """Whether a formula may be wider than a telephone: browsers do not break formulas into lines."""
    return token.type.startswith("math") and max(map(len, token.content.split(r"\\"))) > _TELEPHONE


def _text(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    """Text; the gap that an author leaves between two matrices in a line stays one."""
    return prose(_GAP.sub("\u2003\u2003", tokens[place].content), most=LONGEST)


def _code(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return Markup('<code dir="ltr">{}</code>').format(prose(tokens[place].content, most=LONGEST))


def _lines(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    lines = (prose(line, most=LONGEST) for line in tokens[place].content.rstrip("\n").split("\n"))
    return Markup('<pre dir="auto" tabindex="0">{}</pre>\n').format(Markup("\n").join(lines))


def _picture(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    """What a picture is of: a page fetches nothing."""
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
