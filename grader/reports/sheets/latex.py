"""Texts as LaTeX: everything escaped but the author's own mathematics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from grader.messages.isolates import unisolated
from grader.messages.languages import Language
from grader.reports.sanitise import visible
from grader.reports.sheets.sheet import Option
from grader.reports.sheets.tree import MarkupNode, direction_of, direction_of_options, line, tree

BEYOND = re.compile("[^\0-\u017f]")
"""What is not valid LaTeX even when escaped: letters of scripts for which pdflatex has no fonts."""
_TYPED = {"|": r"\textbar{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}"}
_SIGNS = {"×": r"\times ", "÷": r"\div ", "·": r"\cdot ", "°": r"^{\circ}", "−": "-", "…": r"\ldots "}
_ISOLATES = re.compile("[\u2066-\u2068]([^\u2066-\u2069]*)\u2069")
_PLACES = {"ltr": "english", "rtl": "persian"}
"""The babel language for a block of the other direction."""


@cache
def _encoder(non_ascii_only: bool) -> Callable[[str], str]:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    encoder = UnicodeToLatexEncoder(
        non_ascii_only=non_ascii_only, unknown_char_policy="keep", unknown_char_warning=False
    )
    return encoder.unicode_to_latex  # type: ignore[no-any-return]


def text(words: str) -> str:
    r"""Text as LaTeX; quotes stay straight, as students type them.

    >>> print(text("50% of {x_1}: '9/4' \\input"))
    50\% of \{x\_1\}: \textquotesingle{}9/4\textquotesingle{} {\textbackslash}input
    """
    written = _encoder(False)(visible(words))
    return re.sub("[|'`]", lambda found: _TYPED[found.group()], written)


def maths(latex: str) -> str:
    """Mathematics as the author wrote it; signs that LaTeX does not know become commands."""
    for sign, command in _SIGNS.items():
        latex = latex.replace(sign, command)
    return _encoder(True)(unisolated(latex))


class Typesetting:
    """Markdown as LaTeX in a document of one language."""

    def __init__(self, language: Language) -> None:
        """Text in the other direction than the language's is isolated."""
        self.language = language
        self.direction = language.direction

    def words(self, said: str) -> str:
        """Text in which parts inside isolates are kept apart from their surroundings."""
        if self.direction == "ltr":
            return text(unisolated(said))
        pieces = _ISOLATES.split(said)
        return "".join(self._apart(text(piece)) if place % 2 else text(piece) for place, piece in enumerate(pieces))

    def line(self, words: str) -> str:
        """The author's text on one line, such as a title."""
        return self._directed(text(words), direction_of(words))

    def code(self, words: str) -> str:
        """Code in a line, from left to right."""
        return self._directed(rf"\texttt{{{text(words).replace('-', '-{}')}}}", "ltr")

    def _directed(self, latex: str, direction: str | None) -> str:
        return latex if direction in (None, self.direction) else self._apart(latex)

    def _apart(self, latex: str) -> str:
        """LaTeX that the bidirectional algorithm treats as one unit, from left to right."""
        return rf"\babelsublr{{{latex}}}" if self.direction == "rtl" else latex

    def blocks(self, markdown: str) -> str:
        """Paragraphs, lists and tables, a blank line between them."""
        return "\n\n".join(map(self._block, tree(markdown)))

    def inline(self, markdown: str) -> str:
        """A text of one line."""
        found = MarkupNode("item", inside=line(markdown))
        return self._directed(self._nodes([found]), found.direction)

    def codes(self, words: Iterable[str]) -> str:
        """Several code spans in a row."""
        return self.language.comma.join(map(self.code, words))

    def options(self, options: Iterable[Option], stop: str) -> str:
        """Options after their labels, one per line."""
        listed = tuple(options)
        items = (f"\\item[{self.line(one.label)}{stop}] {self.inline(one.text)}\n" for one in listed)
        written = f"\\begin{{options}}\n{''.join(items)}\\end{{options}}"
        return self._placed(written, direction_of_options(listed))

    def _block(self, node: MarkupNode) -> str:
        return self._placed(self._nodes([node]).strip(), "ltr" if node.kind == "table" else node.direction)

    def _placed(self, written: str, direction: str | None) -> str:
        """A block in its direction."""
        if direction in (None, self.direction):
            return written
        place = _PLACES[direction]
        return f"\\par\n\\begin{{otherlanguage}}{{{place}}}\n{written}\\par\n\\end{{otherlanguage}}"

    def _nodes(self, nodes: Iterable[MarkupNode]) -> str:
        return "".join(_WRITERS[node.kind](self, node) for node in nodes)

    def _inside(self, before: str, after: str, node: MarkupNode) -> str:
        return f"{before}{self._nodes(node.inside)}{after}"

    def _list(self, node: MarkupNode, labels: Sequence[str]) -> str:
        items = (
            f"\\item[{label}] {self._nodes(item.inside).strip()}\n"
            for label, item in zip(labels, node.inside, strict=True)
        )
        return f"\n\\begin{{options}}\n{''.join(items)}\\end{{options}}\n"

    def _numbers(self, node: MarkupNode) -> str:
        first = int(node.text or 1)
        return self._list(node, [f"{first + place}." for place in range(len(node.inside))])

    def _table(self, node: MarkupNode) -> str:
        columns = max((len(row.inside) for row in node.inside), default=0)
        rows = [" & ".join(self._nodes(cell.inside) for cell in row.inside) for row in node.inside]
        head, *body = rows or [""]
        written = " \\\\\n".join([rf"{head} \\ \hline" + ("\n" + body[0] if body else ""), *body[1:]])
        return f"\n\\begin{{tabular}}{{{'l' * columns}}}\n{written}\n\\end{{tabular}}\n"

    def _lines(self, node: MarkupNode) -> str:
        kept = (text(one).replace(" ", "~") for one in node.text.split("\n"))
        return "\\texttt{" + "\\\\\n".join(kept) + "}"


_WRITERS: dict[str, Callable[[Typesetting, MarkupNode], str]] = {
    "text": lambda write, node: write.words(node.text),
    "break": lambda *_: "\\\\\n",
    "emphasis": lambda write, node: write._inside(r"\emph{", "}", node) if node.inside else write.words(node.text),
    "strong": lambda write, node: write._inside(r"\textbf{", "}", node),
    "code": lambda write, node: write.code(node.text),
    "maths": lambda _, node: f"${maths(node.text)}$",
    "display": lambda _, node: f"\n\\[{maths(node.text)}\\]\n",
    "paragraph": lambda write, node: write._inside("", "\n\n", node),
    "lines": Typesetting._lines,
    "bullets": lambda write, node: write._list(node, [r"\textbullet"] * len(node.inside)),
    "numbers": Typesetting._numbers,
    "item": lambda write, node: write._nodes(node.inside),
    "quote": lambda write, node: write._inside("\n\\begin{quote}\n", "\\end{quote}\n", node),
    "table": Typesetting._table,
    "row": lambda write, node: write._nodes(node.inside),
    "cell": lambda write, node: write._nodes(node.inside),
    "rule": lambda *_: "\n\\hrule\n",
}
