"""Which causes are named, and which are not because chance would name them as well."""

from __future__ import annotations

import pytest

from tests.marking.homework import assignment, one, parts

LAYER = '{type = "conv2d", out_channels = 4, kernel_size = 3}'
POOL = '{type = "max_pool2d", kernel_size = 2}'
FIELDS = f"""
[questions.given]
plain = [{LAYER}, {LAYER}, {LAYER}, {LAYER}]
pooled = [{LAYER}, {LAYER}, {POOL}, {LAYER}, {LAYER}]
[questions.compute]
a = "receptive_field(plain)"
b = "receptive_field(pooled)"
more = "b - a"
[questions.parts]
a = 1
b = 1
more = 1
"""


def named(report: object) -> list[str]:
    return [one.id for one in report.diagnoses if one.kind == "misconception"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("more", [0, 1, 2, 3, 6, 7, 9])
def test_a_small_number_that_nearly_any_mistake_gives_has_no_cause(more: int) -> None:
    """The key is 5, and 8 of the 10 other numbers up to 10 are predicted by some rule."""
    found = parts(assignment(FIELDS), f"a = 9\nb = 14\nmore = {more}")["more"]
    assert found.verdict == "wrong"
    assert named(found) == []


TWO = f"L = [{LAYER}, {LAYER}]"
FIVE = f"L = [{LAYER}, {LAYER.replace('3}', '3, stride = 2}')}, {LAYER}]"


@pytest.mark.parametrize(
    ("given", "answer", "causes"),
    [
        (TWO, 9, ["rf-product"]),  # 3 * 3, where 3 + 2 = 5 is right
        (TWO, 6, ["rf-sum-k"]),
        (TWO, 8, []),
        (FIVE, 7, []),  # 9 is right; several mistakes of the operation give 7
    ],
)
def test_a_small_number_that_one_mistake_of_the_own_operation_gives(given: str, answer: int, causes: list[str]) -> None:
    assert named(one("receptive_field(L)", str(answer), given=given)) == causes


def test_a_number_that_few_mistakes_give_has_its_cause() -> None:
    layers = ", ".join([LAYER] * 12)
    report = one("receptive_field(L)", "531441", given=f"L = [{layers}]")
    assert "rf-product" in named(report)


def test_a_cause_seen_before_is_named_in_a_small_number_too() -> None:
    """Three fields with the kernel sizes added tell the mistake; the small number after them follows from it."""
    text = FIELDS.replace('a = "receptive_field(plain)"', 'f = "receptive_fields(plain)"\na = "f[3]"')
    found = parts(assignment(text.replace("a = 1\n", "f = 1\na = 1\n")), "f = [3, 6, 9, 12]\na = 12")
    assert named(found["f"]) == ["rf-sum-k"]
    assert found["a"].verdict == "carried"


@pytest.mark.parametrize(("answer", "causes"), [("0.988", []), ("0.987714", ["adam-wrong-step"])])
def test_a_difference_that_the_digits_hardly_show_has_no_cause(answer: str, causes: list[str]) -> None:
    """The step is 0.01: three digits leave so much of it open that some rule gives nearly any of them."""
    key = "adam(0.99, -0.2, m1, s1, lr=0.01, step=2)[0]"
    assert named(one(key, answer, given="m1 = 0.04\ns1 = 0.00016")) == causes


@pytest.mark.parametrize(
    ("key", "answer", "slips"),
    [
        ("7.5", "8", {"rounded-early"}),
        ("6.5", "6", {"rounded-early"}),  # to even, as Python rounds
        ("7.5", "7", set()),
        ("-7.5", "-7", set()),
        ("0.26", "0.3", {"rounded-early"}),
        ("0.36", "0.3", set()),
        ("2.87123e-5", "'3 * 10^-5'", {"rounded-early"}),
        ("2.47123e-5", "'3 * 10^-5'", set()),
        ("0.1234", "'12%'", {"rounded-early"}),
        ("0.1634", "'12%'", set()),
        ("[0.26, 7.5]", "[0.3, 8]", {"rounded-early"}),
        ("[0.26, 7.5, 2.2]", "[0.3, 7, 2]", set()),
        ("1646227688", "'~1.65 billion'", {"rounded-early"}),  # a count is exact; in billions it says that it is not
        ("66792", "'67K'", {"rounded-early"}),
        ("66792", "'66K'", set()),
        ("66792", "67000", set()),  # so many zeros may be meant
        ("1234567", "'1.20M'", set()),
        ("[3211264, 802816, 25088]", "['3.2M', '800K', '25K']", {"rounded-early"}),
    ],
)
def test_early_rounding_is_what_the_exact_value_rounds_to(key: str, answer: str, slips: set[str]) -> None:
    found = one(key, answer)
    assert found.verdict != "correct"
    assert {each.id for each in found.diagnoses} == slips
    counted = found.kind == "integer" or "K'" in answer
    assert all(("count" in str(each.message)) == counted for each in found.diagnoses)


MASKED = """
[questions.given]
X = [[3, -3, 2], [0, 3, 0]]
W = [[2, 0, 2], [1, 2, 1], [-2, 1, 0]]
dY = [[2, 7, 3], [-1, 5, 4]]
[questions.compute]
U = "conv2d(X, W, padding=1)"
dU = "relu_grad_input(dY, U)"
[questions.parts]
U = 1
dU = 1
"""


@pytest.mark.parametrize(
    ("before", "first"), [("U = [[3, 2, -5], [-3, 16, -3]]\n", "relu-no-mask"), ("", "conv-pad-reflect")]
)
def test_a_cause_that_a_right_part_speaks_against_is_named_last(before: str, first: str) -> None:
    """dU = dY where no mask is used, and where the mirrored padding makes all of U positive; but U is right."""
    found = parts(assignment(MASKED), f"{before}dU = [[2, 7, 3], [-1, 5, 4]]")["dU"]
    assert named(found)[0] == first
    assert set(named(found)) == {"relu-no-mask", "conv-pad-reflect"}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("[[3.07, 1.61, 2.30, 3.52]]", "three digits"),
        ("[[3.0744, 1.6057, 2.2994, 3.5205]]", "five digits"),
    ],
)
def test_a_factor_is_found_as_far_as_the_numbers_are_rounded(answer: str, why: str) -> None:
    """Twice 1.5372, 0.80285, 1.1497, 1.76025, each rounded for itself."""
    key = "[[1.5372, 0.80285, 1.1497, 1.76025]]"
    report = one("1*K", answer, given=f"K = {key}")
    assert [found.id for found in report.diagnoses] == ["factor"], why


