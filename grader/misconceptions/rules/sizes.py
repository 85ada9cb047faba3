"""Output sizes: mistakes with the height and width after convolution, pooling and transposed convolution."""

from __future__ import annotations

from typing import Any

from grader.formula.arithmetic import binary
from grader.formula.substitution import NotApplicableError, Occurrence
from grader.formula.tree import Binary, Call, Constant, Unary
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.families import ALL_SIZES, SIZES, TRANSPOSED_SIZES
from grader.misconceptions.support.layer_calls import Axis, LayerWindow, changed_with, resized, window

_POOLINGS = ("max_pool2d", "avg_pool2d")


def _forward(occurrence: Occurrence) -> LayerWindow:
    seen = window(occurrence)
    if seen.transposed:
        raise NotApplicableError
    return seen


def _strided(occurrence: Occurrence) -> None:
    if all(axis.stride == 1 for axis in _forward(occurrence).axes):
        raise NotApplicableError


def _written_quotient(occurrence: Occurrence) -> tuple[Any, Any]:
    """The two sides of a division rounded down; not those of -(-a // b), which is a division rounded up."""
    expression = occurrence.expression
    if not isinstance(expression, Binary) or isinstance(expression.left, Unary):
        raise NotApplicableError
    return occurrence.arguments[0], occurrence.arguments[1]


