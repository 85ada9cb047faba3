"""Predictions that one or two cells rule out are not compared further: none that gives the answer may be lost so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.answers.comparison import AnswerVector, Vector
from grader.core.support.inputs import Array
from grader.marking.diagnosis.predictions import Slipped

SHAPES: list[tuple[int, ...]] = [(), (2,), (5,), (2, 3), (3, 3)]
streams = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def values(stream: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Whole numbers with many zeros, or numbers of any size."""
    if stream.random() < 0.5:
        return stream.integers(-3, 4, shape).astype(np.float64)
    drawn: Array = stream.normal(size=shape) * 10.0 ** stream.integers(-6, 7)
    return drawn


def answer(target: Array, axes: tuple[int, ...], limit: float, relative: float) -> AnswerVector:
    return AnswerVector(Vector(axes, tuple(np.ndindex(*axes)), target), np.full(len(target), limit), relative)


@given(stream=streams, axes=st.sampled_from(SHAPES), relative=st.sampled_from([0.0, 1e-9, 1e-6]))
@settings(max_examples=300)
def test_whatever_cell_is_looked_at_first_the_same_predictions_are_found(
    stream: np.random.Generator, axes: tuple[int, ...], relative: float
) -> None:
    predictions = values(stream, (6, int(np.prod(axes)), 1))
    limit = float(stream.choice([0.0, 1e-12, 0.01, 1.0]))
    off = limit + relative * np.abs(predictions[0])
    written = answer(predictions[0] + off * stream.choice([-1.0, 0.0, 0.999, 1.0], off.shape), axes, limit, relative)
    expected = np.flatnonzero(written.matches(predictions).all(axis=1)).tolist()
    for at in range(len(written.vector.cells)):
        assert written.giving(predictions, at).tolist() == expected
        assert [written.equals(one, at) for one in predictions] == [index in expected for index in range(6)]


@pytest.mark.parametrize(("number", "id"), [(3.0, "factor"), (-1.7, "factor"), (5.0, "offset"), (-0.25, "offset")])
@given(stream=streams, axes=st.sampled_from([(3,), (2, 3)]), decimals=st.integers(2, 6))
@settings(max_examples=60)
def test_a_number_fitted_to_rounded_cells_is_found(
    number: float, id: str, stream: np.random.Generator, axes: tuple[int, ...], decimals: int
) -> None:
    targets = stream.uniform(1, 100, (4, int(np.prod(axes)), 1))
    targets[2, :-1] = 0.0
    given_ = np.round(targets[1] * number if id == "factor" else targets[1] + number, decimals)
    written = answer(given_, axes, 0.5 * 10.0**-decimals, 1e-6)
    found = Slipped(targets, axes).found(written)
    assert {place: slip.id for place, slip in found.items()} == {1: id}
