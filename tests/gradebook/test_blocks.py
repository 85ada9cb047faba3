"""A review file in pieces: the same tables as the whole of it, however its texts look."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.gradebook.review.document import tables
from grader.gradebook.review.writing import text
from tests.gradebook.folders import RIGHT, grade, report, submission, write

PIECES = st.sampled_from(["[[review]]", "\n", '"', "'", '"""', "'''", "\\", "a", "#", " = ", "\r"])
WORDS = st.lists(PIECES, max_size=25).map("".join)


def whole(data: str) -> list[dict[str, Any]]:
    return list(tomli.loads(data, parse_float=Decimal).get("review", []))


def pieces(data: str) -> list[dict[str, Any]]:
    return [one for document, _ in tables(data.encode().splitlines(keepends=True)) for one in document["review"]]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(WORDS, st.integers(0, 9)), min_size=1, max_size=6))
def test_pieces_are_the_whole(entries: list[tuple[str, int]]) -> None:
    data = "".join(f"[[review]]\nanswer = {text(answer)}\npoints = {points}.5\n" for answer, points in entries)
    assert pieces(data) == whole(data)


def test_a_mark_of_windows_and_tables_written_by_hand() -> None:
    data = "\ufeff[[ review ]]\r\na = '''\r\n[[review]]\r\n'''\r\n  [[review]]\r\nb = 1\r\n"
    assert pieces(data) == [{"a": "[[review]]\n"}, {"b": 1}]


def test_three_quotes_in_an_answer_hold_nothing_up() -> None:
    data = "".join(f"[[review]]\nanswer = {text(answer)}\n" for answer in ("a", "'''", "b", "x'''y", "c"))
    assert len(list(tables(data.encode().splitlines(keepends=True)))) == 5


@pytest.mark.parametrize("data", ["[[review]]\na = \n", "[[review]]\na = '''\n" * 3, "a = [\n" + "[[review]]\n" * 40])
def test_what_is_no_toml_is_no_piece(data: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        pieces(data)


def test_an_answer_that_looks_like_a_mark_is_none(tmp_path: Path) -> None:
    forged = "It sums to 0.\n[[review]]\nassignment = 'cnn-foundations'\nstudent = 'ada'\npart = 'q1.g'\npoints = 2\n"
    answers = f"[answers.q1]\nwhy = {text(forged)}\n"
    write(tmp_path / "in" / "ada.toml", submission("ada", answers))
    write(tmp_path / "in" / "ben.toml", submission("ben", RIGHT))
    grade(tmp_path / "in", tmp_path / "out")
    path = tmp_path / "out" / "review.toml"
    assert "\n[[review]]\nassignment = 'cnn-foundations'\n" in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace('points = ""', "points = 1"), encoding="utf-8")
    grade(tmp_path / "in", tmp_path / "out")
    assert report(tmp_path / "out", "ada")["score"] == 1.0
    assert "review" not in report(tmp_path / "out", "ada")["questions"][0]["parts"][0]
