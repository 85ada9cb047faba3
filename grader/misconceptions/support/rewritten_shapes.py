"""Shapes that one layer after the other writes in a wrong form, while the next layer is computed from the right one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.core.layers.shapes import output_shape
from grader.formula.substitution import Occurrence
from grader.misconceptions.support.formulas import shape_before
from grader.misconceptions.support.layer_calls import layer_of

_LONGEST = 1000


def as_made(occurrence: Occurrence, order: str, written: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Any:
    """A layer's input shape as the layers before it made it, if these wrote it in another form.

    Args:
        occurrence: a call of `output_shape`.
        order: the axis order of its shapes.
        written: the wrong form of a shape; the shape itself where it has none.
    """
    chain = [occurrence]
    while len(chain) < _LONGEST and (before := shape_before(chain[-1])) is not None:
        chain.append(before)
    shape: Any = chain[-1].bound()["input_shape"]
    for call, reader in zip(chain[:0:-1], chain[-2::-1], strict=True):
        made, read = output_shape(shape, layer_of(call), order), reader.bound()["input_shape"]
        shape = made if isinstance(read, list | tuple) and tuple(read) == written(made) else read
    return shape
