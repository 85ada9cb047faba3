"""The fields of a form: what stands in them, and what is typed when they are posted."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.answers import read_answer
from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.errors import StudentError, UnreadableError
from grader.homework.files import read_submission
from grader.messages.languages import LANGUAGES
from grader.service.forms.choosing import choosing, chosen
from grader.service.forms.fields import Form, Written
from grader.service.forms.pages import ConfirmPage, FormPages, Frame, HandInPage, Links
from grader.service.forms.typed import typed_of
from tests.service.forms.samples import KEYS, ROOT, SUBMISSIONS, assignment_of, loaded
from tests.service.forms.test_previews import IDS, walked

LINKS = Links("/paper", "/preview", "/drafts", upload="/upload")


class Posted(HTMLParser):
    """What a browser posts of the form of a page, untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self._open: str | None = None
        self._select: str | None = None
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attributes}
        if tag == "input" and known.get("type") in ("radio", "checkbox"):
            if "checked" in known:
                self.pairs.append((known["name"], known["value"]))
        elif tag == "input" and "value" in known:
            self.pairs.append((known["name"], known["value"].replace("\n", "\r\n")))
        elif tag == "textarea":
            self._open, self._text = known["name"], ""
        elif tag == "select":
            self._select = known["name"]
        elif tag == "option" and "selected" in known:
            self.pairs.append((str(self._select), known["value"]))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            text = self._text.removeprefix("\n")  # as a browser does
            self.pairs.append((str(self._open), text.replace("\n", "\r\n")))


def read(written: str, spec: AnswerSpec) -> Any:
    try:
        return read_answer(written, spec).value
    except UnreadableError as error:
        return str(error.said)


@pytest.mark.parametrize("path", SUBMISSIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_submission_laid_into_the_fields_is_posted_with_the_same_readings(path: Path) -> None:
    id = assignment_of(path)
    if id is None:
        pytest.skip("no submission to a shipped assignment")
    solution = loaded(id).solution
    student = read_submission(path.read_bytes(), path.name).student
    form = Form.of(solution.of_student(student)[1])
    typed = typed_of(path.read_bytes(), form.previewer.specs)
    written = {f"{question}.{part}": Written(text) for question, parts in typed.items() for part, text in parts.items()}
    fields = form.fields(written, form.previews(typed))
    page = FormPages(LANGUAGES["en"]).hand_in(HandInPage(form, fields, LINKS, Frame("c"), student, "s"))
    posted = form.answers(Posted(page).pairs)
    confirmed = form.answers(
        Posted(FormPages(LANGUAGES["fa"]).confirm(ConfirmPage(form, fields, LINKS, Frame("c"), student))).pairs
    )
    assert set(posted) == {question.id for question in form.sheet.questions}
    for name, part in form.parts.items():
        question, _, one = name.partition(".")
        before = typed.get(question, {}).get(one, "")
        after = posted[question][one]
        assert confirmed[question][one] == before
        assert read(after, part.spec) == read(before, part.spec)
        if part.choosing is None:
            assert after == before


def test_text_of_any_kind_survives_the_page() -> None:
    form = Form.of(loaded("cnn-foundations").solution)
    text = '\n\n </textarea><script>alert(1)</script> & "quoted" \'\n\tend\n'
    fields = form.fields({"q1.why": Written(text, 3), "q4.Z": Written('"><b>1')})
    page = FormPages(LANGUAGES["en"]).hand_in(HandInPage(form, fields, LINKS, Frame("c"), "s", "s"))
    answers = form.answers(Posted(page).pairs)
    assert (answers["q1"]["why"], answers["q4"]["Z"]) == (text, '"><b>1')
    assert "<script>alert" not in page
    assert 'data-part="q1.why" data-revision="3"' in page


def test_a_text_that_is_too_long_for_a_preview_is_not_called_unreadable() -> None:
    form = Form.of(loaded("cnn-foundations").solution)
    written = {"q4.O": Written("[[" + "1, " * 5_000 + "1]]"), "q4.Z": Written("see there")}
    fields = form.fields(written, form.read(written))
    page = FormPages(LANGUAGES["en"]).confirm(ConfirmPage(form, fields, LINKS, Frame("c"), "s"))
    assert page.count("This cannot be read") == 1
    assert "Not read, or read in several ways: q4.Z<" in page
    assert "what is read is shown for texts of at most 10,000 characters, received 15,005" in page


CHOICES = st.lists(
    st.sampled_from(
        ["a", "b", "c", "A", "1", "2", "3x3", "9", "true", "false", "yes", "max, mean", "x; y", "none", "ب"]
    )
    | st.text("abc ,;.-1", min_size=1, max_size=8),
    min_size=2,
    max_size=6,
    unique_by=lambda text: text.strip().casefold().strip(" .,;"),
).filter(lambda choices: all(text.strip(" .,;-") for text in choices))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.sampled_from(["choice", "choices", "matching"]), CHOICES, st.data())
def test_what_is_ticked_is_what_is_read(kind: str, choices: list[str], data: st.DataObject) -> None:
    items = ("p", "q", "r") if kind == "matching" else ()
    spec = AnswerSpec(kind, choices=tuple(choices), items=items, item_texts=tuple(f"item {one}" for one in items))
    field = KINDS[kind].form_field(spec)
    found = choosing(field, spec)
    if found is None:
        return  # a line of text
    places = st.integers(0, len(choices) - 1)
    if kind == "choices":
        ticked = sorted(data.draw(st.sets(places, min_size=1)))
        texts, wanted = [found.values[0][at] for at in ticked], [ticked]
    else:
        each = [data.draw(places) for _ in found.values]
        texts, wanted = [row[at] for row, at in zip(found.values, each, strict=True)], [[at] for at in each]
    assert chosen(field, spec, found.written(texts)) == wanted


