"""The instructor's report on a small class that was really graded, judged by counting by hand."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook.database import Database
from grader.gradebook.database.class_records import document_of, lists_of
from grader.gradebook.run.publish import file_of
from grader.statistics import plots
from grader.statistics.document import json_pieces
from grader.statistics.page import page_pieces
from tests.gradebook.folders import KEYS, RIGHT, call, grade, make_class, submission, write
from tests.reports.pages import Elements

FLIPPED = RIGHT.replace("O = [[10, 3], [9, 18]]", "O = [[8, 1], [7, 0]]")
NAMES = ("=1+1", "<script>alert(1)</script>", "../../x", "\u202eabc", "student-04", "Student-04")


def answers(number: int) -> str:
    """Of twelve students: five give Z = 41, three flip the kernel, one has another wrong Z, three are right."""
    if number < 5:
        return RIGHT.replace("Z = 10", "Z = 41")
    if number < 8:
        return FLIPPED
    return RIGHT.replace("Z = 10", "Z = 77") if number == 8 else RIGHT


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for number in range(12):
        name = NAMES[number] if number < len(NAMES) else f"student-{number:02}"
        write(folder / "in" / f"{number:02}.toml", submission(name, answers(number)))
    write(folder / "in" / "broken.toml", 'assignment = "cnn-foundations"\nstudent = "x"\nZ = 9/4\n')
    grade(folder / "in", folder / "out", pages=True)
    return folder / "out"


def the_class(database: Database) -> dict[str, Any]:
    return document_of(database, database.assignments(), {})


@pytest.fixture(scope="module")
def found(results: Path) -> Any:
    return json.loads((results / "class.json").read_text(encoding="utf-8"))["assignments"][0]


def test_who_was_counted(found: Any) -> None:
    assert found["marks"]["students"] == 12
    assert sum(found["files"].values()) in (12, 13)
    assert sum(one["students"] for one in found["marks"]["histogram"]) == 12


def test_facility_and_shares_by_hand(found: Any) -> None:
    parts = {f"{part['question']}.{part['part']}": part for part in found["parts"]}
    assert parts["q4.Z"]["verdicts"]["wrong"] == 6
    assert parts["q4.dF"]["facility"] == 1.0
    assert parts["q4.dF"]["discrimination"]["reason"] == "all marks of the part are equal"
    assert parts["q4.dX"]["missing"] == 1.0
    assert parts["q1.why"]["facility"] is None
    assert [part["part"] for part in found["parts"]][:3] == ["g", "why", "role"]


def test_the_key_is_doubted_where_wrong_answers_agree(found: Any) -> None:
    assert found["key_may_be_wrong"] == [
        {"question": "q4", "part": "Z", "value": 41, "students": 5, "wrong_answers": 6, "right_answers": 6}
    ]


@pytest.mark.parametrize(("agree", "right", "doubted"), [(3, 9, False), (4, 8, True), (5, 3, True), (2, 1, False)])
def test_a_few_who_agree_beside_many_who_are_right_cast_no_doubt(
    agree: int, right: int, doubted: bool, tmp_path: Path
) -> None:
    for number in range(agree + right):
        text = RIGHT.replace("Z = 10", "Z = 41") if number < agree else RIGHT
        write(tmp_path / "in" / f"{number}.toml", submission(f"student-{number}", text))
    grade(tmp_path / "in", tmp_path / "out")
    (found,) = json.loads((tmp_path / "out" / "class.json").read_text("utf-8"))["assignments"]
    assert bool(found["key_may_be_wrong"]) == doubted


def test_marks_are_provisional_while_a_text_waits(found: Any, results: Path, tmp_path: Path) -> None:
    assert found["marks"]["provisional"]
    assert Elements((results / "class.html").read_text("utf-8")).text.count("provisional") == 4
    write(tmp_path / "in" / "a.toml", submission("a", "[answers.q4]\nZ = 10\n"))
    grade(tmp_path / "in", tmp_path / "out", pages=True)
    (other,) = json.loads((tmp_path / "out" / "class.json").read_text("utf-8"))["assignments"]
    assert not other["marks"]["provisional"]
    assert "provisional" not in (tmp_path / "out" / "class.html").read_text("utf-8").lower()


def test_files_without_marks_are_listed_with_reasons_and_links(tmp_path: Path) -> None:
    write(tmp_path / "in" / "good.toml", submission("good"))
    write(tmp_path / "in" / "q9.toml", submission("asks", "[answers.q9]\nx = 1\n"))
    write(tmp_path / "in" / "one.toml", submission("twin"))
    write(tmp_path / "in" / "two.toml", submission("twin", RIGHT.replace("10", "11")))
    write(tmp_path / "in" / "torn.toml", "assignment = ")
    grade(tmp_path / "in", tmp_path / "out", pages=True)
    page = (tmp_path / "out" / "class.html").read_text("utf-8")
    rows = {
        file: (link, status, reason)
        for link, file, status, reason in re.findall(
            r'<tr><th scope="row">(?:<a href="([^"]*)">)?<bdi class="m">([^<]*)</bdi>(?:</a>)?</th>'
            r'<td>([^<]*)</td><td dir="auto">([^<]*)</td></tr>',
            page,
        )
    }
    assert set(rows) == {"q9.toml", "one.toml", "two.toml", "torn.toml"}
    assert rows["q9.toml"][:2] == ("pages/cnn-foundations/asks.html", "could not be graded")
    assert "unknown question" in rows["q9.toml"][2]
    assert (tmp_path / "out" / rows["q9.toml"][0]).is_file()
    assert rows["one.toml"][1] == "refused: several files of one student"
    assert "one.toml, two.toml" in rows["one.toml"][2]
    assert rows["torn.toml"][0] == ""
    assert "torn.toml: line 1" in rows["torn.toml"][2]


def test_causes_with_a_link_to_each_student(found: Any, results: Path) -> None:
    flip = next(cause for cause in found["causes"] if cause["id"] == "conv-flip")
    assert flip["kind"] == "misconception"
    assert flip["students"] == len(flip["who"]) == 3
    assert {part["part"] for part in flip["parts"]} >= {"q4.O"}
    for who in flip["who"]:
        assert (results / who["page"]).is_file()
    counts = [cause["students"] for cause in found["causes"]]
    assert counts == sorted(counts, reverse=True)


def test_the_page_says_the_same_and_escapes_everything(results: Path, found: Any) -> None:
    page = (results / "class.html").read_text(encoding="utf-8")
    elements = Elements(page)
    assert "The key may be wrong" in elements.text
    assert "conv-flip" in elements.text
    assert not {"img", "form"} & {tag for tag, _ in elements.found}
    assert [dict(found) for found in elements.all("script")] == [{}], "one script, inline, and none of a student's"
    policy = next(meta["content"] for meta in elements.all("meta") if "http-equiv" in meta)
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in str(policy)
    assert "<script>alert(1)" not in page
    assert len(elements.all("svg")) == 3
    assert all(svg["role"] == "img" and svg["aria-labelledby"] for svg in elements.all("svg"))
    assert {str(header["scope"]) for header in elements.all("th")} == {"row", "col"}
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    hrefs = [str(link["href"]) for link in elements.all("a")]
    shows = sum(cause["students"] for cause in found["causes"])
    assert sum(href.startswith("pages/") for href in hrefs) == shows + 12, "who shows a cause, and everyone"
    for href in hrefs:
        assert href.startswith("#") or (results / href).is_file()


def test_every_student_is_linked_whatever_the_name(results: Path) -> None:
    page = results / "class.html"
    links = re.findall(r'<a href="(pages/[^"]*)"><bdi>', page.read_text("utf-8").rpartition("Every student")[2])
    assert len(links) == len(set(links)) == 12
    assert all((results / link).is_file() for link in links)


def test_the_bytes_are_the_same_every_time(results: Path) -> None:
    with Database.reading(results / ".grader" / "store.sqlite3") as database:
        lists, document = lists_of(database, partial(file_of, ".html")), the_class(database)
        for lang in ("en", "fa"):
            assert "".join(page_pieces(lists, document, lang)) == "".join(page_pieces(lists, document, lang))
        assert "".join(json_pieces(lists, document)) == "".join(json_pieces(lists, the_class(database)))


def test_links_lead_to_reports_where_there_are_no_pages(results: Path) -> None:
    with Database.reading(results / ".grader" / "store.sqlite3") as database:
        page = "".join(page_pieces(lists_of(database, partial(file_of, ".json")), the_class(database)))
    links = re.findall(r'href="(reports/[^"]*)"', page)
    assert links
    assert all((results / link).is_file() for link in links)


def test_an_empty_class(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "store.sqlite3")) as database:
        lists, document = lists_of(database, partial(file_of, ".html")), the_class(database)
        assert document["assignments"] == []
        assert json.loads("".join(json_pieces(lists, document)))["assignments"] == []
        assert "<main" in "".join(page_pieces(lists, document))


def test_a_plot_escapes_its_words_and_takes_the_page_s_colours() -> None:
    parts = [("q1.a$x$<b>", {"value": 0.5, "low": 0.2, "high": 0.7}), ("-->", {"value": None})]
    svg = plots.items(parts, name="n", title="<&", label="$y$")
    assert '<title id="n-title">&lt;&amp;</title>' in svg
    assert "q1.a$x$&lt;b&gt;" in svg
    assert "<!--" not in svg
    assert "var(--info)" in svg
    assert not re.search("#0[0-9a-f]{5}", svg)
    assert "<style" not in svg
    assert svg == plots.items(parts, name="n", title="<&", label="$y$")


def test_a_home_that_cannot_be_written_to_is_not_our_business(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "file").touch()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "file" / "home"))
    done = call("batch", make_class(tmp_path / "in", 3), "--out", tmp_path / "out", "--keys", KEYS, "--jobs", "1")
    assert (done.returncode, done.stderr) == (1, "")
    assert "<svg" in (tmp_path / "out" / "class.html").read_text("utf-8")


def test_a_persian_page_has_persian_digits_in_marks_shares_and_plots(tmp_path: Path) -> None:
    for number in (2, 6, 10):
        write(tmp_path / "in" / f"{number}.toml", submission(f"student-{number}", answers(number)))
    grade(tmp_path / "in", tmp_path / "out", pages=True, lang="fa")
    page = (tmp_path / "out" / "class.html").read_text(encoding="utf-8")
    drawn = re.findall(r"<text[^>]*>\s*([^<]*?)\s*</text>", page)
    parts = [word for word in drawn if re.fullmatch(r"q\d\.\w+", word)]
    numbers = [word for word in drawn if word not in parts]
    assert parts and {"۰٫۵", "۱٫۰", "−۰٫۵"} <= set(numbers)
    assert not re.search("[0-9.]", "".join(numbers)), numbers
    table = re.sub(r"<(svg|style|script).*?</\1>", "", page, flags=re.DOTALL)
    assert re.search("[۰-۹]٪</td>", table) and "%" not in re.sub("<[^>]*>", "", table)
    assert re.search("<bdi>[۰-۹٫]+ از ۲۰</bdi>", table)
