"""A sheet as one page of HTML that needs no network and no script, for screens and paper."""

from __future__ import annotations

from grader.messages.languages import Language
from grader.reports.sheets.sheet import Sheet
from grader.reports.sheets.sheet_format import SheetFormat, register
from grader.reports.sheets.words import SheetWords


@register
class HtmlSheet(SheetFormat):
    """For browsers, and for printing from there."""

    name = "html"
    about = "one page without scripts that reads well on screens and prints on A4 and Letter"
    ending = ".html"

    def write(self, sheet: Sheet, language: Language) -> bytes:
        """The page in UTF-8; everything that is not the grader's own text is escaped."""
        from grader.reports.html_part import prose
        from grader.reports.markup import blocks, inline
        from grader.reports.sanitise import visible
        from grader.reports.sheets.tree import direction_of_options
        from grader.reports.templates import environment, style

        page: str = (
            environment()
            .get_template("sheet.html")
            .render(
                w=SheetWords(language),
                style=style("sheet.css"),
                sheet=sheet,
                line=visible,
                prose=prose,
                blocks=blocks,
                inline=inline,
                direction=direction_of_options,
            )
        )
        return page.encode("utf-8", "replace")
