"""`grader review` while something else changes: the key's files, a batch that writes, a folder that goes away."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from grader.cli.main import run
from grader.gradebook.database import Database
from grader.messages.languages import LANGUAGES
from tests.gradebook.folders import call
from tests.service.review.conftest import BASE
from tests.service.review.test_access import WHY, assert_refused, fields, marks
from tests.service.served import results_in

asking = pytest.importorskip("tests.service.asked", reason="httpx is not installed (extra: test)").asking


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return results_in(tmp_path_factory.mktemp("six")).parent


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Path:
    """A folder with `in`, `keys` and the results `out`."""
    shutil.copytree(made, tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def client(course: Path) -> Any:
    """Who opened the printed link."""
    from grader.service.review.app import ReviewService
    from grader.service.review.desk import Desk
    from grader.service.review.trust import Trust

    review = ReviewService(Desk(course / "out", course / "keys"), Trust(8000), LANGUAGES["en"])
    opened = asking(review.application(), BASE)
    assert opened.get(review.trust.link).status_code == 200
    return opened


def lower_points(course: Path) -> None:
    """q1.why is worth 1 point instead of 2 from now on."""
    path = course / "keys" / "cnn-foundations" / "assignment.toml"
    before, found, after = path.read_text(encoding="utf-8").replace("points = 20\n", "points = 19\n").partition("why]")
    rubric, end, rest = after.replace("points = 2\n", "points = 1\n", 1).partition("]\n")
    path.write_text(before + found + rubric.replace("points = 0.4", "points = 0.2") + end + rest, encoding="utf-8")
    assert run(["keys", "build", str(path.parent)]) == 0


def test_points_that_were_lowered_meanwhile_are_the_most_that_can_be_given(course: Path, client: Any) -> None:
    seen = fields(client.get(WHY).text)
    lower_points(course)
    response = client.post(WHY, data=seen | {"points": "2"})
    assert response.status_code == 422
    assert "expected points of q1.why from 0 to 1 with at most 2 decimals, received" in response.text
    assert marks(course / "out") == []
    assert client.post(WHY, data=seen | {"points": "1"}).status_code == 303


def test_ticks_of_a_rubric_that_was_changed_meanwhile_are_not_counted(course: Path, client: Any) -> None:
    seen = fields(client.get(WHY).text)
    lower_points(course)
    response = client.post(WHY, data=seen | {"tick": ["0", "1"], "points": ""})
    assert response.status_code == 422
    assert "the assignment was changed after this page was opened" in response.text
    assert marks(course / "out") == []
    again = fields(response.text)
    assert client.post(WHY, data=again | {"tick": ["0", "1"], "points": ""}).status_code == 303


def test_a_mark_given_after_the_points_were_checked_is_checked_again(course: Path, client: Any) -> None:
    from grader.gradebook.review.queue import WantedDecision, checked, decide
    from grader.gradebook.run.course import Course

    before = Course.load(course / "keys")  # what somebody still has who read the files before
    seen = fields(client.get(WHY).text)
    lower_points(course)
    batch = ["batch", course / "in", "--out", course / "out", "--keys", course / "keys", "--jobs", "1"]
    assert call(*batch).returncode == 1
    wanted = checked(WantedDecision("cnn-foundations", "q1.why", seen["group"], seen["version"], "2"), before)
    with closing(Database(course / "out" / ".grader" / "store.sqlite3")) as database:
        assert isinstance(wanted, WantedDecision) and decide(database, wanted).saved
    refused = call(*batch)
    assert refused.returncode == 2
    assert (
        "2 points were given for q1.why of 'student-00', and it is worth 1 now: correct one of them" in refused.stderr
    )


def test_a_page_does_not_wait_for_a_batch_that_writes(course: Path, client: Any) -> None:
    with closing(sqlite3.connect(course / "out" / ".grader" / "store.sqlite3", isolation_level=None)) as batch:
        batch.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        assert client.get(WHY).status_code == 200
        assert time.monotonic() - started < 25  # for 30 seconds it would wait to write


def test_results_that_are_gone_are_said(course: Path, client: Any) -> None:
    shutil.rmtree(course / "out" / ".grader")
    for path in ("/", WHY):
        response = client.get(path)
        assert response.headers["retry-after"] == "30"
        assert_refused(response, 503, "the results cannot be read or changed at the moment")


def test_a_folder_in_which_nothing_can_be_stored_is_said(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = course / "out" / ".grader" / "store.sqlite3"
    file.with_name(file.name + "-wal").mkdir()  # no journal can be written, and root may write everywhere else
    assert run(["review", str(course / "out"), "--no-browser"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("grader: expected a folder in which marks can be stored, received ")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", WHY, "GET, HEAD, POST"), ("POST", "/", "GET, HEAD"), ("GET", "/names", "POST")],
)
def test_the_methods_of_an_address_are_said(method: str, path: str, allowed: str, client: Any) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)


def test_a_form_in_another_character_set_is_refused(course: Path, client: Any) -> None:
    sent = fields(client.get(WHY).text) | {"points": "1", "comment": "\\ud800"}
    lines = [f'--B\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in sent.items()]
    for charset in ("unicode_escape", "undefined", "punycode", "none such", "latin-1"):
        kind = f'multipart/form-data; boundary=B; charset="{charset}"'
        response = client.post(WHY, content="".join([*lines, "--B--\r\n"]), headers={"content-type": kind})
        assert_refused(response, 415, "expected a form in UTF-8, received one in")
    assert client.post(WHY, data=sent | {"comment": "a\0b"}).status_code == 422
    assert marks(course / "out") == []


def test_a_comment_of_the_longest_length_is_saved_in_any_script(course: Path, client: Any) -> None:
    sent = fields(client.get(WHY).text) | {"points": "1", "comment": "\U0001f600" * 10_000}
    assert client.post(WHY, data=sent).status_code == 303
    assert {len(comment) for _, _, comment, _ in marks(course / "out")} == {10_000}


def test_an_assignment_whose_file_is_broken_meanwhile_is_shown_as_it_was(course: Path, client: Any) -> None:
    path = course / "keys" / "cnn-foundations" / "assignment.toml"
    whole, seen = path.read_text("utf-8"), client.get(WHY)
    for broken, said in (
        ("[[[", "line 1: not TOML"),
        (whole.replace('"convolve2d(', '"no_such_call('), "no_such_call"),
    ):
        path.write_text(broken, "utf-8")
        for page in ("/", WHY):
            shown = client.get(page)
            assert shown.status_code == 200
            assert said in shown.text and "The files cannot be used" in shown.text
        assert "It adds up." in client.get(WHY).text
    assert client.post(WHY, data=fields(seen.text) | {"points": "1"}).status_code == 303
    path.write_text(whole, "utf-8")
    assert "The files cannot be used" not in client.get(WHY).text
    path.unlink()
    assert "cnn-foundations/assignment.toml: no such file" in client.get("/").text
    assert client.get(WHY).status_code == 200
    assert client.get(WHY.replace("q1.why", "q1.other")).status_code == 404


def test_an_assignment_whose_file_was_never_usable_is_said(course: Path) -> None:
    from grader.service.review.app import ReviewService
    from grader.service.review.desk import Desk
    from grader.service.review.trust import Trust

    (course / "keys" / "cnn-foundations" / "assignment.toml").write_text("[[[", "utf-8")
    review = ReviewService(Desk(course / "out", course / "keys"), Trust(8000), LANGUAGES["en"])
    opened = asking(review.application(), BASE)
    assert opened.get(review.trust.link).status_code == 200
    assert "line 1: not TOML" in opened.get("/").text
    assert_refused(opened.get(WHY), 409, "line 1: not TOML")
