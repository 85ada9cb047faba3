"""Helpers of rules about arrays: conditions, gradients and their operations, any convolution as one with four axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.core.registry import OPERATIONS
from grader.core.support.convolution_plan import Plan, plan
from grader.core.support.inputs import Array, entries, is_sequence
from grader.formula.arithmetic import close
from grader.formula.substitution import Alternatives, ChangedCall, NotApplicableError, Occurrence
from grader.misconceptions.support.families import CONVOLUTIONS

_AXES = {
    "conv1d": 1,
    "conv_transpose1d": 1,
    "max_pool1d": 1,
    "avg_pool1d": 1,
    "conv3d": 3,
    "max_pool3d": 3,
    "avg_pool3d": 3,
}
MOST_ALTERNATIVES = 40
"""The largest number of values in a family of alternatives."""


def needs(condition: object) -> None:
    """Raise NotApplicableError unless the condition holds."""
    if not condition:
        raise NotApplicableError


def array(value: Any) -> Array:
    """The value as a float64 array; ValueError if it is not numeric."""
    return np.asarray(value, dtype=np.float64)


def family(values: list[Any], right: Any) -> Alternatives:
    """The distinct values that differ from the right one, as alternatives.

    Raises NotApplicableError for none, or for more than MOST_ALTERNATIVES.
    """
    found: list[Any] = []
    for value in values:
        if not any(_same(value, other) for other in (right, *found)):
            found.append(value)
    needs(0 < len(found) <= MOST_ALTERNATIVES)
    return Alternatives(tuple(found))


def _same(one: Any, other: Any) -> bool:
    first, second = array(one), array(other)
    return first.shape == second.shape and close(first, second, relative=1e-12, absolute=1e-14)


def _differentiated(name: str) -> str | None:
    declared = OPERATIONS.get(name)
    return None if declared is None else declared.gradient_of


def base(occurrence: Occurrence) -> str:
    """The operation that is called, or whose gradient is called."""
    return _differentiated(occurrence.operation) or occurrence.operation


def is_gradient(occurrence: Occurrence) -> bool:
    """Whether the call is one of an operation's gradients."""
    return _differentiated(occurrence.operation) is not None


def differentiated_argument(occurrence: Occurrence) -> str | None:
    """The argument with respect to which a gradient is taken; None for a call of no gradient."""
    declared = OPERATIONS.get(occurrence.operation)
    return None if declared is None else declared.argument


def gradient(operation: str, argument: str) -> str:
    """The name of an operation's gradient with respect to one of its arguments."""
    return f"{operation}_grad_{argument}"


def gradients(argument: str, *operations: str) -> tuple[str, ...]:
    """The names of several operations' gradients with respect to the same argument."""
    return tuple(gradient(operation, argument) for operation in operations)


def forward(occurrence: Occurrence) -> Any:
    """The value of the operation itself for the arguments of a call to one of its gradients."""
    named = {name: value for name, value in occurrence.bound().items() if name != "grad_output"}
    return occurrence.value_of(ChangedCall(base(occurrence), named))


def is_signal(occurrence: Occurrence) -> bool:
    """Whether the kernel slides along one axis."""
    return base(occurrence) == "conv1d"


def axes_of(occurrence: Occurrence) -> int:
    """The number of axes that a kernel or a pooling window slides along."""
    return _AXES.get(base(occurrence), 2)


def sides(value: Any, occurrence: Occurrence) -> tuple[int, ...]:
    """An option with one number for each axis; a single number applies to all axes."""
    count = axes_of(occurrence)
    found = tuple(int(side) for side in entries(value)) if is_sequence(value) else (int(value),)  # type: ignore[call-overload]
    needs(len(found) in (1, count))
    return found * count if len(found) == 1 else found


def is_padded(occurrence: Occurrence) -> bool:
    """Whether the input is padded."""
    padding = occurrence.bound()["padding"]
    if occurrence.operation in CONVOLUTIONS:
        return any(map(any, lifted(occurrence).sides))
    return padding == "same" if isinstance(padding, str) else bool(np.any(array(padding)))


def turned(values: Any, occurrence: Occurrence) -> Array:
    """The values rotated by 180 degrees: reversed along the axes that the kernel slides along."""
    return np.flip(array(values), axis=tuple(range(-axes_of(occurrence), 0)))


def slides(occurrence: Occurrence) -> bool:
    """Whether the kernel has more than one cell along some axis."""
    return max(np.shape(occurrence.bound()["weight"])[-axes_of(occurrence) :], default=1) > 1


def lifted(occurrence: Occurrence) -> Plan:
    """The convolution of an occurrence as a cross-correlation of (N, C, H, W) with (O, C/groups, kh, kw).

    A signal becomes an image one cell high; the kernel of a true convolution is already rotated.
    """
    given = occurrence.bound()
    image, kernel, padding = array(given["input"]), array(given["weight"]), given["padding"]
    stride, dilation = given["stride"], given["dilation"]
    if is_signal(occurrence):
        image, kernel = image[..., None, :], kernel[..., None, :]
        stride, dilation, padding = (1, _single(stride)), (1, _single(dilation)), _ends(padding)
    if base(occurrence) == "convolve2d":
        kernel = turned(kernel, occurrence)
    return plan(image, kernel, None, stride, padding, dilation, given["groups"], given["padding_mode"])


def _single(value: Any) -> Any:
    return entries(value)[0] if is_sequence(value) else value


def _ends(padding: Any) -> Any:
    if isinstance(padding, str):
        return padding
    ends = entries(padding) if is_sequence(padding) else [padding]
    return ((0, 0), (ends[0], ends[-1]))


def padding_of(sides: Any, occurrence: Occurrence) -> Any:
    """The padding ((top, bottom), (left, right)) in the form of the operation's argument."""
    return tuple(sides[1]) if is_signal(occurrence) else sides


def like_input(values: Array, occurrence: Occurrence, p: Plan) -> Array:
    """An image (N, C, H, W) of any size, reshaped to the axes of the operation's input."""
    shaped = values.reshape(*p.image_shape[:-2], *values.shape[-2:])
    return shaped[..., 0, :] if is_signal(occurrence) else shaped


def like_kernel(values: Array, occurrence: Occurrence, p: Plan) -> Array:
    """Kernels (O, C/groups, kh, kw) of any size, reshaped to the axes of the operation's kernel."""
    shaped = values.reshape(*p.kernel_shape[:-2], *values.shape[-2:])
    return shaped[..., 0, :] if is_signal(occurrence) else shaped


def gradient_of(occurrence: Occurrence, p: Plan) -> Array:
    """grad_output as (N, O, H', W')."""
    return array(occurrence.bound()["grad_output"]).reshape(p.image.shape[0], p.kernel.shape[0], *p.out)


def without(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The arguments by name, without those named."""
    return {name: value for name, value in given.items() if name not in names}
