"""A sheet as CommonMark, with mathematics between dollars as the author wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.messages.isolates import unisolated
from grader.messages.languages import Language
from grader.reports.markdown import code, escape, prose
from grader.reports.sheets.sheet import Option, Sheet, SheetPart, SheetQuestion
from grader.reports.sheets.sheet_format import SheetFormat, register
from grader.reports.sheets.words import SheetWords


@register
class MarkdownSheet(SheetFormat):
    """For course pages, wikis and repositories."""

    name = "markdown"
    about = "CommonMark with mathematics between dollars, for a course page or a repository"
    ending = ".md"

    def write(self, sheet: Sheet, language: Language) -> bytes:
        """UTF-8, one block after the other."""
        text = "\n\n".join(_blocks(sheet, SheetWords(language))) + "\n"
        return (text if language.right_to_left else unisolated(text)).encode("utf-8", "replace")


def _blocks(sheet: Sheet, words: SheetWords) -> Iterator[str]:
    if words.language.right_to_left:
        yield f'<div dir="rtl" lang="{words.language.code}">'
    yield f"# {escape(sheet.title)}"
    facts = [code(sheet.id), words.points(sheet.points)]
    if sheet.student is not None:
        facts.append(f"{words.word.student}: {code(sheet.student)}")
    if sheet.variant is not None:
        facts.append(f"{words.word.variant}: {code(sheet.variant)}")
    yield " · ".join(facts)
    if sheet.staff:
        yield f"**{words.word.staff}**"
    yield f"## {words.word.hand_in}"
    yield from map(prose, words.guide(sheet))
    yield f"### {words.word.written}"
    yield "\n".join(
        f"- {prose(words.language(one.said))} ({words.language.comma.join(map(code, one.parts))})"
        for one in sheet.instructions
    )
    if sheet.prompt.strip():
        yield sheet.prompt.strip()
    for question in sheet.questions:
        yield from _question(question, words)
    if words.language.right_to_left:
        yield "</div>"


def _question(question: SheetQuestion, words: SheetWords) -> Iterator[str]:
    title = f": {escape(question.title)}" if question.title else ""
    yield f"## {words.heading(question)}{title} ({code(question.id)}, {words.points(question.points)})"
    if question.prompt.strip():
        yield question.prompt.strip()
    for part in question.parts:
        yield from _part(part, words)
    if question.steps:
        yield f"**{words.word.steps}**"
        for step in question.steps:
            yield code(f"{step.name} = {step.formula}")
            if step.value is not None:
                yield step.value
    if question.conventions:
        yield f"**{words.word.accepted}**: {'; '.join(map(escape, question.conventions))}"


def _part(part: SheetPart, words: SheetWords) -> Iterator[str]:
    facts = words.points(part.points)
    if part.unit:
        facts = f"{facts}, {prose(words.unit(part.unit))}"
    yield f"**{code(part.id)}** ({facts})"
    if part.prompt.strip():
        yield part.prompt.strip()
    if part.items:
        yield "\n".join(_options(part.items, ":"))
    if part.options:
        yield "\n".join(_options(part.options, "\\.", "*"))
    if part.solution is None:
        return
    if part.solution.key is not None:
        yield f"**{words.word.key}**"
        yield part.solution.key
    yield from (prose(words.language(said)) for said in part.solution.remarks)
    if part.solution.rubric:
        yield f"**{words.word.rubric}**"
        yield "\n".join(f"- {words.points(points)}: {text}" for points, text in part.solution.rubric)


def _options(options: Iterable[Option], stop: str, bullet: str = "-") -> Iterator[str]:
    """Options with written-out labels, as Markdown lists number themselves; a different bullet starts a new list."""
    for option in options:
        label = escape(option.label)
        yield f"{bullet} {label}{stop} {option.text}"
