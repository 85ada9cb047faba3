"""A sheet as a LaTeX document that a basic installation can compile."""

from __future__ import annotations

from functools import partial

from grader.messages.languages import Language
from grader.reports.sheets.sheet import Sheet
from grader.reports.sheets.sheet_format import SheetFormat, register
from grader.reports.sheets.words import SheetWords


@register
class TexSheet(SheetFormat):
    """For courses that typeset homework with LaTeX."""

    name = "tex"
    about = "LaTeX for pdflatex, or for lualatex if it contains Persian"
    ending = ".tex"

    def write(self, sheet: Sheet, language: Language) -> bytes:
        """The document in UTF-8; its first line names the program that compiles it."""
        from grader.reports.sheets.latex import BEYOND, Typesetting
        from grader.reports.templates import latex_environment

        main, other = ("persian", "english") if language.right_to_left else ("english", "persian")
        write = partial(
            latex_environment().get_template("sheet.tex").render,
            sheet=sheet,
            w=SheetWords(language),
            t=Typesetting(language),
            main=main,
            other=other,
        )
        document: str = write(engine="pdflatex")
        if language.right_to_left or BEYOND.search(document):
            document = write(engine="lualatex")
        return document.encode("utf-8", "replace")
