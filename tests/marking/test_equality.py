"""When one number, one array or one shape is right: the rules of equality, digit by digit."""

from __future__ import annotations

import re

import pytest

from tests.marking.homework import assignment, one, outcome, parts, said, value_of

HE = "sqrt(2 / 192)"  # 0.10206207261596575


def right(key: str, answer: str, part: str = "1", given: str = "") -> bool:
    report = one(key, answer, part, given)
    assert report.verdict in ("correct", "wrong", "partial"), (report.verdict, said(report))
    assert (report.score == report.max_score) == (report.verdict == "correct")
    return report.verdict == "correct"


@pytest.mark.parametrize(
    ("key", "answer", "expected"),
    [
        # the three cases that the design names
        (HE, "0.102", True),
        (HE, "0.10", False),
        (HE, "0.1", False),
        (HE, "0.1021", True),
        (HE, "0.1020", False),
        (HE, "0.10206", True),
        (HE, "'≈ 0.102'", True),
        (HE, "'1.02 * 10^-1'", True),
        (HE, "'1.02e-1'", True),
        (HE, "'sqrt(2/192)'", True),
        ("1 / 3", "0.333", True),
        ("1 / 3", "0.33", False),
        ("1 / 3", "'1/3'", True),
        ("1 / 3", "0.3333333", True),
        ("1 / 3", "0.334", False),
        ("10.0", "10", True),
        ("10.0", "'10.0'", True),
        ("10.0", "10.00001", True),  # 1e-6 relative, inclusive
        ("10.0", "10.00002", False),
        ("10.0", "9.99999", True),
        # digits are counted from the first that is not zero
        ("0.00123449", "0.00123", True),
        ("0.00123449", "0.0012", False),
        # zeros at the end of an integer do not count: 12000000 has two digits, 12400000 three
        ("12443648.0", "12400000", True),
        ("12443648.0", "12000000", False),
        ("12443648.0", "'12.4 million'", True),
        ("1000.4", "1000", False),
        ("1001.4", "1001", True),
        ("1001.4", "'1001.'", True),
        # zeros after the decimal point do count
        ("1.0004", "1.00", True),
        ("1.006", "1.00", False),
        # a fraction has no last digit
        ("0.3334", "'1/3'", False),
        ("-1 / 3", "-0.333", True),
        ("-1 / 3", "0.333", False),
    ],
)
def test_one_number(key: str, answer: str, expected: bool) -> None:
    assert right(key, answer) is expected


@pytest.mark.parametrize(
    ("key", "answer"), [("0.1235", "0.123"), ("0.1235", "0.124"), ("2.345", "2.35"), ("2.5e3 + 5", "2510")]
)
def test_a_tie_passes(key: str, answer: str) -> None:
    # 0.1235 lies half a unit of the last digit from both neighbours; 2505 half a ten from 2510, three digits 2, 5, 1
    assert right(key, answer)


def test_just_past_a_tie_fails() -> None:
    assert not right("0.12350001", "0.123")
    assert not right("2.34499", "2.35")


@pytest.mark.parametrize(
    ("answer", "expected"), [("0", True), ("0.0000000009", True), ("'1e-9'", True), ("'2e-9'", False), ("0.001", False)]
)
def test_a_key_of_zero_takes_a_billionth(answer: str, expected: bool) -> None:
    assert right("0.0 * 3", answer) is expected


def test_a_zero_key_holds_no_matter_how_many_digits_are_written() -> None:
    assert right("0.0 * 3", "0.00")
    assert right("0.0 * 3", "0.000")


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("a + a + a - 0.3", "a = 0.1"),
        ("mean(batch_norm(x, None, None, training=True))", "x = [[0.1], [0.2], [0.4], [0.7]]"),
        ("mean(layer_norm(x, [3]))", "x = [0.1, 0.2, 0.3]"),
    ],
)
def test_a_number_that_is_zero_in_mathematics_is_zero(key: str, given: str) -> None:
    assert right(key, "0", given=given)
    assert right(key, "'3e-17'", given=given)
    assert not right(key, "'3e-8'", given=given)
    assert value_of(key, given).value == 0


@pytest.mark.parametrize(
    ("answer", "expected"), [("'3e-14'", True), ("'3 * 10^-14'", True), ("0", False), ("'4e-14'", False)]
)
def test_a_small_number_that_is_real_is_not_zero(answer: str, expected: bool) -> None:
    assert right("3 * 1e-14", answer) is expected
    assert right("[3 * 1e-14, 2.5]", f"[{answer}, 2.5]") is expected


