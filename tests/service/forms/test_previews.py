"""How answers are read while they are typed: by one who knows nothing of the key."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.answers.spec import AnswerSpec
from grader.service.forms.previews import Preview, Previewer
from tests.service.forms.samples import KEYS, loaded

IDS = sorted(folder.name for folder in KEYS.iterdir())


def preview(written: str, spec: AnswerSpec, decimal: Any = None) -> Preview:
    return Previewer({("q1", "a"): spec}).preview("q1", "a", written, decimal)


def texts(found: Preview) -> list[str]:
    return [reading.shown for reading in found.readings]


@pytest.mark.parametrize(
    ("spec", "written", "readings", "clear"),
    [
        (AnswerSpec("array", 1), "0,5", [[0, 5], [0.5]], ["0  5", "0.5"]),
        (AnswerSpec("number"), "2,125", [2125, 2.125], ["2125", "02.125"]),
        (AnswerSpec("number"), "3 1/2", [3.5, 1.5], ["7/2", "3/2"]),
        (AnswerSpec("number"), "0,5", [0.5], [None]),
        (AnswerSpec("array", 2), "2,125 3\n4 5", [[[2125, 3], [4, 5]], [[2.125, 3], [4, 5]]], None),
        (AnswerSpec("shape"), "14x14", [[14, 14]], [None]),
        (AnswerSpec("integer", counts=True), "-", [0], [None]),
        (AnswerSpec("set"), "none", [[]], [None]),
        (AnswerSpec("choice", choices=("max", "mean")), "b", ["mean"], [None]),
    ],
)
def test_every_reading_is_shown_and_each_can_be_written_so_that_it_is_the_only_one(
    spec: AnswerSpec, written: str, readings: list[object], clear: list[str | None] | None
) -> None:
    found = preview(written, spec)
    assert [reading.value for reading in found.readings] == readings
    assert found.message is None
    assert found.undecided == (len(readings) > 1)
    if clear is not None:
        assert [reading.written for reading in found.readings] == clear
    for reading in found.readings:
        for mark in (None, ".", ","):
            if reading.written is not None:
                again = preview(reading.written, spec, mark)
                assert [one.value for one in again.readings] == [reading.value]


def test_what_cannot_be_read_says_what_to_type() -> None:
    found = preview("see my drawing", AnswerSpec("shape"))
    assert (found.readings, found.blank) == ((), False)
    assert str(found.message) == "expected a shape such as (5, 4, 3), received 'see my drawing'"
    assert preview(" - ", AnswerSpec("number")) == Preview(blank=True)
    long = preview("1" * 10_001, AnswerSpec("number"))
    said = "what is read is shown for texts of at most 10,000 characters, received 10,001"
    assert (str(long.message), long.readings) == (said, ())
    with pytest.raises(KeyError):
        Previewer({}).preview("q1", "a", "1")


def test_the_paper_s_decimal_mark_narrows_the_readings() -> None:
    previewer = Previewer({("q1", name): AnswerSpec("number") for name in "ab"})
    mark = previewer.decimal({"q1": {"a": "0,5", "b": "2,125"}, "q9": {"z": "0.5"}})
    assert texts(previewer.preview("q1", "b", "2,125", mark)) == ["2.125"]


@pytest.mark.parametrize(
    ("spec", "written", "html"),
    [
        (AnswerSpec("number"), "-9/4", "<mrow><mo>−</mo><mfrac><mn>9</mn><mn>4</mn></mfrac></mrow>"),
        (AnswerSpec("number"), "2.5e-20", "<mn>2.5</mn><mo>×</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>20"),
        (AnswerSpec("shape"), "14x7", "<mn>14</mn><mo>×</mo><mn>7</mn>"),
        (AnswerSpec("array", 2), "1 -\n3 4", "<mtr><mtd><mn>1</mn></mtd><mtd><mi>·</mi></mtd></mtr>"),
        (AnswerSpec("formula", symbols=("n",)), "1/(n-(1-n))", "<mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>n</mi>"),
        (AnswerSpec("formula", symbols=("n",)), "(-n)^2", "<msup><mrow><mrow><mo>(</mo><mrow><mo>−</mo><mi>n</mi>"),
        (
            AnswerSpec("formula", symbols=("n",)),
            "-n^2",
            "<mrow><mo>−</mo><msup><mrow><mi>n</mi></mrow><mrow><mn>2</mn>",
        ),
        (AnswerSpec("formula", symbols=("n",)), "(1/2)^n", "<mrow><mo>(</mo><mfrac>"),
        (AnswerSpec("formula", symbols=("n",)), "floor(n/2)", "<mo>⌊</mo><mfrac>"),
        (AnswerSpec("formula", symbols=("C_in",)), "C_in*2", "<msub><mi>C</mi><mi>in</mi></msub>"),
        (AnswerSpec("shape", symbols=("n",)), "(n+1) x 3", "<mrow><mo>(</mo><mi>n</mi><mo>+</mo><mn>1</mn><mo>)</mo>"),
        (AnswerSpec("choice", choices=("<b>x</b>", "y")), "A", "A. &lt;b&gt;x&lt;/b&gt;"),
        (AnswerSpec("text"), "<script>\n\u202e", '&lt;script&gt;</bdi><br><bdi dir="auto">\\u202e'),
    ],
)
def test_a_reading_is_shown_as_it_was_understood(spec: AnswerSpec, written: str, html: str) -> None:
    (reading,) = preview(written, spec).readings
    assert html in reading.html


def walked(root: object) -> Iterator[object]:
    """Every object that can be reached from another, modules and classes left out."""
    seen: set[int] = set()
    left = [root]
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, type) or type(one).__name__ in ("module", "function"):
            continue
        seen.add(id(one))
        yield one
        left += gc.get_referents(one)


@pytest.mark.parametrize("id", IDS)
def test_nothing_of_the_key_can_be_reached_from_it(id: str) -> None:
    previewer = Previewer.of(loaded(id).solution)
    reached = list(walked(previewer))
    assert {type(one) for one in reached} <= {Previewer, AnswerSpec, dict, tuple, str, int, bool, type(None)}
    specs = [one for one in reached if isinstance(one, AnswerSpec)]
    assert specs
    assert {(spec.axes, spec.unasked) for spec in specs} == {(None, ())}
    assert all(one <= 8 for one in reached if isinstance(one, int))


SPECS = st.sampled_from(
    [
        AnswerSpec("number"),
        AnswerSpec("integer", counts=True),
        AnswerSpec("shape"),
        AnswerSpec("shapes", symbols=("n",)),
        AnswerSpec("array", 1),
        AnswerSpec("array", 2, counts=True),
        AnswerSpec("array", 4),
        AnswerSpec("formula", symbols=("n", "k_1")),
        AnswerSpec("formula", 2, symbols=("n",)),
        AnswerSpec("set"),
        AnswerSpec("choices", choices=("a b", "c d")),
        AnswerSpec("matching", choices=("x", "y"), items=("a", "b"), item_texts=("t", "u")),
        AnswerSpec("text"),
    ]
)
WRITTEN = st.text("0123456789.,;/*^-+()[]{}nk_ex%\n \\frac√×∞<>&\"'", max_size=40) | st.text(max_size=30)


@settings(max_examples=400)
@given(SPECS, WRITTEN)
def test_whatever_is_typed_is_read_or_answered_with_a_sentence(spec: AnswerSpec, written: str) -> None:
    found = preview(written, spec)
    assert bool(found.readings) + (found.message is not None) + found.blank == 1
    for reading in found.readings:
        json.dumps([reading.shown, reading.html, reading.value], allow_nan=False)
        tags = reading.html.unescape() if "<" not in written else ""
        assert "<script" not in tags
    assert len({reading.shown for reading in found.readings}) == len(found.readings)


HEAVY = [
    (AnswerSpec("formula", symbols=("n",)), r"\frac{" * 600 + "n" + "}{2}" * 600),
    (AnswerSpec("formula", symbols=("n",)), "(" * 4_999 + "n" + ")" * 4_999),
    (AnswerSpec("formula", symbols=("n",)), "n+" * 999 + "n"),
    (AnswerSpec("formula", symbols=("n",)), "n^" * 59 + "n"),
    (AnswerSpec("number"), "1/" * 4_999 + "3"),
    (AnswerSpec("number"), "9" * 10_000),
    (AnswerSpec("number"), "9^9^9^9"),
    (AnswerSpec("array", 2), "1.234,5 " * 1_250),
    (AnswerSpec("array", 2), ("1,234 " * 40 + "\n") * 40),
    (AnswerSpec("array", 3), "[" * 5_000 + "]" * 5_000),
    (AnswerSpec("shapes"), "3x3x3\n" * 1_600),
    (AnswerSpec("shapes", symbols=("n",)), "(n+1)x3\n" * 1_200),
    (AnswerSpec("set"), "(1, 2), " * 1_250),
    (AnswerSpec("choice", choices=("a b", "c d")), "a b c d " * 1_200),
    (AnswerSpec("text"), "a\n" * 5_000),
]


@pytest.mark.parametrize(("spec", "written"), HEAVY, ids=lambda value: str(value)[:30])
def test_heavy_texts_take_bounded_time(spec: AnswerSpec, written: str) -> None:
    began = time.process_time()
    found = preview(written, spec)
    assert time.process_time() - began < 0.5
    assert sum(len(reading.html) + len(reading.shown) for reading in found.readings) < 200_000


def test_two_thousand_short_answers_are_read_a_second() -> None:
    previewer = Previewer({("q1", "a"): AnswerSpec("number"), ("q1", "b"): AnswerSpec("array", 2)})
    rounds = 100
    began = time.process_time()
    for count in range(rounds):
        previewer.preview("q1", "a", f"{count}/7")
        previewer.preview("q1", "b", f"{count} 2\n3 4")
    assert time.process_time() - began < 2 * rounds / 2_000
