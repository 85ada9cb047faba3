"""For every operation with gradients, how arguments are drawn for it: no two axes equal, options uneven."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.core import layer_cases, loss_cases, spatial_cases
from tests.core.draws import Draw
from tests.core.draws import pick as _pick

MODES = ("zeros", "reflect", "replicate", "circular")


def _distinct(draw: Draw, *values: int) -> list[int]:
    """Values in random order."""
    return [int(value) for value in draw.permutation(values)]


def _padding(draw: Draw):
    return _pick(draw, 0, 1, (1, 2), ((0, 2), (2, 1)), "same", "valid")


def convolution(draw: Draw) -> dict:
    groups, inputs, outputs = _pick(draw, (1, 4, 3), (2, 1, 3), (3, 2, 1), (1, 9, 2))
    height, width = _distinct(draw, 5, 6 + int(draw.integers(3)))
    kh, kw = _distinct(draw, 2, _pick(draw, 1, 3))
    return {
        "input": draw.normal(size=(2, groups * inputs, height, width)),
        "weight": draw.normal(size=(groups * outputs, inputs, kh, kw)),
        "bias": draw.normal(size=groups * outputs),
        "stride": _pick(draw, 1, (1, 2), (3, 2)),
        "padding": _padding(draw),
        "dilation": _pick(draw, 1, (1, 2), (2, 1)),
        "groups": groups,
        "padding_mode": _pick(draw, *MODES),
    }


def plain_convolution(draw: Draw) -> dict:
    """A plain image, a plain kernel, and a bias that is one number."""
    return {
        "input": draw.normal(size=(5, 7)),
        "weight": draw.normal(size=(3, 2)),
        "bias": float(draw.normal()),
        "padding": _padding(draw),
    }


def signal(draw: Draw) -> dict:
    groups, inputs, outputs = _pick(draw, (1, 4, 3), (2, 1, 3))
    return {
        "input": draw.normal(size=(2, groups * inputs, 7 + int(draw.integers(4)))),
        "weight": draw.normal(size=(groups * outputs, inputs, 3)),
        "bias": draw.normal(size=groups * outputs),
        "stride": _pick(draw, 1, 2),
        "padding": _pick(draw, 0, 2, (2, 1), "same", "valid"),
        "dilation": _pick(draw, 1, 2),
        "groups": groups,
        "padding_mode": _pick(draw, *MODES),
    }


def transposed(draw: Draw) -> dict:
    groups, inputs, outputs = _pick(draw, (1, 4, 3), (2, 1, 3), (3, 2, 1))
    return {
        "input": draw.normal(size=(2, groups * inputs, 3, 5)),
        "weight": draw.normal(size=(groups * inputs, outputs, *_distinct(draw, 2, 4))),
        "bias": draw.normal(size=groups * outputs),
        "stride": _pick(draw, (2, 3), (3, 2)),
        "padding": _pick(draw, 0, (1, 0), ((0, 1), (2, 1))),
        "output_padding": _pick(draw, 0, (1, 0), 1),
        "groups": groups,
        "dilation": _pick(draw, 1, (1, 2)),
    }


def _apart(draw: Draw, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers that stay in their order under a finite difference: maxima do not change hands."""
    cells = int(np.prod(shape))
    return draw.permutation(cells).reshape(shape) / 7.0 - cells / 15.0


def pooling(draw: Draw) -> dict:
    return {
        "input": _apart(draw, (2, 3, *_distinct(draw, 5, 7 + int(draw.integers(3))))),
        "kernel_size": _pick(draw, (2, 3), (3, 2), (3, 4)),
        "stride": _pick(draw, None, (1, 2), (3, 2)),
        "padding": _pick(draw, 0, 1, ((0, 1), (1, 0)), "same"),
        "ceil_mode": bool(draw.integers(2)),
    }


def max_pooling(draw: Draw) -> dict:
    return {**pooling(draw), "dilation": _pick(draw, 1, (2, 1))}


def avg_pooling(draw: Draw) -> dict:
    return {
        **pooling(draw),
        "count_include_pad": bool(draw.integers(2)),
        "divisor_override": _pick(draw, None, None, 5),
    }


def image(draw: Draw) -> dict:
    return {"input": _apart(draw, _pick(draw, (3, 4), (2, 3, 4), (2, 3, 4, 5)))}


def features(draw: Draw) -> dict:
    return {
        "input": draw.normal(size=_pick(draw, (4,), (3, 4), (2, 3, 4))),
        "weight": draw.normal(size=(5, 4)),
        "bias": draw.normal(size=5),
    }


def numbers(draw: Draw) -> dict:
    """Away from 0, where some activations have a kink."""
    values = draw.normal(size=_pick(draw, (), (3,), (2, 5), (2, 3, 4)))
    return {"input": values + 0.01 * np.sign(values)}


