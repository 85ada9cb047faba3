"""What an author may have meant: proposed where it can be read, and never as another formula than the one written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import AuthorError
from grader.formula.graph import Graph
from grader.formula.parse import parse
from grader.formula.tree import Expression


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a^2", "a**2"),
        ("a² + b³", "a**2 + b**3"),
        ("10% * a", "10/100 * a"),
        ("5 % 3 + 10%", "5 % 3 + 10/100"),
        ("2 a", "2*a"),
        ("2a + 3(a - 1)", "2*a + 3*(a - 1)"),
        ("sqrt(a) b", "sqrt(a)*b"),
        ("a b", "a*b"),
        ("r = a + 1", "a + 1"),
        ("a × 2 ÷ b − 1", "a * 2 / b - 1"),
        ("√a", "sqrt(a)"),
        ("np.sqrt(a)", "sqrt(a)"),
        ("torch.nn.functional.relu(a)", "relu(a)"),
        ("F.conv2d(a, b)", "conv2d(a, b)"),
        ("F.reshape(2, 3)", "reshape(F, 2, 3)"),
        ("a.T @ b", "transpose(a) @ b"),
        ("a.shape[0]", "shape(a)[0]"),
        ("a / 2 if a > 1 else b", "where(a > 1, a / 2, b)"),
        ("conv2d(a, b, padding=“same”)", 'conv2d(a, b, padding="same")'),
    ],
)
def test_the_formula_that_was_meant_is_written_out(text: str, meant: str) -> None:
    with pytest.raises(AuthorError) as raised:
        parse(text)
    assert str(raised.value).endswith(f"; write {meant}")
    parse(meant)


@pytest.mark.parametrize("text", ["a +", "a * * 2", "((a)", "lambda: 1", "a ** ", "[a for a in b]", "'a^2' +"])
def test_nothing_is_proposed_where_nothing_can_be_read(text: str) -> None:
    with pytest.raises(AuthorError) as raised:
        parse(text)
    assert "; write " not in str(raised.value)


def test_texts_are_left_alone() -> None:
    with pytest.raises(AuthorError, match=r"; write f\('a\^2 b', 2\*x\)$"):
        parse("f('a^2 b', 2 x)")


@given(st.text(alphabet="ab2(). *+-%^=²√,'", max_size=30))
def test_what_is_proposed_can_always_be_read(text: str) -> None:
    try:
        parse(text)
    except AuthorError as error:
        meant = error.said.fields.get("formula")
        if isinstance(meant, str):
            assert meant != " ".join(text.split()), "what was refused is not proposed"
            assert isinstance(parse(meant), Expression)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,5 * a", "1,5 can be read in two ways: a decimal has a point, 1.5, and a list has brackets, [1, 5]"),
        ("a(a + 1)", "a is a name and no operation: for a product write a * (...), for an entry a[...]"),
        ("max_pool2d(X, 2, strides=2)", "max_pool2d has no argument 'strides': did you mean stride?; it takes input, "),
        (
            "conv2d(X, X, pading=1)",
            "conv2d has no argument 'pading': did you mean padding or padding_mode?",
        ),
    ],
)
def test_other_slips_name_the_cure(text: str, said: str) -> None:
    with pytest.raises(AuthorError) as raised:
        Graph("q1", {"a": 2, "X": [[1, 2], [3, 4]]}, {"r": text})
    assert said in str(raised.value)


def test_a_list_in_brackets_keeps_its_commas() -> None:
    assert Graph("q1", {}, {"r": "(1,5)"}).evaluate().value("r") == (1, 5)
    assert Graph("q1", {}, {"r": "1, 5"}).evaluate().value("r") == (1, 5)


def test_an_image_in_the_other_order_is_recognised() -> None:
    image, kernel = [[[1, 2, 3]] * 5] * 4, [[[[1]]] * 3]
    graph = Graph("q1", {"X": image, "W": kernel}, {"r": "conv2d(X, W)"})
    with pytest.raises(AuthorError, match="its last axis has that size, but channels come first") as raised:
        graph.evaluate().value("r")
    assert raised.value.place.givens == ("X", "W")