@pytest.mark.parametrize("answer", [26, 6.5])
def test_one_number_that_is_doubled_or_halved(answer: float) -> None:
    report = one("1*n", str(answer), given="n = 13")
    assert [found.id for found in report.diagnoses] == ["factor"]
    assert str(report.diagnoses[0].message) == "The number is off by a simple factor."


@pytest.mark.parametrize(("answer", "causes"), [("2.23956", {"ce-softmax-twice", "ce-log-base"}), ("2.2", set())])
def test_two_mistakes_in_one_number_need_many_digits(answer: str, causes: set[str]) -> None:
    """Softmax of softmax gives ln p = -1.55234, in base 2 -2.23956: no accident agrees in six digits."""
    report = one("cross_entropy(z, 2)", answer, given="z = [1.2, -0.4, 0.3, 2.0]")
    assert set(named(report)) == causes


def test_mistakes_of_equal_values_are_named_together_with_their_slip() -> None:
    """With a first velocity of 0, momentum that is left out and momentum that starts anew give the same numbers."""
    text = """
[questions.given]
p = [2.0, -1.0, 0.5, 4.0]
g = [3.0, -2.0, 1.5, 0.7]
v0 = [0.0, 0.0, 0.0, 0.0]
[questions.compute]
a = "sgd_momentum(p, g, v0, lr=0.1, momentum=0.9)"
b = "sgd_momentum(a[0], g, a[1], lr=0.1, momentum=0.9)"
y = "b[0]"
[questions.parts]
y = 1
"""
    right = parts(assignment(text), "y = [-1.4, 0.6, -0.2, -3.86]")["y"]
    assert {"mom-none", "mom-reset"} <= set(named(right))
    assert str(right.diagnoses[0].message).startswith("Several mistakes give exactly your answer here, each with one")


@pytest.mark.parametrize("answer", ["1e100", "-3", "2e250"])
def test_what_is_infinite_equals_no_answer(answer: str) -> None:
    """The square of the key is too large for a number: neither a warning nor an area for a side."""
    report = one("1*k", answer, given="k = 1.5e200")
    assert (report.verdict, report.diagnoses) == ("wrong", ())