def test_noise_beside_large_entries_is_zero() -> None:
    # 0.1 + 0.2 - 0.3 is 5.6e-17 in floats: far below its terms, so it is 0
    assert right("[0.1 + 0.2 - 0.3, 7.5, 8.25]", "[0, 7.5, 8.25]")
    assert right("[0.1 + 0.2 - 0.3, 7.5, 8.25]", "['1e-10', 7.5, 8.25]")
    report = one("[0.1 + 0.2 - 0.3, 7.5, 8.25]", "['1e-8', 7.5, 8.25]")
    assert report.entries is not None
    assert report.entries.wrong == ((0,),)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("1000003", True),
        ("1000002", False),
        ("1000004", False),
        ("'1,000,003'", True),
        ("1000003.0", True),
        ("'1000003.4'", False),
    ],
)
def test_an_integer_wants_exactly_that(answer: str, expected: bool) -> None:
    assert right("1000003", answer) is expected


def test_a_large_integer_is_not_rounded_through_a_float() -> None:
    assert right("2 ** 80 + 1", str(2**80 + 1)) is True
    assert right("2 ** 80 + 1", f"'{2**80}'") is False


def test_whole_numbers_in_an_array_want_exactly_that() -> None:
    report = one("[1001, 2002, 3004]", "[1001, 2003, 3004]")
    assert (report.verdict, report.entries and report.entries.wrong) == ("partial", ((1,),))


# -------------------------------------------------------------------------------------------------------------- arrays


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("[0.333, 0.667, 0.143]", ()),
        ("[0.333, 0.666, 0.142]", ()),  # one unit in the last place: cut off in place of rounded
        ("[0.333, 0.665, 0.143]", ((1,),)),
        ("[0.33, 0.67, 0.14]", ((0,), (1,), (2,))),  # no entry has three digits
        ("[0.3333, 0.666, 0.1429]", ((1,),)),  # the entry with most digits sets four decimals
        ("[0.3333, 0.667, 0.1429]", ()),  # 0.667 has three digits of its own and is within half a unit of the last
        ("['1/3', '2/3', '1/7']", ()),
    ],
)
def test_the_entry_with_most_digits_sets_the_decimals(answer: str, wrong: tuple[tuple[int, ...], ...]) -> None:
    report = one("[1/3, 2/3, 1/7]", answer)
    assert report.entries is not None
    assert report.entries.wrong == wrong


def test_short_entries_of_an_array_profit_from_the_longest() -> None:
    # 0.5 is 0.4996 to the three decimals that 0.123 sets
    assert right("[0.4996, 0.1234]", "[0.5, 0.123]")
    # alone it would not be
    assert not right("0.4996", "0.5")


def test_every_entry_rounded_to_three_digits_is_right() -> None:
    assert right("[0.0123456, 12.3456, 1234.56]", "[0.0123, 12.3, 1230]")


def test_an_array_of_floats_in_rows() -> None:
    homework = assignment("[questions.compute]\ny = '[[1/3, 0.5, 2.0], [0.25, 1/8, 4/3]]'\n[questions.parts]\ny = 3\n")
    assert outcome(homework, "y = [[0.333, 0.5, 2], [0.25, 0.125, 1.333]]") == {"y": ("correct", 3.0)}
    assert parts(homework, "y = [[0.333, 0.5, 2], [0.25, 0.125, 1.32]]")["y"].entries.wrong == ((1, 2),)  # type: ignore[union-attr]


# ----------------------------------------------------------------------------------------------------------- tolerance


@pytest.mark.parametrize(
    ("limits", "answer", "expected"),
    [
        ("relative = 1e-2", "101", True),
        ("relative = 1e-2", "101.01", False),
        ("relative = 1e-2", "99", True),
        ("absolute = 0.5", "100.5", True),
        ("absolute = 0.5", "100.51", False),
        ("decimals = 1", "100.05", True),
        ("decimals = 1", "100.06", False),
        ("decimals = 0", "'99.5'", True),
        ("decimals = 0", "'99.4'", False),
        ("significant = 2", "105", True),
        ("significant = 2", "105.1", False),
        ("significant = 2", "95", True),
        ("absolute = 0.5, relative = 1e-2", "101", True),
        ("absolute = 2, relative = 1e-6", "101.5", True),
        ("absolute = 2, relative = 1e-6", "102.5", False),
        ("decimals = 3, significant = 1", "140", True),
    ],
)
def test_a_tolerance_replaces_the_rule(limits: str, answer: str, expected: bool) -> None:
    assert right("100.0", answer, f"{{points = 1, tolerance = {{{limits}}}}}") is expected


def test_a_tolerance_replaces_the_written_digits_too() -> None:
    assert right(HE, "0.102")
    assert not right(HE, "0.102", "{points = 1, tolerance = {relative = 1e-4}}")
    assert right(HE, "0.10", "{points = 1, tolerance = {decimals = 2}}")
    assert right(HE, "0.1", "{points = 1, tolerance = {significant = 1}}")


