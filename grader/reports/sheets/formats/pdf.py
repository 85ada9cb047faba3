"""A sheet as a PDF, typeset by Typst: no LaTeX, no network, and fonts from Python packages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.languages import Language
from grader.reports.sanitise import visible
from grader.reports.sheets.sheet import Option, Sheet, SheetPart, SheetQuestion
from grader.reports.sheets.sheet_format import SheetFormat, register
from grader.reports.sheets.words import SheetWords

if TYPE_CHECKING:
    from grader.reports.sheets.solutions import PartSolution

EXTRA = "cnn-homework-grader[pdf]"
_FONTS = ("Libertinus Serif", "DejaVu Sans")
"""The first comes with Typst; the second, which has Persian, with Matplotlib."""
_SIZE = 12.0
_MATRIX = '<mtable columnspacing="0.7em" rowspacing="0.35em">'
"""A matrix with more room between its columns than ziamath leaves."""
_WIDEST = 370.0
"""The greatest width of mathematics, in points: anything wider is scaled down to fit the page."""


@register
class PdfSheet(SheetFormat):
    """For paper."""

    name = "pdf"
    about = f"a PDF, A4 (pip install '{EXTRA}')"
    ending = ".pdf"
    text = False

    def write(self, sheet: Sheet, language: Language) -> bytes:
        """The PDF, the same bytes for the same sheet.

        Raises UsageError without the extra.
        """
        try:
            import typst
            import ziamath  # noqa: F401 - told now, not in the middle
        except ImportError:
            said = sentence("a PDF needs the extra pdf: install it with `pip install '{extra}'`", extra=EXTRA)
            raise UsageError(said) from None
        template = Path(__file__).parents[2] / "templates" / "sheet.typ"
        written = typst.compile(
            str(template),
            font_paths=[str(_matplotlib_fonts())],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(_data(sheet, SheetWords(language)))},
        )
        assert isinstance(written, bytes)
        return written


def _matplotlib_fonts() -> Path:
    from importlib.util import find_spec

    found = find_spec("matplotlib")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def _data(sheet: Sheet, words: SheetWords) -> dict[str, Any]:
    """All that the template shows."""
    from grader.reports.sheets.tree import direction_of

    language = words.language
    facts = [(sheet.id, True), (words.points(sheet.points), False)]
    if sheet.student is not None:
        facts.append((f"{words.word.student}: {visible(sheet.student)}", False))
    if sheet.variant is not None:
        facts.append((f"{words.word.variant}: {visible(sheet.variant)}", False))
    return {
        "lang": language.code,
        "rtl": language.right_to_left,
        "fonts": _FONTS if not language.right_to_left else _FONTS[::-1],
        "digits": list(language.digits),
        "comma": language.comma,
        "words": vars(words.word),
        "title": visible(sheet.title),
        "title_dir": direction_of(sheet.title),
        "facts": [{"text": text, "code": code} for text, code in facts],
        "staff": sheet.staff,
        "guide": list(words.guide(sheet)),
        "instructions": [{"parts": one.parts, "said": language(one.said)} for one in sheet.instructions],
        "prompt": _blocks(sheet.prompt),
        "questions": [_question(question, words) for question in sheet.questions],
    }


def _question(question: SheetQuestion, words: SheetWords) -> dict[str, Any]:
    return {
        "id": question.id,
        "heading": words.heading(question),
        "title": visible(question.title),
        "points": words.points(question.points),
        "prompt": _blocks(question.prompt),
        "parts": [_part(part, words) for part in question.parts],
        "steps": [
            {"code": f"{step.name} = {step.formula}", "value": _blocks(step.value or "")} for step in question.steps
        ],
        "conventions": [visible(name) for name in question.conventions],
    }


def _part(part: SheetPart, words: SheetWords) -> dict[str, Any]:
    return {
        "id": part.id,
        "points": words.points(part.points),
        "unit": f"({words.unit(part.unit)})" if part.unit else "",
        "prompt": _blocks(part.prompt),
        "items": _options(part.items),
        "options": _options(part.options),
        "solution": None if part.solution is None else _solution(part.solution, words),
    }


def _solution(solution: PartSolution, words: SheetWords) -> dict[str, Any]:
    return {
        "key": _blocks(solution.key or ""),
        "remarks": [words.language(said) for said in solution.remarks],
        "rubric": [{"points": words.points(points), "text": _line(text)} for points, text in solution.rubric],
    }


def _options(options: Sequence[Option]) -> dict[str, Any]:
    from grader.reports.sheets.tree import direction_of_options

    listed = [{"label": visible(one.label), "text": _line(one.text)} for one in options]
    return {"listed": listed, "direction": direction_of_options(options)}


def _blocks(markdown: str) -> list[dict[str, Any]]:
    from grader.reports.sheets.tree import tree

    return [_node(each) for each in tree(markdown)]


def _line(markdown: str) -> list[dict[str, Any]]:
    from grader.reports.sheets.tree import line

    return [_node(each) for each in line(markdown)]


def _node(node: Any) -> dict[str, Any]:
    """A node for the template; mathematics as a drawing."""
    found: dict[str, Any] = {"kind": node.kind, "text": node.text, "direction": node.direction}
    if node.kind in ("maths", "display"):
        drawn = _drawn(node.text, node.kind == "display")
        found = {**found, **drawn} if drawn else {**found, "kind": "code", "text": f"${node.text}$"}
    return {**found, "inside": [_node(inner) for inner in node.inside]}


@lru_cache(maxsize=1_000)
def _drawn(latex: str, display: bool) -> Mapping[str, Any] | None:
    """A formula as SVG with its height and depth below the line, in points; None where it cannot be drawn."""
    from ziamath.tex import tex2mml
    from ziamath.zmath import Math

    try:
        formula = Math(tex2mml(latex, inline=not display).replace("<mtable>", _MATRIX), size=_SIZE)
        svg = formula.svgxml()
        width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
        depth = height + float(svg.attrib["viewBox"].split()[1])
    except Exception:  # the library may raise anything for unknown LaTeX; the reader then gets the LaTeX
        return None
    scale = min(1.0, _WIDEST / width)
    return {"svg": formula.svg(), "height": height * scale, "depth": depth * scale}
