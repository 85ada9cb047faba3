"""Answers in other units: factors are those of the SI brochure and IEC 80000-13, written out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.answers.units import factor_to
from tests.marking.homework import one, said


@pytest.mark.parametrize(
    ("declared", "written", "factor"),
    [
        ("MB", "KB", Fraction(1, 1000)),
        ("MB", "kilobytes", Fraction(1, 1000)),
        ("MB", "MiB", Fraction(1048576, 1000000)),
        ("MB", "Mbit", Fraction(1, 8)),
        ("MB", "bytes", Fraction(1, 1000000)),
        ("ms", "s", Fraction(1000)),
        ("ms", "µs", Fraction(1, 1000)),
        ("cm", "mm", Fraction(1, 10)),
        ("m/s", "km/h", Fraction(5, 18)),
        ("GFLOPs", "MFLOPs", Fraction(1, 1000)),
        ("GFLOPs", "billion FLOPs", Fraction(1)),
        ("parameters", "M params", Fraction(1000000)),
        ("MB", "ms", None),
        ("GFLOPs", "GMACs", None),
        ("MB", "apples", None),
        ("%", "percent", None),
    ],
)
def test_factors(declared: str, written: str, factor: Fraction | None) -> None:
    assert factor_to(declared, written) == factor


@pytest.mark.parametrize(
    ("unit", "key", "written"),
    [
        *[("MB", "0.6", w) for w in ("0.6", "0.6 MB", "600 KB", "600 kilobytes", "0.0006 GB", "600000 B", "600 k")],
        *[("ms", "2.5", w) for w in ("2.5 ms", "0.0025 s", "2500 us", "2500 µs", "2.5 msec", "0.0025 seconds")],
        *[("GFLOPs", "0.5", w) for w in ("0.5 GFLOPs", "0.5 GFLOP", "500 MFLOPs", "5e8 FLOPs", "0.5 billion", "500 M")],
        *[("GMACs", "4.09", w) for w in ("4.09 G", "4.09 GMACs", "4090 MMACs")],
        *[("parameters", "61706", w) for w in ("61,706", "61.706k", "61706 params", "0.061706 M")],
        *[("%", "28", w) for w in ("28", "28%", "28 percent")],
    ],
)
def test_the_same_quantity_is_right(unit: str, key: str, written: str) -> None:
    assert one(key, f"'{written}'", f'{{points = 1, unit = "{unit}"}}').verdict == "correct"


@pytest.mark.parametrize(("unit", "written"), [("MB", "5 ms"), ("ms", "2.5 MB"), ("GFLOPs", "0.5 GMACs")])
def test_another_quantity_is_a_reason_to_ask(unit: str, written: str) -> None:
    report = one("0.5", f"'{written}'", f'{{points = 1, unit = "{unit}"}}')
    assert (report.verdict, said(report)) == ("unreadable", f"expected an answer in {unit}, received '{written}'")


@pytest.mark.parametrize("written", ["0.28", "'0.28'"])
def test_a_share_of_one_may_be_meant(written: str) -> None:
    report = one("28.0", written, '{points = 1, unit = "%"}')
    assert report.verdict == "unreadable"
    assert said(report) == "expected one reading, received '0.28', which can be read as 0.28 or as 28"
    assert one("0.28", written, '{points = 1, unit = "%"}').verdict == "correct"
    assert one("35.0", written, '{points = 1, unit = "%"}').verdict == "wrong"


@pytest.mark.parametrize(
    ("unit", "key", "written", "right"),
    [
        ("bits", "1.5", "1.5 bits", True),
        ("bits", "1.5", "1.5 shannons", True),
        ("bits", "1.5", "1.04 nats", True),
        ("bits", "1.5", "0.1875 bytes", True),
        ("bits", "1.5", "1.05 nats", False),
        ("bits", "1.5", "1.5 nats", False),
        ("nats", "1.0397", "1.5 bits", True),
        ("nats", "1.0397", "0.4515 hartleys", True),
    ],
)
def test_information_is_measured_to_any_base(unit: str, key: str, written: str, right: bool) -> None:
    report = one(key, f"'{written}'", f'{{points = 1, unit = "{unit}", tolerance = {{relative = 1e-3}}}}')
    assert (report.verdict == "correct") == right