def test_a_tolerance_holds_for_each_entry() -> None:
    # by the norm of the whole, 0.02 beside 1000 would pass
    part = "{points = 1, tolerance = {relative = 0.01}}"
    report = one("[1000.0, 0.01]", "[1005, 0.02]", part)
    assert report.entries is not None
    assert report.entries.wrong == ((1,),)


def test_a_tolerance_on_an_integer_replaces_exactness() -> None:
    assert right("1000003", "1000000", "{points = 1, tolerance = {relative = 1e-3}}")
    assert not right("1000003", "1000000")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("'90%'", True), ("90", True), ("'90٪'", True), ("'۹۰٪'", True), ("9", False), ("0.8", False)],
)
def test_percent_where_the_part_is_in_percent(answer: str, expected: bool) -> None:
    assert right("100 * 0.9", answer, '{points = 1, unit = "%"}') is expected


@pytest.mark.parametrize("answer", ["0.9", "'0.9'"])
def test_a_share_where_the_part_is_in_percent_is_a_reason_to_ask(answer: str) -> None:
    assert one("100 * 0.9", answer, '{points = 1, unit = "%"}').verdict == "unreadable"


def test_percent_elsewhere_is_a_hundredth() -> None:
    assert right("0.9 * 1", "'90%'")
    assert right("0.9 * 1", "0.9")
    assert not right("90 * 1.0", "'90%'")


def test_saving_of_the_paper_under_its_tolerance() -> None:
    key = "100 * (120422400 - 12443648) / 120422400"
    assert not right(key, "'90%'", '{points = 1, unit = "%"}')
    assert right(key, "'90%'", '{points = 1, unit = "%", tolerance = {decimals = 0}}')


# -------------------------------------------------------------------------------------------------------------- shapes


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("[14, 15, 32]", "correct"),
        ("'14x15x32'", "correct"),
        ("'(14, 15, 32)'", "correct"),
        ("'14*15*32'", "correct"),
        ("'14, 15, 32'", "correct"),
        ("'(None, 14, 15, 32)'", "correct"),
        ("'(1, 14, 15, 32)'", "correct"),
        ("'15x14x32'", "wrong"),
        ("'14x15'", "wrong"),
        ("'(2, 14, 15, 32, 1)'", "wrong"),
        ("6720", "wrong"),
    ],
)
def test_a_shape(answer: str, verdict: str) -> None:
    assert one("(14, 15, 32)", answer, kind="shape").verdict == verdict


@pytest.mark.parametrize("answer", ["32", "[32]", "'(32,)'", "'(32)'", "'(None, 32)'", "'32'"])
def test_a_shape_of_one_is_its_size(answer: str) -> None:
    assert one("(32,)", answer, kind="shape").verdict == "correct"


def test_a_shape_of_wrong_length_is_told_both() -> None:
    report = one("(14, 15, 32)", "'14x15'")
    assert (report.verdict, report.score) == ("wrong", 0)
    assert re.search(r"expected\b.*\b3\b.*received\b.*\b2\b", said(report)), said(report)


def test_a_matrix_of_wrong_shape_is_told_both_and_earns_nothing() -> None:
    report = one("[[1, 2, 3], [4, 5, 6]]", "[[1, 2], [4, 5], [6, 7]]")
    assert (report.verdict, report.score) == ("wrong", 0)
    assert re.search(r"expected\b.*2 x 3.*received\b.*3 x 2", said(report)), said(report)


def test_the_rule_is_stated() -> None:
    assert str(one("7", "7").rule) == "exactly equal"
    assert "1e-6 relative" in str(one("0.5", "0.5").rule)
    assert "last digit" in str(one(HE, "0.102").rule)
    assert "0.001 relative" in str(one("0.5", "0.5", "{points = 1, tolerance = {relative = 1e-3}}").rule)


def test_the_key_is_the_value_that_is_compared() -> None:
    assert value_of(HE).value == pytest.approx(0.10206207261596575)


@pytest.mark.parametrize(
    ("key", "answer", "verdict"),
    [
        ("[0.00001, 0.5]", "'0.000 0.500'", "partial"),  # no significant digit is left
        ("[0.0323, 0.5]", "'0.033 0.500'", "partial"),  # two digits: half a unit
        ("[0.0328, 0.5]", "'0.033 0.500'", "correct"),
        ("[0.1234, 0.5]", "'0.124 0.500'", "correct"),  # three digits: one unit
        ("[0.1234, 0.5]", "'0.125 0.500'", "partial"),
    ],
)
def test_rounded_entries_of_arrays_keep_a_digit(key: str, answer: str, verdict: str) -> None:
    assert one(key, answer).verdict == verdict
