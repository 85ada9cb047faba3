"""No sentence gives away a number of the key, a factor, an offset or a partner cell."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.marking.report import Cell, PartReport
from grader.messages import Sentence
from grader.messages.languages import LANGUAGES
from grader.misconceptions.registry import misconceptions
from scripts.catalogue import PACKAGE, templates_below
from tests.marking.homework import one

COUNTS = {"right", "total", "count", "most", "more", "explained", "of"}
CELLS = {"cells", "cell"}
SENTENCES = {"equals", "repair", "rule", "first", "second", "one", "other", "slip"}
NAMES = {"names", "last", "name", "fault"}
SHAPES = {"expected", "received"}
TOLERANCE = {"limit"}
OWN = {"formula", "cause", "meant", "size"}
"""What the student wrote; or the author, in the assignment."""
ALLOWED = OWN | COUNTS | CELLS | SENTENCES | NAMES | SHAPES | TOLERANCE
FOR_STAFF = Counter(
    [
        "declares variant {declared}, but {student} has {own}: marked under {own}, {points} of {most} points; "
        "under {declared} it would be {other}"
    ]
)
"""What staff are told of a student's variant: no student reads it. What is said elsewhere, too, is judged."""
MARKING = sorted(Counter(templates_below(PACKAGE / "marking")) - FOR_STAFF)


def test_there_are_templates() -> None:
    assert len(MARKING) > 40


@pytest.mark.parametrize("template", MARKING)
def test_no_template_has_a_place_for_a_number_of_the_key(template: str) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    assert names <= ALLOWED


@pytest.mark.parametrize("row", misconceptions(), ids=lambda row: row.id)
def test_a_misconception_has_no_places_at_all(row: object) -> None:
    assert not row.equals.fields
    assert not row.repair.fields


# -- what is really said -------------------------------------------------------------------------------------------

FACTOR, OFFSET = 7919, 104_729
ROWS, COLUMNS = 2, 3
numbers = st.lists(st.integers(20_011, 99_991), min_size=6, max_size=6, unique=True)
Grid = list[list[int]]


def grid(values: list[int]) -> Grid:
    return [values[:COLUMNS], values[COLUMNS:]]


def slips(key: Grid) -> dict[str, Grid]:
    flat = [value for row in key for value in row]
    return {
        "sign": grid([-value for value in flat]),
        "factor": grid([FACTOR * value for value in flat]),
        "offset": grid([value + OFFSET for value in flat]),
        "exchanged": grid([flat[1], flat[0], *flat[2:]]),
        "copied": grid([flat[5], *flat[1:]]),
        "one-entry": grid([11, *flat[1:]]),
        "one-sign": grid([-flat[0], *flat[1:]]),
        "rows-reversed": key[::-1],
        "columns-reversed": [row[::-1] for row in key],
        "transposed": [list(column) for column in zip(*key, strict=True)],
    }


def sentences(part: PartReport) -> Iterator[Sentence]:
    yield from part.message
    yield from (diagnosis.message for diagnosis in part.diagnoses)
    if part.rule is not None:
        yield part.rule


def texts(part: PartReport) -> Iterator[str]:
    latin = str.maketrans("۰۱۲۳۴۵۶۷۸۹٫٬", "0123456789.,")
    for said in sentences(part):
        yield str(said)
        yield LANGUAGES["fa"](said).translate(latin)


def cells(text: str) -> set[Cell]:
    return {tuple(map(int, found.split(", "))) for found in re.findall(r"\((\d+, \d+)\)", text)}


@settings(deadline=None, max_examples=15)
@given(values=numbers, slip=st.sampled_from(sorted(slips(grid([1, 2, 3, 4, 5, 6])))))
def test_a_slip_is_named_without_its_numbers(values: list[int], slip: str) -> None:
    key = grid(values)
    answer = slips(key)[slip]
    part = one("X + 0", str(answer), given=f"X = {key}")
    assert part.verdict != "correct"
    assert slip in {diagnosis.id for diagnosis in part.diagnoses} or slip == "transposed"
    secret = {*map(str, values), str(FACTOR), f"{FACTOR:,}", str(OFFSET), f"{OFFSET:,}"}
    wrong = set(part.entries.wrong) if part.entries else set()
    for text in texts(part):
        assert not {number for number in secret if number in text}, text
        assert cells(text) <= wrong, "a cell that is right would name the partner"


def test_a_number_that_is_given_away_would_be_seen() -> None:
    assert cells("it is the value of (1, 2)") == {(1, 2)}
    names = {
        name for _, name, _, _ in string.Formatter().parse("all entries are {factor} times the right ones") if name
    }
    assert not names <= ALLOWED


@pytest.mark.parametrize(
    ("key", "answer"), [(83_467, 84_367), (0.5437, 54.37), (83_467, 834_670), (91.0, 8281), (8281, 91)]
)
def test_a_wrong_number_is_explained_without_the_right_one(key: float, answer: float) -> None:
    part = one("X + 0", str(answer), given=f"X = {key}")
    assert part.diagnoses
    for text in texts(part):
        assert not re.findall(r"\d{2,}", text.replace("1e-6", "")), text
