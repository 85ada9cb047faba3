"""Normalisation: mistakes with what mean, variance or squares are taken over, the divisor, and weight and bias."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.core.support.inputs import Array, entries, is_sequence
from grader.formula.substitution import Alternatives, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, base, forward, gradients, needs
from grader.structs import Struct

_FORWARD = ("batch_norm", "layer_norm", "group_norm", "instance_norm")
_GRADIENTS = gradients("input", *_FORWARD)


class _Seen(Struct):
    """The input, reshaped so that statistics are over `axes`, and the weight and bias, reshaped to broadcast."""

    x: Array
    view: tuple[int, ...]
    axes: tuple[int, ...]
    gain: Array
    shift: Array
    eps: float

    def mean(self, axes: tuple[int, ...] | None = None) -> Array:
        """The mean over the axes, which are kept with size 1."""
        return np.asarray(self.x.reshape(self.view).mean(axis=self.axes if axes is None else axes, keepdims=True))

    def variance(self, axes: tuple[int, ...] | None = None, unbiased: int = 0) -> Array:
        """The biased variance over the axes, which are kept with size 1."""
        axes = self.axes if axes is None else axes
        return np.asarray(self.x.reshape(self.view).var(axis=axes, ddof=unbiased, keepdims=True))

    def output(self, mean: Array, divisor: Array) -> Array:
        """The output: centred values, divided, times the weight, plus the bias."""
        needs(np.all(divisor > 0))
        normal = (self.x.reshape(self.view) - mean) / divisor
        return normal.reshape(self.x.shape) * self.gain + self.shift


def _seen(occurrence: Occurrence) -> _Seen:
    """A call that uses the statistics of its own input; NotApplicableError if it uses running ones."""
    given, name = occurrence.bound(), base(occurrence)
    needs(given.get("training", True) and given.get("use_input_stats", True))
    x, eps = array(given["input"]), float(given["eps"])
    if name == "layer_norm":
        shape = given["normalized_shape"]
        first = x.ndim - (len(entries(shape)) if is_sequence(shape) else 1)
        gain, shift = _or(given["weight"], 1.0), _or(given["bias"], 0.0)
        return _Seen(x, x.shape, tuple(range(first, x.ndim)), gain, shift, eps)
    needs(x.ndim >= 2)
    by_channel = (-1,) + (1,) * (x.ndim - 2)
    gain, shift = _or(given["weight"], 1.0), _or(given["bias"], 0.0)
    gain, shift = (value.reshape(by_channel) if value.ndim else value for value in (gain, shift))
    if name == "group_norm":
        return _Seen(x, (x.shape[0], given["num_groups"], -1), (2,), gain, shift, eps)
    axes = tuple(range(2, x.ndim)) if name == "instance_norm" else (0, *range(2, x.ndim))
    return _Seen(x, x.shape, axes, gain, shift, eps)


def _or(value: Any, default: float) -> Array:
    return array(default if value is None else value)


@misconception(
    id="norm-unbiased",
    operations=_FORWARD,
    equals="the variance is divided by one less than the number of values",
    repair="Divide by the number of values: normalisation takes the biased variance.",
)
def _unbiased(occurrence: Occurrence) -> Any:
    seen = _seen(occurrence)
    view = seen.x.reshape(seen.view)
    count = view.size // seen.mean().size
    needs(count > 1)
    variance = seen.variance(unbiased=1)
    if occurrence.operation == "batch_norm":
        fixed = {"running_mean": seen.mean().reshape(-1), "running_var": variance.reshape(-1)}
        return occurrence.changed(**fixed, training=False)
    return seen.output(seen.mean(), np.sqrt(variance + seen.eps))


@misconception(
    id="norm-no-eps",
    operations=_FORWARD,
    equals="ε is left out",
    repair="Add ε to the variance under the root.",
)
def _no_eps(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["eps"] != 0)
    return occurrence.changed(eps=0.0)


def _moments(occurrence: Occurrence) -> tuple[_Seen | None, Array, Array]:
    """The mean and the variance that the call uses: those of its input, or the running ones."""
    given = occurrence.bound()
    if given.get("training", True) and given.get("use_input_stats", True):
        seen = _seen(occurrence)
        return seen, seen.mean(), seen.variance()
    x = array(given["input"])
    by_channel = (-1,) + (1,) * (x.ndim - 2)
    return None, array(given["running_mean"]).reshape(by_channel), array(given["running_var"]).reshape(by_channel)


def _divided_by(occurrence: Occurrence, eps_outside: bool) -> Any:
    given = occurrence.bound()
    seen, mean, variance = _moments(occurrence)
    if seen is None:
        x = array(given["input"])
        by_channel = (-1,) + (1,) * (x.ndim - 2)
        gain, shift = _or(given["weight"], 1.0), _or(given["bias"], 0.0)
        gain, shift = (value.reshape(by_channel) if value.ndim else value for value in (gain, shift))
        seen = _Seen(x, x.shape, (), gain, shift, float(given["eps"]))
    return seen.output(mean, np.sqrt(variance) + seen.eps if eps_outside else variance + seen.eps)


@misconception(
    id="norm-eps-outside",
    operations=_FORWARD,
    equals="ε is added to the standard deviation",
    repair="Add ε to the variance, inside the root.",
)
def _eps_outside(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["eps"] != 0)
    return _divided_by(occurrence, eps_outside=True)


@misconception(
    id="norm-no-root",
    operations=_FORWARD,
    equals="the centred values are divided by the variance",
    repair="Divide by the standard deviation: take the root.",
)
def _no_root(occurrence: Occurrence) -> Any:
    return _divided_by(occurrence, eps_outside=False)


@misconception(
    id="norm-only-centred",
    operations=_FORWARD,
    equals="the mean is subtracted, and nothing is divided by the standard deviation",
    repair="Divide the centred values by the standard deviation.",
)
def _only_centred(occurrence: Occurrence) -> Any:
    seen = _moments(occurrence)[0]
    needs(seen is not None)
    assert seen is not None
    return seen.output(seen.mean(), np.ones(1))


@misconception(
    id="norm-no-gamma",
    operations=_FORWARD,
    options={"argument": "weight"},
    equals="the normalised values are not multiplied by γ",
    repair="Multiply the normalised values by γ.",
)
@misconception(
    id="norm-no-beta",
    operations=_FORWARD,
    options={"argument": "bias"},
    equals="β is not added",
    repair="Add β after multiplying by γ.",
)
def _left_out(occurrence: Occurrence, argument: str) -> Any:
    needs(occurrence.bound()[argument] is not None)
    return occurrence.changed(**{argument: None})


def _over(occurrence: Occurrence, *choices: tuple[int, ...]) -> Any:
    """The same normalisation, with statistics over other axes."""
    seen = _seen(occurrence)
    found = []
    for axes in dict.fromkeys(choices):
        if axes != seen.axes and math.prod(seen.x.shape[axis] for axis in axes) > 1:
            found.append(seen.output(seen.mean(axes), np.sqrt(seen.variance(axes) + seen.eps)))
    needs(found)
    return Alternatives(tuple(found))


@misconception(
    id="bn-per-sample",
    operations="batch_norm",
    equals="mean and variance are taken within each sample",
    repair="Take mean and variance of each channel over the whole batch.",
)
def _per_sample(occurrence: Occurrence) -> Any:
    rank = np.ndim(occurrence.bound()["input"])
    return _over(occurrence, tuple(range(1, rank)), tuple(range(2, rank)) or (1,))


@misconception(
    id="bn-all-axes",
    operations="batch_norm",
    equals="one mean and one variance are taken over all channels",
    repair="Take a mean and a variance for each channel.",
)
def _all_axes(occurrence: Occurrence) -> Any:
    x = array(occurrence.bound()["input"])
    needs(x.ndim >= 2 and x.shape[1] > 1)
    return _over(occurrence, tuple(range(x.ndim)))


@misconception(
    id="bn-running-in-training",
    operations="batch_norm",
    equals="the running statistics are used in training",
    repair="Use the mean and variance of the batch in training.",
)
def _running(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(given["training"] and given["running_mean"] is not None and given["running_var"] is not None)
    return occurrence.changed(training=False)


@misconception(
    id="bn-batch-at-inference",
    operations="batch_norm",
    equals="the statistics of the batch are used at inference",
    repair="Use the running mean and variance at inference.",
    source="paper 002 q1",
)
def _batch_at_inference(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    shape = np.shape(given["input"])
    needs(not given["training"] and len(shape) >= 2 and math.prod(shape) > shape[1])
    return occurrence.changed(training=True)


@misconception(
    id="ln-over-batch",
    operations="layer_norm",
    equals="layer normalisation takes its statistics over the samples",
    repair="Take mean and variance within each sample, over the axes that are normalised.",
)
def _over_batch(occurrence: Occurrence) -> Any:
    seen = _seen(occurrence)
    needs(len(seen.axes) < seen.x.ndim)
    return _over(occurrence, tuple(range(seen.x.ndim - len(seen.axes))))


@misconception(
    id="gn-one-group",
    operations="group_norm",
    equals="all channels are normalised as one group",
    repair="Take mean and variance within each group of channels.",
)
def _one_group(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["num_groups"] > 1)
    return occurrence.changed(num_groups=1)


@misconception(
    id="norm-grad-constant",
    operations=_GRADIENTS,
    equals="mean and variance are treated as constants in the gradient",
    repair="Send the gradient through mean and variance too: they depend on the input.",
)
def _constant_statistics(occurrence: Occurrence) -> Any:
    """The gradient with mean and variance held constant."""
    seen = _seen(occurrence)
    g = array(occurrence.bound()["grad_output"]) * seen.gain
    divisor = np.sqrt(seen.variance() + seen.eps)
    needs(np.all(divisor > 0))
    return (g.reshape(seen.view) / divisor).reshape(seen.x.shape)


@misconception(
    id="rms-mean-subtracted",
    operations="rms_norm",
    equals="the mean is subtracted, as in layer normalisation",
    repair="Divide by the root of the mean square; subtract nothing.",
)
def _centred(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    eps = np.finfo(np.float64).eps if given["eps"] is None else given["eps"]
    return occurrence.changed(
        "layer_norm",
        input=given["input"],
        normalized_shape=given["normalized_shape"],
        weight=given["weight"],
        eps=eps,
    )


def _count(occurrence: Occurrence) -> int:
    """The number of entries that are normalised together."""
    return int(np.prod(array(occurrence.bound()["normalized_shape"])))


@misconception(
    id="rms-sum-for-mean",
    operations="rms_norm",
    equals="the numbers are divided by the root of the sum of their squares",
    repair="Take the mean of the squares before the root.",
)
def _length(occurrence: Occurrence) -> Any:
    """The values over the root of the sum of squares; eps is that of the mean, as it is too small to matter."""
    count = _count(occurrence)
    needs(count > 1)
    return array(occurrence.right()) / math.sqrt(count)


@misconception(
    id="lrn-alpha-not-divided",
    operations="local_response_norm",
    equals="alpha is not divided by the number of channels of the window",
    repair="Divide alpha by the size of the window, as the question's form does.",
)
def _undivided(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.changed(alpha=given["alpha"] * given["size"])


@misconception(
    id="lrn-no-power",
    operations="local_response_norm",
    equals="the exponent beta is left out",
    repair="Raise the sum to the power of beta before you divide by it.",
)
def _no_power(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["beta"] != 1)
    return occurrence.changed(beta=1.0)


@misconception(
    id="norm-grad-constant-divisor",
    operations=("rms_norm_grad_input", "local_response_norm_grad_input"),
    equals="what the input is divided by is treated as a constant in the gradient",
    repair="Differentiate the divisor, too: it depends on the input.",
)
def _constant_divisor(occurrence: Occurrence) -> Any:
    """The gradient with the divisor held constant: each entry times its own factor."""
    x, result = array(occurrence.bound()["input"]), array(forward(occurrence))
    needs(np.all(x != 0))
    return array(occurrence.bound()["grad_output"]) * result / x
