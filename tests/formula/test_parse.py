"""The formula language of instructors: all that is allowed, all that is refused, and its bounds."""

from __future__ import annotations

import pytest

from tests.formula.formulas import exact, listed, refused, value


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a", 7),
        ("12", 12),
        ("1_000", 1000),
        ("0x10", 16),
        ("1.5", 1.5),
        ("2.5e-3", 0.0025),
        ("True", True),
        ("False", False),
        ("None", None),
        ("'same'", "same"),
        ('"same"', "same"),
        ("[1, 2]", [1, 2]),
        ("[1, a, [2, b]][1]", 7),
        ("(a, b)", (7, 2)),
        ("(a,)", (7,)),
        ("a, b", (7, 2)),
        ("a + b", 9),
        ("a - b", 5),
        ("a * b", 14),
        ("a / b", 3.5),
        ("a // b", 3),
        ("-a // b", -4),
        ("a ** b", 49),
        ("-a", -7),
        ("+a", 7),
        ("--a", 7),
        ("-a ** b", -49),
        ("2 ** 3 ** 2", 512),
        ("2 ** -1", 0.5),
        ("(a + b) * b", 18),
        ("a + b * b", 11),
        ("a - b - 1", 4),
        ("  a +   b ", 9),
        ("a +\n   b", 9),
        ("\n  a\n  + b\n", 9),
        ("v[0]", 1),
        ("v[-1]", 3),
        ("v[0:2]", [1, 2]),
        ("v[1:]", [2, 3]),
        ("v[:-1]", [1, 2]),
        ("v[::2]", [1, 3]),
        ("v[::-1]", [3, 2, 1]),
        ("v[a - 6]", 2),
        ("M[1]", [4, 5, 6]),
        ("M[1][2]", 6),
        ("M[1, 2]", 6),
        ("M[:, 1]", [2, 5]),
        ("M[0:1, 1:]", [[2, 3]]),
        ("(3, 4, 5)[1:]", (4, 5)),
        ("M @ v", [14, 32]),
        ("v @ v", 14),
        ("max(v)", 3),
        ("sum(v, axis=0)", 6),
        ("a % b", 1),
        ("-a % b", 1),
        ("a % b * b", 2),
        ("a < b", False),
        ("a > b and b > 1", True),
        ("a < b or not b == 3", True),
        ("not a > b", False),
        ("1 < b < a", True),
        ("1 < b < a < 7", False),
        ("a != b and a != b and b != a and a >= 7 and b <= 2", True),
        ("M[0] == v", [1, 1, 1]),
        ("(3, 4)[0] == 3", True),
        ("word == 'same'", True),
        ("flag == True", True),
    ],
)
def test_what_is_allowed(formula: str, expected: object) -> None:
    assert exact(listed(formula), expected), listed(formula)


def test_keyword_arguments_and_words() -> None:
    assert listed("conv2d(input=M, weight=[[1, 1]], padding=word)") == [[3.0, 5.0, 3.0], [9.0, 11.0, 6.0]]
    assert listed("avg_pool2d(M, 2, stride=(1, 1))") == [[3.0, 4.0]]
    assert value("conv_output_size(29, kernel_size=3, stride=2, ceil_mode=flag)") == 14


@pytest.mark.parametrize(
    "formula",
    [
        "a.real",
        "M.T",
        "().__class__",
        "a.b()",
        "lambda: 1",
        "a if b else 1",
        "a in v",
        "a not in v",
        "a is b",
        "a is not b",
        "a < b in v",
        "1 < a + b < 9",
        "a <> b",
        "a === b",
        "a && b",
        "!a",
        "a if a < b else b",
        "[x for x in v]",
        "{1: 2}",
        "{1, 2}",
        "f'{a}'",
        "(c := 3)",
        "sum(*v)",
        "conv_output_size(**table)",
        "[*v]",
        "1j",
        "b'x'",
        "a & b",
        "a | b",
        "a ^ b",
        "a << b",
        "~a",
        "await a",
        "yield",
        "import os",
        "a = 3",
        "a; b",
        "",
        "   ",
        "a +",
        "(a",
        "a)",
        "a b",
        "3 apples",
        "conv2d(M, M)(1)",
        "v[0](1)",
        "'text",
        "a # comment\n+ b",
        "a # comment",
        "\0",
        "...",
        "1e999",
        "__import__('os')",
        "eval('1')",
        "open('x')",
        "getattr(a, 'real')",
        "__builtins__",
        "print(a)",
    ],
)
def test_what_is_refused(formula: str) -> None:
    refused(formula)