def classes(draw: Draw) -> dict:
    shape = _pick(draw, (4,), (3, 4), (2, 3, 4))
    return {"input": draw.normal(size=shape), "dim": _pick(draw, None, -1, 0)}


def with_options(base: Callable[[Draw], dict], **options: float) -> Callable[[Draw], dict]:
    return lambda draw: {**base(draw), **options}


def channels(draw: Draw) -> dict:
    shape = _pick(draw, (3, 4), (3, 4, 5), (2, 4, 3, 5))
    return {"input": draw.normal(1, 2, size=shape), **_affine(draw, (4,)), "eps": 0.01}


def _affine(draw: Draw, shape: tuple[int, ...]) -> dict:
    return {"weight": draw.normal(size=shape), "bias": draw.normal(size=shape)}


def _running(draw: Draw) -> dict:
    return {"running_mean": draw.normal(size=4), "running_var": draw.uniform(0.5, 2, size=4)}


def batch(draw: Draw) -> dict:
    statistics = _pick(draw, {"running_mean": None, "running_var": None, "training": True}, _running(draw))
    return {**channels(draw), **statistics}


def instance(draw: Draw) -> dict:
    statistics = _pick(draw, {}, {**_running(draw), "use_input_stats": False})
    return {**channels(draw), "input": draw.normal(1, 2, size=(2, 4, 3, 5)), **statistics}


def layer(draw: Draw) -> dict:
    shape = _pick(draw, (5,), (4, 5))
    return {"input": draw.normal(1, 2, size=(2, 4, 5)), "normalized_shape": shape, **_affine(draw, shape), "eps": 0.01}


def groups_of_channels(draw: Draw) -> dict:
    return {**channels(draw), "input": draw.normal(1, 2, size=(3, 4, 5)), "num_groups": _pick(draw, 1, 2)}


def _entropy(draw: Draw, shape: tuple[int, ...]) -> dict:
    return {
        "input": draw.normal(size=shape),
        "weight": draw.uniform(0.5, 2, size=4),
        "reduction": _pick(draw, "mean", "sum", "none"),
        "label_smoothing": _pick(draw, 0.0, 0.2),
    }


def class_indices(draw: Draw) -> dict:
    shape = _pick(draw, (3, 4), (2, 4, 3, 5), (3, 4, 2))
    target = draw.integers(0, 4, size=(shape[0], *shape[2:]))
    target.flat[0], target.flat[1] = 2, 3
    return {**_entropy(draw, shape), "target": target, "ignore_index": _pick(draw, -100, 2)}


def class_probabilities(draw: Draw) -> dict:
    shape = _pick(draw, (4,), (3, 4), (2, 4, 3))
    return {**_entropy(draw, shape), "target": draw.uniform(size=shape)}


# operation -> the ways to draw its arguments, and the arguments that have a gradient
CASES: dict[str, tuple[list[Callable[[Draw], dict]], list[str]]] = {
    "conv1d": ([signal], ["input", "weight", "bias"]),
    "conv2d": ([convolution, plain_convolution], ["input", "weight", "bias"]),
    "convolve2d": ([convolution, plain_convolution], ["input", "weight", "bias"]),
    "conv_transpose2d": ([transposed], ["input", "weight", "bias"]),
    "max_pool2d": ([max_pooling], ["input"]),
    "avg_pool2d": ([avg_pooling], ["input"]),
    "global_avg_pool": ([image], ["input"]),
    "global_max_pool": ([image], ["input"]),
    "linear": ([features], ["input", "weight", "bias"]),
    "relu": ([numbers], ["input"]),
    "leaky_relu": ([numbers, with_options(numbers, negative_slope=0.3)], ["input"]),
    "elu": ([numbers, with_options(numbers, alpha=0.3)], ["input"]),
    "sigmoid": ([numbers], ["input"]),
    "tanh": ([numbers], ["input"]),
    "softmax": ([classes], ["input"]),
    "log_softmax": ([classes], ["input"]),
    "batch_norm": ([batch], ["input", "weight", "bias"]),
    "instance_norm": ([instance], ["input", "weight", "bias"]),
    "layer_norm": ([layer], ["input", "weight", "bias"]),
    "group_norm": ([groups_of_channels], ["input", "weight", "bias"]),
    "cross_entropy": ([class_indices, class_probabilities], ["input"]),
    **loss_cases.CASES,
    **layer_cases.CASES,
    **spatial_cases.CASES,
}
# the target of a cross-entropy has a gradient only where it is drawn as probabilities
TARGET_CASE = {"cross_entropy": ([class_probabilities], ["target"])}

GRADIENTS = [
    (operation, argument, make)
    for table in (CASES, TARGET_CASE)
    for operation, (makers, arguments) in table.items()
    for argument in arguments
    for make in makers
]
