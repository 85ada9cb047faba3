"""LaTeX as MathML, made where the page is made: no script, no network, and nothing that an author writes is live.

latex2mathml turns LaTeX into a tree. It writes that tree with everything unescaped, so the tree is written anew here:
elements and attributes of presentation alone, every text escaped. What it cannot turn stays LaTeX, for people to read.
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
"""Characters of a formula: a matrix of 400 numbers has fewer, and no formula of this length takes a second."""
DEEPEST = 40
"""Braces inside one another."""
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
    r"""A formula as an element `math`, or as its source where it is too long, too deep or no LaTeX.

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
    except Exception:  # whatever the library raises on LaTeX that it does not know; the reader gets the LaTeX
        return source(latex, display)


def source(latex: str, display: bool = False) -> Markup:
    """A formula as it was written."""
    dollars = "$$" if display else "$"
    return Markup('<code class="m" dir="ltr">{}</code>').format(visible(f"{dollars}{latex}{dollars}"))


def _depth(latex: str) -> int:
    """How deep braces stand inside one another, `\\left` and `\\begin` and chains of commands counted like braces."""
    depth = deepest = 0
    for word in re.findall(r"\\[A-Za-z]+|\\.|[{}^_]", latex, re.DOTALL):
        if word in ("{", "\\left", "\\begin"):
            depth += 1
        elif word in ("}", "\\right", "\\end"):
            depth -= 1
        deepest = max(deepest, depth)
    return deepest


def _written(element: Element, display: bool = False) -> list[Markup]:
    """An element as text; one that is not known as what is inside it."""
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
    """A text of the tree: character references in it are the library's way to write a sign."""
    return escape(visible(html.unescape(text or "")))