@pytest.mark.parametrize("id", IDS)
def test_every_choice_of_the_shipped_assignments_has_buttons_and_nothing_of_the_key(id: str) -> None:
    form = Form.of(loaded(id).solution)
    assert all(part.choosing is not None for part in form.parts.values() if part.field.options)
    kinds = {type(one).__module__ for one in walked(form)}
    assert not {module for module in kinds if module.startswith(("grader.formula", "grader.core", "numpy"))}
    assert not {name for name in kinds if name.startswith("grader.homework.")}


def test_no_size_is_given_away() -> None:
    """The page of a matrix is that of any other matrix."""
    pages = FormPages(LANGUAGES["en"])
    form = Form.of(loaded("cnn-foundations").solution)
    shown = pages.hand_in(HandInPage(form, form.fields({}), LINKS, Frame("c"), "s", "s"))
    areas = [re.sub(r"q4\.\w+", "NAME", area) for area in re.findall(r'<textarea id="q4.*?</textarea>', shown, re.S)]
    assert len(areas) == 3
    assert len(set(areas)) == 1


@pytest.mark.parametrize(
    ("kind", "spec", "wanted"),
    [
        ("number", {}, ("text", 1, 0)),
        ("array", {"rank": 1}, ("textarea", 2, 1)),
        ("array", {"rank": 2}, ("textarea", 6, 2)),
        ("array", {"rank": 3}, ("textarea", 6, 0)),
        ("formula", {"symbols": ("n",)}, ("text", 1, 0)),
        ("formula", {"symbols": ("n",), "rank": 2}, ("textarea", 6, 2)),
        ("shapes", {}, ("textarea", 6, 0)),
        ("text", {}, ("textarea", 8, 0)),
        ("choices", {"choices": ("a", "b")}, ("checkbox", 1, 0)),
        ("matching", {"choices": ("a", "b"), "items": ("x", "y")}, ("radio", 1, 0)),
    ],
)
def test_each_kind_has_the_field_that_fits_it(kind: str, spec: dict[str, Any], wanted: tuple[str, int, int]) -> None:
    field = KINDS[kind].form_field(AnswerSpec(kind, **spec))
    assert (field.input, field.rows, field.grid) == wanted


def test_a_choice_that_no_button_stands_for_stays_a_text() -> None:
    form = Form.of(loaded("course-quiz").solution)
    name = next(name for name, part in form.parts.items() if part.field.input == "radio" and not part.field.items)
    question, _, part = name.partition(".")
    fields = form.fields({name: Written("neither of them")})
    assert (fields[name].input, fields[name].groups) == ("text", ())
    page = FormPages(LANGUAGES["en"]).hand_in(HandInPage(form, fields, LINKS, Frame("c"), "s", "s"))
    assert form.answers(Posted(page).pairs)[question][part] == "neither of them"


def test_a_file_that_check_refuses_is_refused_here_too() -> None:
    with pytest.raises(StudentError):
        typed_of((KEYS / "cnn-foundations" / "assignment.toml").read_bytes())
