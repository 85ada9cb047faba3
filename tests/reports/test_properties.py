"""What holds for every report: nothing secret, nothing live, nothing too long, and JSON that obeys its schema."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grader.answers.kinds import KINDS
from grader.marking.report import Diagnosis, Entries, PartReport, QuestionReport, SubmissionReport, Verdict
from grader.messages import sentence
from grader.reports import LIMIT, Reveal, markdown, terminal
from grader.reports import json as json_report
from tests.reports.samples import make_part, make_report

VALIDATOR = Draft202012Validator(json.loads((Path(__file__).parent / "report.schema.json").read_text()))
REVEALS: tuple[Reveal, ...] = get_args(Reveal)
HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "[red]marked[/red]",
    "[link=https://bad.example]x[/link]",
    ":smile:",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "a|b\\|c",
    "`code`",
    "[x](javascript:alert(1))",
    "https://bad.example www.bad.example",
    "@everyone",
    "# heading\n\n- list",
    "\u202eabc\u202c \u2066x\u2069",
    "a\rb\x08c\x00",
    "\ud800",
    "</td></table>",
    "{template} %s {0}",
)


def renderings(report: SubmissionReport, reveal: Reveal) -> dict[str, str]:
    return {
        "terminal": terminal.render(report, reveal=reveal, width=80),
        "markdown": markdown.render(report, reveal=reveal),
        "json": json_report.render(report, reveal=reveal),
    }


texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
raws = st.recursive(
    st.one_of(
        texts,
        st.integers(-(10**20), 10**20),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.dates(),
        st.datetimes(),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
read_values = st.one_of(
    st.none(),
    texts,
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.lists(st.one_of(st.integers(), st.floats(-1e9, 1e9), st.none()), max_size=4), max_size=4),
)
cells = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=6).map(tuple)
sentences = st.builds(lambda text: sentence("received {text}", text=text), texts)
points = st.decimals(0, 20, places=2)


@st.composite
def parts(draw: st.DrawFn) -> PartReport:
    return PartReport(
        id=draw(texts),
        kind=draw(st.sampled_from(sorted(KINDS))),
        prompt=draw(texts),
        verdict=draw(st.sampled_from(get_args(Verdict))),
        score=draw(points),
        max_score=draw(points),
        submitted=draw(raws),
        read=draw(read_values),
        expected=draw(read_values),
        rule=draw(st.none() | sentences),
        carried_from=tuple(draw(st.lists(texts, max_size=2))),
        entries=draw(st.none() | st.builds(Entries, st.integers(0, 99), st.integers(0, 99), cells)),
        diagnoses=tuple(
            draw(
                st.lists(
                    st.builds(
                        Diagnosis,
                        texts,
                        st.sampled_from(["misconception", "slip", "carried"]),
                        st.integers(1, 3),
                        sentences,
                        st.integers(0, 9),
                        st.integers(0, 9),
                        cells,
                    ),
                    max_size=2,
                )
            )
        ),
        message=tuple(draw(st.lists(sentences, max_size=2))),
        unit=draw(st.none() | texts),
        rubric=tuple(draw(st.lists(st.tuples(points, texts), max_size=2))),
    )


questions = st.builds(
    QuestionReport,
    id=texts,
    title=texts,
    parts=st.lists(parts(), max_size=3).map(tuple),
    convention=st.none() | texts,
)
reports = st.builds(
    SubmissionReport,
    assignment=texts,
    title=texts,
    student=texts,
    key_digest=texts,
    grader=st.just("0.1.0"),
    questions=st.lists(questions, max_size=2).map(tuple),
    warnings=st.lists(sentences, max_size=1).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(reports, st.sampled_from(REVEALS))
def test_every_report_is_inert_bounded_and_obeys_the_schema(report: SubmissionReport, reveal: Reveal) -> None:
    shown = renderings(report, reveal)
    for text in shown.values():
        assert len(text) <= LIMIT
        assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text) is None
        text.encode("utf-8")
    written = json.loads(shown["json"])
    assert list(VALIDATOR.iter_errors(written)) == []
    if reveal == "never":
        assert all(part["expected"] is None for question in written["questions"] for part in question["parts"])


def secret_report(key: Fraction, verdict: Verdict, shape: int) -> SubmissionReport:
    """The key is `key`, alone or in an array; nothing else of the report holds its digits."""
    expected: Any = (float(key), [float(key), 0.0], [[float(key), 1.0, 2.0], [0.0, 0.0, 0.0]])[shape]
    return make_report(
        make_part(
            kind="array" if shape else "number",
            verdict=verdict,
            score=Decimal(0),
            submitted="1",
            read=1,
            expected=expected,
            entries=Entries(6, 0, ((0, 0),)),
            message=(sentence("not equal"),),
            rubric=((Decimal(1), f"rubric {float(key)!r}"),),
        )
    )


def spellings(key: Fraction) -> list[str]:
    """The key as a float, as a fraction, and rounded as the renderers round."""
    return [repr(float(key)), f"{key.numerator}/{key.denominator}", f"{float(key):.10g}", f"{float(key):.5g}"]


secret_keys = st.builds(Fraction, st.sampled_from([31677, 77773, 65537, 99991]), st.sampled_from([4, 7, 16, 1000]))


@settings(max_examples=60, deadline=None)
@given(secret_keys, st.sampled_from(get_args(Verdict)), st.integers(0, 2))
def test_under_never_no_number_of_the_key_is_printed(key: Fraction, verdict: Verdict, shape: int) -> None:
    for name, text in renderings(secret_report(key, verdict, shape), "never").items():
        for spelling in spellings(key):
            assert spelling not in text, (name, spelling)


@pytest.mark.parametrize("verdict", get_args(Verdict))
@pytest.mark.parametrize("shape", range(3))
def test_what_is_revealed_is_printed(verdict: Verdict, shape: int) -> None:
    key = Fraction(31677, 4)
    report = secret_report(key, verdict, shape)
    for reveal in REVEALS:
        expected = reveal == "always" or (reveal == "wrong" and verdict != "correct")
        for name, text in renderings(report, reveal).items():
            printed = any(spelling in text for spelling in spellings(key))
            assert printed == expected, (name, reveal)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_not_obeyed(text: str) -> None:
    part = make_part(
        verdict="unreadable",
        kind="number",
        score=Decimal(0),
        submitted=text,
        read=None,
        message=(sentence("cannot be read: {text}", text=text),),
    )
    report = make_report(part, student=text)
    shown = renderings(report, "never")
    assert json.loads(shown["json"].encode("utf-8", "surrogatepass"))["student"] == text
    rows = [line for line in shown["markdown"].splitlines() if line.startswith("|")]
    bars = [len(re.findall(r"\|", row)) for row in rows]
    assert bars == [5, 5, 5]
    assert "<" not in shown["markdown"]
    assert ">" not in shown["markdown"]
    if text.isprintable():
        assert text.split()[0] in shown["terminal"]


@pytest.mark.parametrize("length", [10, 1_999, 2_000, 2_001, 100_000])
def test_what_was_submitted_is_cut(length: int) -> None:
    written = json.loads(json_report.render(make_report(make_part(submitted="x" * length))))
    submitted = written["questions"][0]["parts"][0]["submitted"]
    assert len(submitted) == min(length, 2_000)
    assert submitted.endswith("…") == (length > 2_000)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (Decimal("0.50"), "0.50"),
        (Decimal("0.5"), 0.5),
        (Decimal("1E+999999999"), "1E+999999999"),
        (Decimal("0.1000000000000000055511151231257827"), "0.1000000000000000055511151231257827"),
        (10**30, 10**30),
        (True, True),
        ([1, [Decimal("2.0"), "3/4"]], [1, [2.0, "3/4"]]),
    ],
)
def test_raw_values_keep_their_digits(raw: object, shown: object) -> None:
    written = json.loads(json_report.render(make_report(make_part(submitted=raw))))
    assert written["questions"][0]["parts"][0]["submitted"] == shown


def big_part(number: int, size: int) -> PartReport:
    wrong = tuple((row, column) for row in range(size) for column in range(size + 1))
    return make_part(
        id=f"p{number}",
        verdict="wrong",
        score=Decimal(0),
        submitted="7 " * 900,
        read=[[0.123456789 + row] * (size + 1) for row in range(size)],
        expected=[[7919.25] * (size + 1) for _ in range(size)],
        entries=Entries(len(wrong), 0, wrong),
        message=(sentence("many"),),
    )


@pytest.mark.parametrize(("count", "size"), [(40, 1), (1, 200), (12, 60), (120, 3), (400, 1)])
@pytest.mark.parametrize("reveal", REVEALS)
def test_a_report_that_is_too_long_is_cut_and_says_so(count: int, size: int, reveal: Reveal) -> None:
    questions = tuple(QuestionReport(f"q{n}", "Many", (big_part(n, size),)) for n in range(count))
    report = make_report(questions=questions)
    shown = renderings(report, reveal)
    written = json.loads(shown["json"])
    assert list(VALIDATOR.iter_errors(written)) == []
    assert written["max_score"] == 4.0 * count
    assert "is left out here" in shown["json"] or "are left out here" in shown["json"]
    for text in shown.values():
        assert len(text) <= LIMIT
        assert f"p{count - 1}" in text or "60,000 characters" in text
    assert f"Total 0 / {4 * count}" in shown["terminal"]
    assert f"Total: 0 / {4 * count}" in shown["markdown"]
