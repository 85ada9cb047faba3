"""Activations and dropouts: layers that keep the shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.core.layers.layer_type import LayerOptions, ReceptiveField, Shape, nothing, outputs, register, unchanged

_INPLACE: dict[str, object] = {"inplace": False}
_DROPOUT: dict[str, object] = {"p": 0.5, "inplace": False}


def _slopes(_shape: Shape, o: LayerOptions) -> int:
    return o.count("num_parameters")


def _sloped(shape: Shape, o: LayerOptions) -> Shape:
    slopes = o.count("num_parameters")
    if slopes not in (1, shape[0]):
        raise ValueError(f"expected num_parameters to be 1 or {shape[0]}, one per channel, received {slopes}")
    return shape


def _entrywise(
    name: str,
    options: Mapping[str, object],
    summary: str,
    family: str = "activation",
    weights: Callable[[Shape, LayerOptions], int] = nothing,
    shape: Callable[[Shape, LayerOptions], Shape] = unchanged,
) -> None:
    register(
        name=name,
        summary=summary,
        family=family,
        options=options,
        shape=shape,
        weights=weights,
        biases=nothing,
        macs=nothing,
        activations=outputs,
        window=None,
        field=ReceptiveField.KEPT,
        inside=None,
    )


_entrywise("dropout", _DROPOUT, "Sets entries to zero with probability p while training.", "dropout")
for _name in ("dropout1d", "dropout2d", "dropout3d"):
    _entrywise(_name, _DROPOUT, "Sets whole channels to zero with probability p while training.", "dropout")
_entrywise("identity", {}, "Hands its input on as it is.", "identity")
_entrywise("relu", _INPLACE, "max(x, 0).")
_entrywise("leaky_relu", {"negative_slope": 0.01, "inplace": False}, "x above 0, negative_slope * x below.")
_entrywise(
    "prelu",
    {"num_parameters": 1, "init": 0.25},
    "x above 0, a learned slope times x below.",
    weights=_slopes,
    shape=_sloped,
)
_entrywise("elu", {"alpha": 1.0, "inplace": False}, "x above 0, alpha * (exp(x) - 1) below.")
_entrywise("gelu", {"approximate": "none"}, "x times the standard normal distribution function of x.")
_entrywise("silu", _INPLACE, "x * sigmoid(x).")
_entrywise("sigmoid", {}, "1 / (1 + exp(-x)).")
_entrywise("tanh", {}, "The hyperbolic tangent.")
_entrywise("relu6", _INPLACE, "min(max(x, 0), 6).")
_entrywise("hardtanh", {"min_val": -1.0, "max_val": 1.0, "inplace": False}, "x between min_val and max_val.")
_entrywise("hardsigmoid", _INPLACE, "min(max(x + 3, 0), 6) / 6.")
_entrywise("hardswish", _INPLACE, "x * min(max(x + 3, 0), 6) / 6.")
_entrywise("softplus", {"beta": 1.0, "threshold": 20.0}, "The smooth relu, log(1 + exp(beta * x)) / beta.")
_entrywise("selu", _INPLACE, "The elu with the scale and slope that keep mean 0 and variance 1.")
_entrywise("mish", _INPLACE, "x * tanh(log(1 + exp(x))).")
_entrywise("softmax", {"dim": None}, "Exponentials that are divided by their sum.")
_entrywise("log_softmax", {"dim": None}, "The logarithm of the softmax.")