@pytest.mark.parametrize(
    ("formula", "column", "words"),
    [
        ("a + M.T", 5, ["attributes"]),
        ("a + (b in v)", 6, ["in, is"]),
        ("1 < a * b < 9", 5, ["a chain of comparisons"]),
        ("a + (b < 3)", 1, ["expected numbers on both sides of +", "True or False"]),
        ("a + nothing", 5, ["unknown name", "nothing"]),
        ("a + hlf", 5, ["unknown name", "hlf", "half"]),
        ("3 * conv2dd(M, M)", 5, ["unknown operation", "conv2dd", "conv2d"]),
        ("3 + conv2d(M)", 5, ["conv2d", "weight"]),
        ("3 + conv2d(M, M, strid=2)", 5, ["conv2d", "strid"]),
        ("3 + conv2d(M, M, weight=M)", 5, ["conv2d", "weight"]),
        ("a + conv2d", 5, ["conv2d", "operation"]),
        ("1 + a / 0", 5, ["zero"]),
        ("1 + v[9]", 5, []),
        ("1 + sum(conv2d([[1, 2]], M))", 9, ["conv2d"]),
    ],
)
def test_an_error_says_where_and_what(formula: str, column: int, words: list[str]) -> None:
    error = refused(formula)
    assert error.place.column == column, str(error)
    assert str(error).startswith(f"q1.y: column {column}: ")
    for word in words:
        assert word in str(error)


def test_an_unknown_name_lists_the_nearest_and_the_allowed() -> None:
    text = str(refused("a + hlf"))
    assert "did you mean half?" in text
    for name in ("M", "a", "b", "half", "v"):
        assert name in text.split(";")[-1]


def test_a_syntax_error_knows_its_column() -> None:
    error = refused("a + * b")
    assert error.place.column == 5


@pytest.mark.parametrize(
    "formula",
    [
        "a" + " + a" * 1001,  # 4,005 characters
        " " * 5000 + "a",
        "[" * 150 + "a" + "]" * 150,
        "-" * 3000 + "a",
        "(" * 1900 + "a" + ")" * 1900,
        "max(" * 300 + "a" + ")" * 300,
        "9**9**9**9",
        "9 ** 9 ** 9",
        "10 ** 10 ** 10",
        "a ** (10 ** 9)",
        "(2 ** 90000) ** 90000",
        "[2, 3] ** 1000000000",
        "v ** v ** 99999999",
        "1.5 ** 1e9",
        "0 ** -1",
        "0.0 ** -1",
        "(-2) ** 0.5",
        "zeros((100000, 100000))",
        "zeros(10 ** 12)",
        "kron(zeros((3000, 1000)), zeros((3000, 2)))",
        "zeros((200000, 1)) + zeros((1, 100000))",
        "zeros((200000, 1)) @ zeros((1, 100000))",
        "exp(10000)",
        "log(0)",
        "sqrt(-1)",
        "log(-v)",
    ],
)
def test_bounds_hold(formula: str) -> None:
    refused(formula)


def test_what_lies_within_the_bounds_is_computed() -> None:
    assert value("2 ** 4000") == 2**4000
    assert value("(" * 40 + "a" + ")" * 40) == 7
    assert value("a" + " + a" * 60) == 7 * 61
    assert value("1.5 ** 100") == pytest.approx(1.5**100, rel=1e-12)


def test_a_number_cannot_grow_from_name_to_name() -> None:
    # each name squares the one before: sixty names would need 10^22 bits
    from grader.errors import AuthorError
    from grader.formula.graph import Graph

    compute = {"x0": "2 ** 50000", **{f"x{i + 1}": f"x{i} * x{i}" for i in range(60)}}
    with pytest.raises(AuthorError) as caught:
        Graph("q1", {}, compute).evaluate().value("x60")
    assert caught.value.place.name is not None


def test_nothing_is_run_when_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    def forbidden(*_: object) -> None:
        raise AssertionError("a formula was compiled or run")

    value("a + conv_output_size(28, 3)")  # whatever is imported at the first call may define classes
    monkeypatch.setattr(builtins, "eval", forbidden)
    monkeypatch.setattr(builtins, "exec", forbidden)
    assert value("a + conv_output_size(28, 3)") == 33
