"""A prompt as pieces of text, mathematics and code, with fills `{{ NAME }}` in any of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from grader.homework.readers import RefusedError
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.patterns import pattern

if TYPE_CHECKING:
    from grader.homework.assignment import Question

OPEN = "{{"
"""What opens a fill."""

# What remains of \frac, \beta, \theta, \rho and \nabla when TOML reads them between double quotes.
_EATEN = pattern(r"[\x08\t\f\r](?=[A-Za-z])|\n(?=(?:abla|eq|eg)\b)")


def to_be_checked(text: str) -> bool:
    """Whether a text has fills, or LaTeX that may have lost a backslash."""
    return OPEN in text or ("$" in text and eaten(text) is not None)


def eaten(text: str) -> int | None:
    """The offset at which a backslash may have been lost; None if there is none."""
    found = _EATEN.search(text)
    return None if found is None else found.start()


def texts(question: Question) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The texts of a question that may contain fills, each with its key path."""
    yield question.prompt, ("prompt",)
    for name, part in question.parts.items():
        yield part.prompt, ("parts", name, "prompt")
        yield from ((text, ("parts", name, "choices", place)) for place, text in enumerate(part.choices))
        yield from ((text, ("parts", name, "items", item)) for item, text in part.items.items())
        yield from ((line.text, ("parts", name, "rubric", place, "text")) for place, line in enumerate(part.rubric))


class Context(Enum):
    """The context of a piece, which decides how values in it are written."""

    TEXT = "text"
    MATHS = "mathematics"
    CODE = "code in a line"
    BLOCK = "lines of code"


class Fill(NamedTuple):
    """A place for a value; `at` is its offset in the source, `certain` whether it can be nothing but a fill."""

    name: str
    source: str
    at: int
    certain: bool = True


class Piece(NamedTuple):
    """A stretch of the source in one context: its text and fills, in order."""

    context: Context
    content: tuple[str | Fill, ...]


_FILL = pattern(r"\{\{(?P<before>[ \t]*)(?P<name>[^\W\d]\w*)(?P<after>[ \t]*)\}\}")
_ATTRIBUTE = pattern(r"\{\{[ \t]*[^\W\d]\w*\.[^\W\d]\w*[ \t]*\}\}")
"""Attempted fills such as {{ X.T }}, which are also valid LaTeX."""

# Code as CommonMark defines it, and mathematics by the usual rules for dollars: a dollar opens mathematics unless a
# digit precedes or a space follows it, and closes it unless a space precedes or a digit follows it.
_CONTEXT = pattern(
    r"""
    (?P<block>
        ^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?^[ ]{0,3}(?P=fence)[`~]*[ \t]*$|.*\Z)
      | (?:\A|(?<=\n\n))(?:(?:[ ]{4}|\t)[^\n]*(?:\n|\Z))+
    )
  | (?P<code>(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`))
  | `+
  | (?P<maths>
        \$\$(?:\\.|[^\\$]|\$(?!\$))+?\$\$
      | (?<!\d)\$(?![\s$])(?:\\.|[^\\$\n]|\n(?![ \t]*\n))*?(?<!\s)\$(?!\d)
    )
  | \\.
  | (?P<open>\{\{)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def pieces(source: str) -> tuple[Piece, ...]:
    r"""The pieces of a prompt, in order; joined together they give the source.

    Raises RefusedError, with the position, if `{{` in text is not followed by a name and `}}`.

    >>> [(piece.context.name, piece.content[0]) for piece in pieces(r"by $\frac{{1}}{4}$")]
    [('TEXT', 'by '), ('MATHS', '$\\frac{{1}}{4}$')]
    """
    if OPEN not in source:
        return (Piece(Context.TEXT, (source,)),) if source else ()
    found: list[Piece] = []
    text: list[str | Fill] = []
    start = at = 0
    while (here := _CONTEXT.search(source, at)) is not None:
        context = next((each for each in (Context.BLOCK, Context.CODE, Context.MATHS) if here[_GROUPS[each]]), None)
        if context is not None:
            text.append(source[start : here.start()])
            attribute = _ATTRIBUTE.search(here.group()) if context is Context.MATHS else None
            if attribute is not None:
                raise RefusedError(_malformed(here.group(), attribute.start()), here.start() + attribute.start())
            found += [Piece(Context.TEXT, tuple(text)), Piece(context, _inside(here.group(), here.start()))]
            text, start = [], here.end()
        elif here["open"]:
            fill = _FILL.match(source, here.start())
            if fill is None:
                raise RefusedError(_malformed(source, here.start()), here.start())
            text += [source[start : here.start()], Fill(fill["name"], fill.group(), here.start())]
            start = fill.end()
        at = max(start, here.end())
    text.append(source[start:])
    found.append(Piece(Context.TEXT, tuple(text)))
    return tuple(piece for piece in found if any(piece.content))


def fills_of(source: str) -> Iterator[Fill]:
    """The fills of a prompt, in order.

    Raises RefusedError as `pieces` does.
    """
    return (each for piece in pieces(source) for each in piece.content if isinstance(each, Fill))


def check_latex(source: str) -> None:
    """Raise RefusedError, with the position, if TOML has read a LaTeX backslash as an escape."""
    for found in _CONTEXT.finditer(source) if "$" in source else ():
        lost = eaten(found.group()) if found["maths"] else None
        if lost is not None:
            start = found.start() + lost
            said = sentence(
                "a backslash of LaTeX is gone, received {received}: write the text between single quotes, or the "
                "backslash twice",
                received=shown(source[start : start + 20]),
            )
            raise RefusedError(said, start)


_GROUPS = {Context.BLOCK: "block", Context.CODE: "code", Context.MATHS: "maths"}


def _inside(source: str, at: int) -> tuple[str | Fill, ...]:
    """The text and the fills of mathematics or code, where braces that are no fill keep their meaning."""
    content: list[str | Fill] = []
    start = 0
    for fill in _FILL.finditer(source):
        certain = bool(fill["before"] and fill["after"])
        content += [source[start : fill.start()], Fill(fill["name"], fill.group(), at + fill.start(), certain)]
        start = fill.end()
    return (*content, source[start:])


def _malformed(source: str, at: int) -> Sentence:
    line = source[at : at + 40].partition("\n")[0]
    return sentence(
        "expected {form} with the name of a given or of a step, received {received}: compute it in "
        "[questions.compute], or write {cure} for braces that are meant",
        form="{{ NAME }}",
        received=shown(line),
        cure="\\{\\{",
    )
