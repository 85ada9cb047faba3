"""LaTeX as MathML, converted when the page is made: no script, no network, and an author's text is never active.

latex2mathml turns LaTeX into a tree, which it serialises without escaping. So the tree is serialised here: only
elements and attributes of presentation, with every text escaped. What it cannot convert stays LaTeX, for people to
read.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from grader.reports.sanitise import visible

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST = 12_000
"""The most characters of a formula: a matrix of 400 numbers has fewer, and none this long takes a second."""
DEEPEST = 40
"""The deepest nesting of braces."""
_TAGS = """math menclose mfenced mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup
    mtable mtd mtext mtr munder munderover"""
_NAMES = """accent columnalign columnlines columnspacing depth displaystyle fence form height linethickness lspace
    mathcolor mathvariant maxsize minsize movablelimits notation rowlines rowspacing rspace scriptlevel separator
    stretchy symmetric width"""
_ELEMENTS, _ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_NAMES.split())
_PLAIN = re.compile(r"[\w#.,%+ -]{1,60}")
_DEFINES = re.compile(r"\\(?:def|let|newcommand|renewcommand|providecommand|DeclareMathOperator)(?![A-Za-z])")


@lru_cache(maxsize=4_000)
def mathml(latex: str, display: bool = False) -> Markup:
    r"""A formula as a `math` element, or as its source if it is too long, too deep or invalid.

    >>> print(mathml(r"\bad{"))
    <code class="m" dir="ltr">$\bad{$</code>
    >>> print(mathml(r"\text{<b>}"))
    <math dir="ltr"><mrow><mtext>&lt;b&gt;</mtext></mrow></math>
    """
    try:
        if len(latex) > LONGEST or _depth(latex) > DEEPEST or _DEFINES.search(latex):
            return source(latex, display)
        from latex2mathml.converter import convert_to_element

        tree = convert_to_element(latex, display="block" if display else "inline")
        return Markup("").join([*_written(tree, display)])
    except Exception:  # the library may raise anything for unknown LaTeX; the reader then gets the LaTeX
        return source(latex, display)


def source(latex: str, display: bool = False) -> Markup:
    """A formula as written."""
    dollars = "$$" if display else "$"
    return Markup('<code class="m" dir="ltr">{}</code>').format(visible(f"{dollars}{latex}{dollars}"))


def _depth(latex: str) -> int:
    """How deep braces are nested, counting `\\left` and `\\begin` and chains of commands like braces."""
    depth = deepest = 0
    for word in re.findall(r"\\[A-Za-z]+|\\.|[{}^_]", latex, re.DOTALL):
        if word in ("{", "\\left", "\\begin"):
            depth += 1
        elif word in ("}", "\\right", "\\end"):
            depth -= 1
        deepest = max(deepest, depth)
    return deepest


def _written(element: Element, display: bool = False) -> list[Markup]:
    """An element as text; an unknown one as its content."""
    inside = [_text(element.text)]
    for child in element:
        inside += [*_written(child), _text(child.tail)]
    if element.tag not in _ELEMENTS:
        return inside
    names = {name: value for name, value in element.attrib.items() if name in _ATTRIBUTES and _PLAIN.fullmatch(value)}
    if element.tag == "math":
        names = {"dir": "ltr"} | ({"display": "block"} if display else {})
    attributes = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in names.items())
    return [Markup(f"<{element.tag}{attributes}>"), *inside, Markup(f"</{element.tag}>")]


def _text(text: str | None) -> Markup:
    """A text of the tree, in which the library writes signs as character references."""
    return escape(visible(html.unescape(text or "")))
