"""Cells of a table: nothing that a spreadsheet runs, divides, or reads as another number."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from grader.reports.spreadsheet import cell, lines, mark


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("-1.5", "'-1.5"),
        (mark(Decimal("-1.5")), "-1.50"),
        ("-1.5x", "'-1.5x"),
        ("=1", "'=1"),
        ("@a", "'@a"),
        ("+1", "'+1"),
        ("12.50", "12.50"),
        ("", ""),
    ],
)
def test_cells(text: str, written: str) -> None:
    assert cell(text) == written


def test_no_spreadsheet_of_any_country_divides_a_cell() -> None:
    written = list(lines([["x;=1+1", "a,b"], ["c", "d"], ["a; ＝1", "b"], ['x;"=1;', 'y;""+2']]))
    assert written == ['"x;\'=1+1","a,b"\n', "c,d\n", '"a; \'＝1","b"\n', '"x;""\'=1;","y;""""\'+2"\n']
    for row in csv.reader(written, delimiter=";"):
        assert not any(part.lstrip()[:1] in ("=", "+", "-", "@", "＝") for part in row)


def test_marks_are_rounded_half_up_and_have_no_thousands_mark() -> None:
    assert [mark(Decimal(text)) for text in ("0.005", "0.125", "1234567.891", "2", "0")] == [
        "0.01",
        "0.13",
        "1234567.89",
        "2.00",
        "0.00",
    ]
