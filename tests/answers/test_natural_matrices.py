"""Matrices and volumes, as students naturally write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.answers.spec import AnswerSpec
from tests.answers.test_natural_forms import MATRIX, first

MATRICES = [
    "The output is [[1, 2], [3, 4]]",
    "[[1, 2], [3, 4]] (2x2)",
    "1 2\n3 4 (after ReLU)",
    "⎡1 2⎤\n⎣3 4⎦",
    "[[1, 3], [2, 4]].T",
    "- [[-1, -2], [-3, -4]]",
    "O ≈ [[1, 2], [3, 4]]",
    "1⁰ 2\n3 4",
    "(1,2),(3,4)",
    "(1, 2), (3, 4)",
    "1 (2/2) 2 (4/2)\n3 (6/2) 4 (8/2)",
]


@pytest.mark.parametrize("raw", MATRICES)
def test_matrices(raw: str) -> None:
    assert first(raw, MATRIX) == ((1, 2), (3, 4))


@pytest.mark.parametrize("raw", [r"[[\frac14,\frac12],[1,2]]", "[[(1/4),(1/2)],[1,(2)]]", "[(1/4, 1/2), (1, 2)]"])
def test_brackets_of_an_entry_begin_no_row_of_a_matrix(raw: str) -> None:
    assert first(raw, MATRIX) == ((Fraction(1, 4), Fraction(1, 2)), (1, 2))


PRINTED = [
    "tensor([[[[1., 2.],\n          [3., 4.]]]])",
    "<tf.Tensor: shape=(1, 2, 2, 1), dtype=float32, "
    "numpy=\narray([[[[1.],\n [2.]],\n\n [[3.],\n [4.]]]], dtype=float32)>",
    "[[[1.], [2.]], [[3.], [4.]]]",
]


@pytest.mark.parametrize("raw", PRINTED)
def test_axes_of_length_one_around_a_printed_matrix(raw: str) -> None:
    assert first(raw, MATRIX) == ((1, 2), (3, 4))


def test_the_batch_of_a_printed_volume() -> None:
    raw = "tensor([[[[1., 0.],\n          [3., 4.]],\n\n         [[0., 6.],\n          [7., 0.]]]])"
    assert first(raw, AnswerSpec("array", rank=3, axes=(2, 2, 2))) == (((1, 0), (3, 4)), ((0, 6), (7, 0)))


CUBES = [
    "Channel 1:\n1 2\n3 4\nChannel 2:\n5 6\n7 8",
    "C1 = [[1,2],[3,4]]\nC2 = [[5,6],[7,8]]",
    "first channel: [[1,2],[3,4]], second channel: [[5,6],[7,8]]",
    "[1 2; 3 4] and [5 6; 7 8]",
    r"\begin{bmatrix}1&2\\3&4\end{bmatrix}, \begin{bmatrix}5&6\\7&8\end{bmatrix}",
]


@pytest.mark.parametrize("raw", CUBES)
def test_several_matrices(raw: str) -> None:
    assert first(raw, AnswerSpec("array", rank=3, axes=(2, 2, 2))) == (((1, 2), (3, 4)), ((5, 6), (7, 8)))


@pytest.mark.parametrize("raw", ["1, 2, 3", "[1, 2, 3]", "(1, 2, 3)", "1\n2\n3", "[1; 2; 3]"])
def test_a_column_may_be_written_as_a_list(raw: str) -> None:
    assert first(raw, AnswerSpec("array", rank=2, axes=(3, 1))) == ((1,), (2,), (3,))


def test_a_row_is_no_column() -> None:
    assert first("[[1, 2, 3]]", AnswerSpec("array", rank=2, axes=(3, 1))) == ((1, 2, 3),)


@pytest.mark.parametrize("raw", ["(1,5 ; 2,5)", "[1,5; 2,5]", "1,5; 2,5"])
def test_semicolons_divide_decimal_commas(raw: str) -> None:
    assert first(raw, AnswerSpec("array", rank=1, axes=(2,))) == (Fraction(3, 2), Fraction(5, 2))
