"""The page of one student, read as a program would read it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from grader.homework.solution import solve
from grader.marking.report import QuestionReport, Review, SubmissionReport
from grader.messages import Sentence
from grader.reports import Reveal, fragments, json, markdown
from grader.reports.asked import asked
from grader.reports.html import student_page
from tests.reports.pages import GRID, HOSTILE, LONG, SAMPLE, Elements, hostile_asked, hostile_document, page_of
from tests.reports.samples import REPORT, SHAPE, TEXT, WRONG, make_part, make_report

LIVE = {"script", "img", "iframe", "object", "embed", "form", "base", "input", "video", "audio", "template"}


def cells(page: str) -> list[tuple[str, str]]:
    """Class and text of the cells of all grids."""
    found = re.findall(r'<td(?: class="([^"]*)")?>(.*?)</td>', page.partition("<main")[2])
    return [(name, re.sub("<[^>]*>", "", text)) for name, text in found if name != "z"]


def test_a_grid_marks_cells_by_more_than_colour() -> None:
    page = student_page(page_of(GRID))
    assert cells(page) == [
        ("r", "✓0 right"),
        ("w x", "✗3/2a wrong"),
        ("w x", "✗9/4b wrong"),
        ("w x", "✗−1/2a wrong"),
        ("r", "✓2 right"),
        ("w", "✗7 wrong"),
    ]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    for rule in (r"\.g td\.r{border:1px solid", r"\.g td\.w{border:2px dashed", r"\.g td\.x{outline:3px solid"):
        assert re.search(rule, style[1])


def test_a_blank_cell_is_said_to_be_blank() -> None:
    page = student_page(page_of({**GRID, "read": [[0, None, "9/4"], [-0.5, 2, 7]]}))
    assert cells(page)[1] == ("w x", "✗·blanka wrong")


def test_a_table_has_a_caption_and_headers_with_scope() -> None:
    found = Elements(student_page(page_of(GRID)))
    assert len(found.all("caption")) == len(found.all("table")) == 2
    assert {header.get("scope") for header in found.all("th")} == {"row", "col"}
    assert "column 2" in found.text
    assert "row 1" in found.text


def test_the_wrong_cells_of_a_shortened_report_do_not_make_the_others_right() -> None:
    part = {**GRID, "entries": {"total": 6, "correct": 2, "wrong": [[0, 1]]}}
    assert [name for name, _ in cells(student_page(page_of(part)))] == ["", "w x", "", "", "", ""]


def test_a_wrong_shape_marks_no_cell() -> None:
    part = {**GRID, "entries": {"total": 8, "correct": 0, "wrong": [[0, 0, 0]] * 8}}
    assert {name for name, _ in cells(student_page(page_of(part)))} == {""}


def test_arrays_of_every_rank_are_shown() -> None:
    vector = {**GRID, "read": [1, 2.25, 3], "entries": {"total": 3, "correct": 2, "wrong": [[1]]}, "diagnoses": []}
    assert [name for name, _ in cells(student_page(page_of(vector)))] == ["r", "w", "r"]
    block = [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]]
    entries = {"total": 12, "correct": 11, "wrong": [[1, 0, 2]]}
    cube = student_page(page_of({**GRID, "read": block, "entries": entries, "diagnoses": []}))
    assert "[0]" in cube
    assert "[1]" in cube
    assert [text for name, text in cells(cube) if name == "w"] == ["✗9 wrong"]
    shapes = {**GRID, "kind": "shapes", "read": [[3, 4, 5], [7]], "entries": {"total": 2, "correct": 1, "wrong": [[1]]}}
    assert [name for name, _ in cells(student_page(page_of({**shapes, "diagnoses": []})))] == ["r", "w"]


def test_a_large_array_is_cut_and_says_so() -> None:
    part = {**GRID, "read": [[0] * 70 for _ in range(60)], "entries": {"total": 4200, "correct": 4200, "wrong": []}}
    page = student_page(page_of(part))
    assert len(cells(page)) == 24 * 24
    assert "The rest of this value is not shown." in page
    assert len(page) < 100_000


def test_the_right_answer_only_where_the_document_has_it() -> None:
    assert "The right answer" not in student_page(page_of(GRID))
    assert "The right answer" in student_page(page_of({**GRID, "expected": [[0, 1, 2], [3, 4, 5]]}))


@pytest.mark.parametrize(("reveal", "shown"), [("never", False), ("wrong", True), ("always", True)])
def test_rubrics_obey_reveal(reveal: Any, shown: bool) -> None:
    words = {"questions": {"q4": {"parts": {"why": {"rubric": [["1.5", "bilinear sampling"]]}}}}}
    assert ("bilinear sampling" in student_page(SAMPLE, words, reveal=reveal)) == shown


def test_a_person_s_mark_stands_beside_the_machine_s() -> None:
    part = {**GRID, "review": {"points": 3.5, "who": "A. Person", "why": "the sign is a typo"}}
    found = Elements(student_page(page_of(part))).text
    assert "3.5 / 4" in found
    assert "Marked by a person: A. Person" in found
    assert re.search(r"The machine's mark\s*1.25 \(partly right\)", found)
    assert "the sign is a typo" in found


def test_the_rule_that_was_applied_is_said_once() -> None:
    silent = Elements(student_page(page_of(GRID))).text
    assert silent.count("within 1e-6 relative") == 1
    spoken = {**GRID, "message": "Not right (compared: within 1e-6 relative)."}
    assert Elements(student_page(page_of(spoken))).text.count("within 1e-6 relative") == 1
    right = {**GRID, "verdict": "correct"}
    assert "within 1e-6 relative" not in student_page(page_of(right))


def test_a_rejected_submission_has_a_page_with_the_reason() -> None:
    page = student_page(
        {"status": "rejected", "assignment": None, "student": "x", "message": "line 6: 9/4 <needs> quotes"}
    )
    assert "This submission could not be graded." in page
    assert "line 6: 9/4 &lt;needs&gt; quotes" in page


def class_of_three() -> list[SubmissionReport]:
    """Reports that share questions and parts as a marker makes them: one free text, one mark by a person differ."""
    shared = QuestionReport("q4", "Convolution", (make_part(), replace(WRONG, id="dX")))
    size = replace(SHAPE, id="sides")  # a part belongs to one question
    own = QuestionReport("q5", "Words", (size, TEXT))
    other = replace(own, parts=(size, replace(TEXT, submitted="no idea")))
    marked = replace(own, parts=(replace(size, review=Review(Decimal(2), who="A. Person")), TEXT))
    return [
        make_report(questions=questions, student=f"student-0{number}")
        for number, questions in enumerate([(shared, own), (shared, other), (shared, marked), (own, shared)])
    ]


@pytest.mark.parametrize("most", [1, 3, 1_000])
@pytest.mark.parametrize("reveal", ["never", "always"])
def test_shared_fragments_change_no_page_and_no_document(
    most: int, reveal: Reveal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fragments, "MOST", most)
    shared = fragments.Fragments()
    for report in [REPORT, make_report(WRONG, SHAPE, student="student-02"), *class_of_three(), REPORT]:
        assert json.render(report, reveal=reveal, fragments=shared) == json.render(report, reveal=reveal)
        alone = markdown.render(report, reveal=reveal)
        assert markdown.render(report, reveal=reveal, fragments=shared) == alone
        known = json.document(report, reveal=reveal, fragments=shared)
        page = student_page(json.document(report, reveal=reveal), reveal=reveal)
        assert student_page(known, reveal=reveal, fragments=shared) == page


def test_what_is_shared_is_written_once() -> None:
    shared = fragments.Fragments()
    first, second, third, _ = (json.document(report, fragments=shared) for report in class_of_three())
    assert first["questions"][0] is second["questions"][0] is third["questions"][0]
    assert first["questions"][1]["parts"][0] is second["questions"][1]["parts"][0]
    assert second["questions"][1]["parts"][1]["submitted"] == "no idea"
    assert third["questions"][1]["parts"][0]["review"]["points"] == 2.0


def test_a_persian_page_runs_from_right_to_left_and_its_mathematics_does_not() -> None:
    page = student_page(page_of(GRID, score=12.5, max_score=20.0), lang="fa")
    assert '<html lang="fa" dir="rtl">' in page
    assert "۱۲٫۵ از ۲۰" in page
    assert "✗3/2a" in "".join(text for _, text in cells(page))
    assert ".g{direction:ltr" in page


def test_isolates_of_a_translation_become_elements_and_overrides_do_not() -> None:
    page = student_page(
        page_of({**GRID, "rule": None, "message": "۲ از \u20666\u2069 \u202eabc \u2069\u2066open"}), lang="fa"
    )
    assert '۲ از <bdi dir="ltr">6</bdi> \\u202eabc <bdi dir="ltr">open</bdi>' in page


def test_the_words_of_the_page_go_through_one_function() -> None:
    said: list[Sentence] = []

    def say(one: Sentence) -> str:
        said.append(one)
        return f"¡{one}!"

    page = student_page(SAMPLE, say=say)
    assert "¡Your answer, as it was read!" in page
    assert {"Student", "Overview", "wrong"} <= {one.template for one in said}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_nothing_that_strangers_wrote_is_live(text: str, lang: Any) -> None:
    page = student_page(hostile_document(text), hostile_asked(text), lang=lang, reveal="always")
    found = Elements(page)
    assert not LIVE & {tag for tag, _ in found.found}
    assert len(found.all("style")) == 1
    assert not [name for _, attributes in found.found for name in attributes if name.startswith("on")]
    for attributes in found.all("a"):
        assert str(attributes["href"]).startswith("#")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    assert len(page) < 400_000
    if text != LONG:
        assert "49" not in re.sub(r"<style>.*?</style>", "", page)


def test_one_page_needs_no_network_and_no_script() -> None:
    page = student_page(SAMPLE)
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#|data:,)", page)
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_ids_are_unique_and_links_lead_to_them() -> None:
    found = Elements(student_page(SAMPLE))
    ids = [attributes["id"] for _, attributes in found.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(attributes["href"])[1:] for attributes in found.all("a")} <= set(ids)
    labelled = [str(attributes["aria-labelledby"]) for _, attributes in found.found if "aria-labelledby" in attributes]
    assert labelled
    assert set(labelled) <= set(ids)


def test_headings_go_down_one_at_a_time() -> None:
    levels = [int(tag[1]) for tag, _ in Elements(student_page(page_of(GRID))).found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_what_an_assignment_asks() -> None:
    from grader.homework.assignment import Assignment

    made = Assignment.read(
        {
            "id": "hw",
            "title": "T",
            "questions": [
                {
                    "id": "q1",
                    "prompt": "Say why.",
                    "parts": {"why": {"points": 2, "kind": "text", "rubric": [{"points": 2, "text": "because"}]}},
                }
            ],
        }
    )
    assert asked(solve(made)) == {
        "title": "T",
        "shown": "",
        "questions": {
            "q1": {
                "prompt": "Say why.",
                "shown": '<p dir="auto">Say why.</p>',
                "parts": {
                    "why": {
                        "prompt": "",
                        "shown": "",
                        "unit": None,
                        "rubric": [("2", "because")],
                        "choices": [],
                        "options": [],
                    }
                },
            }
        },
    }


def test_a_slip_beside_a_mistake_marks_what_the_mistake_leaves() -> None:
    causes = [
        {"id": "gap-side", "kind": "misconception", "explained": 3, "of": 4, "unexplained": [[0, 1]], "message": "m"},
        {"id": "one-sign", "kind": "slip", "explained": 4, "of": 4, "unexplained": [], "message": "s"},
    ]
    entries = {"total": 4, "correct": 0, "wrong": [[0, 0], [0, 1], [1, 0], [1, 1]]}
    part = {**GRID, "read": [[1, 2], [3, 4]], "entries": entries, "diagnoses": causes}
    assert [text for _, text in cells(student_page(page_of(part)))] == [
        "✗1a wrong",
        "✗2b wrong",
        "✗3a wrong",
        "✗4a wrong",
    ]


def test_a_rule_that_was_said_in_persian_keeps_its_isolates() -> None:
    part = {**GRID, "rule": "با خطای نسبی حداکثر \u20661e-6\u2069"}
    page = student_page(page_of(part), lang="fa")
    assert "\\u2066" not in page
    assert re.search(r"قاعده: با خطای نسبی حداکثر (<bdi dir=\"ltr\">)+1e-6", page)


@pytest.mark.parametrize(
    ("kind", "submitted", "read", "shown"),
    [
        ("array", "0 1\n\n   2  3\t4  \n", [[0, 1], [2, 3]], "0 1\n\n   2  3\t4  \n"),
        ("number", "  9/4 <b> \x1b[1m", 2.25, "  9/4 &lt;b&gt; \\x1b[1m"),
        ("array", [[1, "9/4"], ["1.50", 2]], [[1, 2.25], [1.5, 2]], "[[1, &#34;9/4&#34;],\n [1.50, 2]]"),
        ("array", "\n1 2", [1, 2], "\n\n1 2"),  # of two line breaks at the start a browser shows one
        ("number", "۱۲٫۵", 12.5, "۱۲٫۵"),
        ("text", " first\n\n  - second", None, " first\n\n  - second"),
    ],
)
def test_as_you_wrote_it_is_what_was_written(kind: str, submitted: Any, read: Any, shown: str) -> None:
    part = {**GRID, "kind": kind, "submitted": submitted, "read": read, "entries": None, "diagnoses": []}
    page = student_page(page_of(part))
    assert re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL) == [shown]


@pytest.mark.parametrize("submitted", ["", "   ", "\n \n", None])
@pytest.mark.parametrize("kind", ["text", "number", "array"])
def test_a_blank_answer_has_no_empty_box(kind: str, submitted: Any) -> None:
    part = {**GRID, "kind": kind, "submitted": submitted, "read": None, "verdict": "missing", "diagnoses": []}
    page = student_page(page_of(part), lang="fa")
    assert "<pre" not in page and "آن‌گونه که نوشته‌اید" not in page


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_marks_are_written_as_in_the_terminal(lang: str) -> None:
    from decimal import Decimal

    from grader.messages.languages import LANGUAGES
    from grader.reports.parts import points

    page = student_page(page_of(GRID, score=12.5, max_score=20.0), lang=lang)
    for score, most in (("12.5", "20"), ("1.25", "4")):
        assert f"<bdi>{points(Decimal(score), Decimal(most), LANGUAGES[lang])}</bdi>" in page
    if lang == "fa":
        assert points(Decimal(8), Decimal(20), LANGUAGES[lang]) == "۸ از ۲۰"