@misconception(
    id="shape-ceil",
    operations=(*SIZES, "//"),
    equals="the division by the stride is rounded up",
    repair="Round the division down: a last window that does not fit is dropped.",
)
def _ceil(occurrence: Occurrence) -> Any:
    if occurrence.operation == "//":
        left, right = _written_quotient(occurrence)
        return binary("*", -1, binary("//", binary("*", -1, left), right))
    _strided(occurrence)
    if window(occurrence).ceil:
        raise NotApplicableError
    return resized(occurrence, lambda axis: -(-axis.room // axis.stride) + 1)


@misconception(
    id="shape-no-round",
    operations=(*SIZES, "//"),
    equals="the division by the stride is not rounded",
    repair="Take the floor of the division: a size is a whole number.",
)
def _no_round(occurrence: Occurrence) -> Any:
    if occurrence.operation == "//":
        left, right = _written_quotient(occurrence)
        return binary("/", left, right)
    _strided(occurrence)

    def size(axis: Axis) -> float:
        exact = axis.room / axis.stride + 1
        return int(exact) if exact == int(exact) else exact

    return resized(occurrence, size)


@misconception(
    id="shape-no-plus1",
    operations=(*ALL_SIZES, "+"),
    equals="the first position of the window is left out of the size formula",
    repair="Count the first position of the window beside the steps that follow it.",
)
def _no_plus_one(occurrence: Occurrence) -> Any:
    if occurrence.operation == "+":
        return _without_one(occurrence)
    if window(occurrence).transposed:
        return resized(occurrence, lambda axis: axis.grown - 1)
    if window(occurrence).ceil:
        return resized(occurrence, lambda axis: -(-axis.room // axis.stride))
    return resized(occurrence, lambda axis: axis.room // axis.stride)


def _without_one(occurrence: Occurrence) -> Any:
    """The quotient of a size formula written out as quotient + 1."""
    expression = occurrence.expression
    if not isinstance(expression, Binary):
        raise NotApplicableError
    quotient = expression.left
    divided = isinstance(quotient, Binary) and quotient.operator in ("//", "/")
    rounded = isinstance(quotient, Call) and quotient.function in ("floor", "ceil")
    if not (divided or rounded) or not isinstance(expression.right, Constant) or expression.right.value != 1:
        raise NotApplicableError
    return occurrence.arguments[0]


@misconception(
    id="shape-pad-once",
    operations=ALL_SIZES,
    equals="the padding is counted on one side only",
    repair="Count the padding on both sides, twice p in all.",
)
def _pad_once(occurrence: Occurrence) -> Any:
    seen = window(occurrence)
    if isinstance(seen.padding, str) or not any(axis.after for axis in seen.axes):
        raise NotApplicableError
    if any(axis.before != axis.after for axis in seen.axes):
        raise NotApplicableError
    once = [(axis.before, 0) for axis in seen.axes]
    if "layer" not in occurrence.bound() or len(once) == 1:
        return changed_with(occurrence, padding=once[0])
    return changed_with(occurrence, padding=once)


@misconception(
    id="shape-pad-ignored",
    operations=ALL_SIZES,
    equals="the padding is left out of the size formula",
    repair="Put the padding of both sides into the size formula.",
)
def _pad_ignored(occurrence: Occurrence) -> Any:
    if not any(axis.before or axis.after for axis in window(occurrence).axes):
        raise NotApplicableError
    return changed_with(occurrence, padding=0)


@misconception(
    id="shape-stride-ignored",
    operations=ALL_SIZES,
    equals="the stride is left out",
    repair="Use the stride of the layer in the size formula.",
)
def _stride_ignored(occurrence: Occurrence) -> Any:
    seen = window(occurrence)
    if not seen.stride_given or all(axis.stride == 1 for axis in seen.axes):
        raise NotApplicableError
    return changed_with(occurrence, stride=1)


def _dilated(occurrence: Occurrence) -> LayerWindow:
    seen = window(occurrence)
    if all(axis.dilation == 1 or axis.kernel == 1 for axis in seen.axes):
        raise NotApplicableError
    return seen


@misconception(
    id="shape-dilation-ignored",
    operations=ALL_SIZES,
    equals="the dilation is left out",
    repair="Let the kernel span d(k-1)+1 cells, with d the dilation.",
)
def _dilation_ignored(occurrence: Occurrence) -> Any:
    _dilated(occurrence)
    return changed_with(occurrence, dilation=1)


@misconception(
    id="shape-dilation-kd",
    operations=ALL_SIZES,
    equals="the dilated kernel spans k times d cells",
    repair="Let the kernel span d(k-1)+1 cells: there are only k-1 gaps.",
)
def _dilation_kd(occurrence: Occurrence) -> Any:
    seen = _dilated(occurrence)
    spans = [axis.kernel * axis.dilation for axis in seen.axes]
    if seen.padding == "same":
        raise NotApplicableError
    strides = [axis.stride for axis in seen.axes]
    if "layer" not in occurrence.bound() or len(spans) == 1:
        return changed_with(occurrence, kernel_size=spans[0], dilation=1)
    return changed_with(occurrence, kernel_size=spans, stride=strides, dilation=1)


@misconception(
    id="shape-pool-stride1",
    operations="output_shape",
    equals="the pooling window moves by one cell",
    repair="Move the window by its own size where no stride is given.",
)
def _pool_stride_one(occurrence: Occurrence) -> Any:
    seen = window(occurrence)
    if not seen.pool or seen.stride_given or all(axis.stride == 1 for axis in seen.axes):
        raise NotApplicableError
    return changed_with(occurrence, stride=1)


@misconception(
    id="shape-ceil-mode-ignored",
    operations=(*SIZES, *_POOLINGS),
    equals="the size is rounded down although ceil_mode is set",
    repair="Round up where ceil_mode is set: a last window that is incomplete counts.",
)
def _ceil_mode_ignored(occurrence: Occurrence) -> Any:
    if occurrence.operation in _POOLINGS:
        if not occurrence.bound()["ceil_mode"]:
            raise NotApplicableError
        return occurrence.changed(ceil_mode=False)
    if not window(occurrence).ceil:
        raise NotApplicableError
    return changed_with(occurrence, ceil_mode=False)


@misconception(
    id="shape-same-keeps-size",
    operations=SIZES,
    equals='padding "same" keeps the size whatever the stride',
    repair='Divide the size by the stride and round up: that is the output size of padding "same".',
)
def _same_keeps_size(occurrence: Occurrence) -> Any:
    if _forward(occurrence).padding != "same":
        raise NotApplicableError
    _strided(occurrence)
    return resized(occurrence, lambda axis: axis.size)


def _backward(occurrence: Occurrence) -> LayerWindow:
    seen = window(occurrence)
    if not seen.transposed:
        raise NotApplicableError
    return seen


@misconception(
    id="tconv-size-forward",
    operations=TRANSPOSED_SIZES,
    equals="the size formula of the ordinary convolution is used for the transposed one",
    repair="Turn the formula round: (n-1)s - 2p + d(k-1) + 1, and the output padding.",
)
def _transposed_forward(occurrence: Occurrence) -> Any:
    _backward(occurrence)
    return resized(occurrence, lambda axis: axis.room // axis.stride + 1)


@misconception(
    id="tconv-size-padding-added",
    operations=TRANSPOSED_SIZES,
    equals="the padding of the transposed convolution is added",
    repair="Subtract the padding: in a transposed convolution it is cut off the output.",
)
def _transposed_padding_added(occurrence: Occurrence) -> Any:
    if not any(axis.before or axis.after for axis in _backward(occurrence).axes):
        raise NotApplicableError
    return resized(occurrence, lambda axis: axis.grown + 2 * (axis.before + axis.after))


@misconception(
    id="tconv-size-no-output-padding",
    operations=TRANSPOSED_SIZES,
    equals="output_padding is left out",
    repair="Add output_padding to the size of the transposed convolution.",
)
def _transposed_no_extra(occurrence: Occurrence) -> Any:
    if not any(axis.extra for axis in _backward(occurrence).axes):
        raise NotApplicableError
    return changed_with(occurrence, output_padding=0)


@misconception(
    id="tconv-size-times-stride",
    operations=TRANSPOSED_SIZES,
    equals="the size of the transposed convolution is the input size times the stride",
    repair="Use kernel and padding too: (n-1)s - 2p + d(k-1) + 1, and the output padding.",
)
def _transposed_times_stride(occurrence: Occurrence) -> Any:
    if all(axis.stride == 1 for axis in _backward(occurrence).axes):
        raise NotApplicableError
    return resized(occurrence, lambda axis: axis.size * axis.stride)


@misconception(
    id="tconv-size-n-strides",
    operations=TRANSPOSED_SIZES,
    equals="the transposed convolution starts from n strides, not from n-1",
    repair="Multiply the stride by n-1: there are only n-1 steps between n cells.",
)
def _transposed_whole(occurrence: Occurrence) -> Any:
    _backward(occurrence)
    return resized(occurrence, lambda axis: axis.grown + axis.stride)
