"""Rows for a table: what they write is read as they show it, and a form that comes back loses neither rows nor text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.answers import read_answer
from grader.answers.kinds import KINDS
from grader.answers.spec import AnswerSpec
from grader.messages.languages import LANGUAGES
from grader.service.forms.fields import Form, Written
from grader.service.forms.pages import FormPages, Frame, HandInPage
from grader.service.forms.previews import Previewer, kind_of
from grader.service.forms.rows import written_of
from grader.service.forms.spelling import same_readings
from tests.gradebook.folders import call
from tests.service.courses import course_in, serving
from tests.service.forms.samples import loaded
from tests.service.forms.test_fields import LINKS, Posted

NAMES = ("C1", "S2", "C3")
NAMED = AnswerSpec("shapes", order="HWC", labels=NAMES)
OPEN = AnswerSpec("shapes", order="HWC")
COUNTS = AnswerSpec("array", 1, counts=True, labels=NAMES)
SYMBOLS = AnswerSpec("shapes", order="HWC", symbols=("h", "w"))
KERAS = """Layer (type)                 Output Shape              Param #
=================================================================
conv2d (Conv2D)              (None, 27, 27, 6)         156
average_pooling2d (AveragePo (None, 13, 13, 6)         0
dense_2 (Dense)              (None, 10)                850
================================================================="""


def preview(written: str, spec: AnswerSpec) -> Any:
    return Previewer({("q", "p"): spec}).preview("q", "p", written)


@pytest.mark.parametrize(
    ("spec", "cells", "wanted"),
    [
        (NAMED, ["27 x 27 x 6", "", "60"], "27 x 27 x 6\n-\n60"),
        (NAMED, ["", "5,4,3", ""], "-\n5,4,3\n-"),
        (NAMED, [" ", "", ""], ""),
        (OPEN, ["", "5 4 3", "60", "", ""], "-\n5 4 3\n60"),
        (OPEN, ["5, 4, 3", "", ""], "(5, 4, 3)"),
        (OPEN, ["۵، ۴، ۳"], "(۵، ۴، ۳)"),
        (OPEN, ["H=5, W=4, C=3", ""], "(H=5, W=4, C=3)"),
        (OPEN, ["5 x 4 x 3", ""], "5 x 4 x 3"),
        (OPEN, ["(5-1) x 3 x 2"], "(5-1) x 3 x 2"),
        (COUNTS, ["156", "", "0"], "156\n?\n0"),
        (SYMBOLS, ["", "2h+1, w"], "-\n2h+1, w"),
    ],
)
def test_rows_write_one_line_each_and_are_shown_so_again(spec: AnswerSpec, cells: list[str], wanted: str) -> None:
    written = written_of(cells, kind_of(spec).form_field(spec))
    assert written == wanted
    if written:
        found = preview(written, spec)
        assert written_of(found.cells, kind_of(spec).form_field(spec)) == written
        (reading,) = found.readings
        named = [*spec.labels, "", "", "", ""]
        assert [name for name, _ in reading.rows] == named[: len(written.split("\n"))]


ENTRIES = st.sampled_from(["5 x 4 x 3", "5,4,3", "5 4 3", "60", "(5, 4, 3)", "3@5x4", "H=5, W=4, C=3", "", "", "۵×۴×۳"])


@settings(max_examples=100, deadline=None)
@given(st.lists(ENTRIES, min_size=3, max_size=3), st.booleans())
def test_each_row_is_read_as_it_is_alone(cells: list[str], named: bool) -> None:
    spec = NAMED if named else OPEN
    written = written_of(cells, kind_of(spec).form_field(spec))
    readings = read_answer(written, spec)
    alone = [
        (read_answer(f"({cell})" if cell == "5 4 3" else cell, AnswerSpec("shape", order="HWC"))) for cell in cells
    ]
    if readings.blank:
        assert not any(cells)
        return
    assert isinstance(readings.value, tuple)
    shapes = [None if one.blank else one.value for one in alone]
    while not named and shapes and shapes[-1] is None:
        shapes.pop()
    assert list(readings.value) == shapes


@pytest.mark.parametrize(
    ("spec", "written", "cells"),
    [
        (NAMED, KERAS, ("(27, 27, 6)", "(13, 13, 6)", "(10,)")),
        (COUNTS, KERAS, ("156", "0", "850")),
        (NAMED, "27x27x6, 13x13x6, 10", ("(27, 27, 6)", "(13, 13, 6)", "(10,)")),
        (NAMED, "27x27x6\n13x13x6", ("27x27x6", "13x13x6")),
        (NAMED, "1\n2\n3\n4", None),
        (NAMED, "27x27x6\nsee there\n10", ("27x27x6", "see there", "10")),
        (NAMED, "see the other sheet\nand there", ("see the other sheet", "and there")),
        (COUNTS, "C3: 3, C1: 156", ("156", "", "3")),
        (OPEN, "\n".join("5" * 41), None),
    ],
)
def test_a_text_from_elsewhere_is_laid_into_rows_that_are_read_the_same(
    spec: AnswerSpec, written: str, cells: tuple[str, ...] | None
) -> None:
    found = preview(written, spec)
    assert found.cells == cells
    if cells is not None and found.message is None:
        again = written_of(cells, kind_of(spec).form_field(spec))
        assert same_readings(read_answer(again, spec), read_answer(written, spec))


def test_the_sentence_about_a_row_says_the_number_on_the_page() -> None:
    found = preview("27x27x6\nsee there\n10", NAMED)
    assert str(found.message) == "row 2 (S2): expected a shape such as (5, 4, 3), received 'see there'"
    assert found.row == 1
    counted = preview("156\n0\nx y z", COUNTS)
    assert (counted.row, str(counted.message)) == (2, "row 3 (C3): expected a number, received 'x'")
    assert str(preview("5\nsee there", OPEN).message).startswith("row 2: expected")
    assert preview("5 x y", AnswerSpec("shape", order="HWC")).row is None


def shown(form: Form, name: str, written: Written | None = None) -> str:
    """The field of a part on the page."""
    texts = {} if written is None else {name: written}
    fields = form.fields(texts, form.read(texts))
    page = FormPages(LANGUAGES["en"]).hand_in(HandInPage(form, fields, LINKS, Frame("c"), "s", "s"))
    return page.partition(f'data-part="{name}"')[2].partition('class="conflict"')[0]


def test_names_are_shown_where_the_template_has_them_and_no_size_is_given_away() -> None:
    form = Form.of(loaded("course-lenet").solution)
    named = shown(form, "table.shapes")
    assert re.findall(r'<bdi class="m">(\w+)</bdi></label>', named) == [
        *("C1", "S2", "C3", "S4", "flatten", "F5", "F6", "output")
    ]
    template = call("template", "course-lenet").stdout
    assert 'labels = ["C1", "S2", "C3", "S4", "flatten", "F5", "F6", "output"]' in template
    fields = []
    for id in ("cnn-pooling-capsules", "cnn-backprop-momentum", "course-fields-fa"):  # of 3, 11 and 3 layers
        form = Form.of(loaded(id).solution)
        name = next(name for name, part in form.parts.items() if part.spec.kind == "shapes")
        assert form.parts[name].spec.labels == ()
        fields.append(re.sub(r' data-asked="\w+"', "", shown(form, name).replace(name, "NAME")))
    assert len(set(fields)) == 1
    assert fields[0].count('type="text"') == 6


def posted(form: Form, name: str, before: str, *, rows: list[str] | None = None, text: str | None = None) -> list[Any]:
    """What a browser without script posts after rows or the text were changed."""
    texts = {name: Written(before)}
    fields = form.fields(texts, form.read(texts))
    page = FormPages(LANGUAGES["en"]).hand_in(HandInPage(form, fields, LINKS, Frame("c"), "s", "s"))
    pairs = Posted(page).pairs
    if rows is not None:
        places = [at for at, (key, _) in enumerate(pairs) if key == f"{name}.row"]
        assert len(places) >= len(rows)
        for at, place in enumerate(places):
            pairs[place] = (pairs[place][0], rows[at] if at < len(rows) else "")
    return [(key, text if key == name and text is not None else value) for key, value in pairs]


BEFORE = "5 x 4\n60"


@pytest.mark.parametrize(
    ("rows", "text", "wanted"),
    [
        (None, None, BEFORE),
        (["5 x 4", "61"], None, "5 x 4\n61"),
        (["5 x 4", "60", "", "10"], None, "5 x 4\n60\n-\n10"),
        ([""], None, ""),
        (None, "5 x 4\r\n61", "5 x 4\n61"),
        (None, "", ""),
        (["5 x 4", "61"], "5 x 4\r\n61", "5 x 4\n61"),
        (["5 x 4", "61"], "", "5 x 4\n61"),
        ([""], "7\r\n8", "7\n8"),
        (["5 x 4", "61"], "7\r\n8", None),
    ],
)
def test_without_script_what_was_changed_is_the_answer(rows: list[str] | None, text: str | None, wanted: str) -> None:
    form = Form.of(loaded("cnn-pooling-capsules").solution)
    name = next(name for name, part in form.parts.items() if part.spec.kind == "shapes")
    question, _, part = name.partition(".")
    pairs = posted(form, name, BEFORE, rows=rows, text=text)
    assert form.without_field(pairs) == {}
    if wanted is None:
        assert form.apart(pairs)[name][:3] == ("5 x 4", "61", "")
        assert form.answers(pairs)[question][part] == "7\n8"
    else:
        assert form.apart(pairs) == {}
        assert form.answers(pairs)[question][part] == wanted


def test_rows_of_a_field_that_is_gone_are_not_lost() -> None:
    form = Form.of(loaded("course-lenet").solution)
    pairs = [("old.shapes.row", "5 x 4"), ("old.shapes.row", ""), ("old.shapes.row", "60"), ("old.shapes.laid", "a b")]
    assert form.without_field(pairs) == {"old.shapes.row": "5 x 4\n60"}


def test_without_script_rows_are_handed_in_and_a_second_answer_is_asked_about(tmp_path: Path) -> None:
    with serving(course_in(tmp_path, "course-lenet")) as served:
        client = served.person("student-01")
        page = client.get("/work/course-lenet").text
        name, cells = "table.shapes", ["27*27*6", "", "9x9x17", "4,4,17", "272", "120", "84", "10"]

        def post(page: str, step: str, cells: list[str] | None, text: str | None = None) -> Any:
            form: dict[str, list[str]] = {}
            for key, value in Posted(page).pairs:
                form.setdefault(key, []).append(value)
            if cells is not None:
                form[f"{name}.row"] = cells
            if text is not None:
                form[name] = [text]
            return client.post("/work/course-lenet", data={**form, "step": step})

        page = post(page, "read", cells).text
        assert "<textarea" in page.partition('class="rows"')[2]
        assert [value for key, value in Posted(page).pairs if key == f"{name}.row"] == cells
        assert "<mn>9</mn><mo>×</mo><mn>9</mn><mo>×</mo><mn>17</mn>" in page

        both = post(page, "check", ["1", *cells[1:]], "5x5\n4x4")
        assert both.status_code == 409
        assert "the rows and the text differ, and both were changed:" in both.text
        assert dict(Posted(both.text).pairs)[name] == "5x5\r\n4x4"
        assert [value for key, value in Posted(both.text).pairs if key == f"{name}.row"] == ["1", *cells[1:]]
        again = post(both.text, "hand-in", None)
        assert again.status_code == 409
        confirmed = post(both.text, "check", ["1", *cells[1:]], "")
        assert confirmed.status_code == 200
        handed_in = post(confirmed.text, "hand-in", None)
        assert handed_in.status_code == 303
        staff = served.program("staff")
        (tmp_path / "mine.toml").write_bytes(staff.get("/api/v1/submissions/1/file").content)
        assert "'''\n1\n-\n9x9x17\n4,4,17\n272\n120\n84\n10'''" in (tmp_path / "mine.toml").read_text()
        checked = call("check", tmp_path / "mine.toml", "--keys", served.folder / "answer_keys", "--format", "json")
        assert staff.get("/api/v1/submissions/1/report").json() == json.loads(checked.stdout)


@pytest.mark.parametrize(
    ("kind", "more", "table", "blank"),
    [
        ("shapes", {}, (), "-"),
        ("shapes", {"labels": NAMES}, NAMES, "-"),
        ("shapes", {"symbols": ("h",)}, (), "-"),
        ("array", {"rank": 1}, None, "-"),
        ("array", {"rank": 1, "counts": True, "labels": NAMES}, NAMES, "?"),
        ("array", {"rank": 2, "counts": True}, None, "?"),
        ("formula", {"rank": 1, "symbols": ("h",), "labels": NAMES}, None, "-"),
    ],
)
def test_who_has_rows(kind: str, more: dict[str, Any], table: tuple[str, ...] | None, blank: str) -> None:
    spec = AnswerSpec(kind, **more)
    field = (kind_of(spec) if spec.symbols else KINDS[kind]).form_field(spec)
    assert (field.table, field.blank) == (table, blank)


@pytest.mark.parametrize("written", ["1 ? 3", "1  2\n?  4"])
def test_a_blank_count_of_a_grid_is_no_zero(written: str) -> None:
    rank = 1 + ("\n" in written)
    value: Any = read_answer(written, AnswerSpec("array", rank, counts=True)).value
    assert [entry for row in (value if rank == 2 else [value]) for entry in row].count(None) == 1
