"""The building blocks of the published networks, with PyTorch's names."""

from __future__ import annotations

from collections.abc import Sequence

from grader.core.layers.layer_type import Layer, Layers

RELU: Layer = {"type": "relu"}
BATCH_NORM: Layer = {"type": "batch_norm2d"}
FLATTEN: Layer = {"type": "flatten"}


def named(name: str, layer: Layer) -> Layer:
    """The layer with a name."""
    return {**layer, "name": name}


def conv(channels: int, kernel: int, stride: int = 1, padding: int = 0, groups: int = 1, bias: bool = False) -> Layer:
    """A convolution."""
    return {
        "type": "conv2d",
        "out_channels": channels,
        "kernel_size": kernel,
        "stride": stride,
        "padding": padding,
        "groups": groups,
        "bias": bias,
    }


def conv_relu(channels: int, kernel: int, stride: int = 1, padding: int = 0) -> Layers:
    """A convolution with biases, and a relu."""
    return [conv(channels, kernel, stride, padding, bias=True), RELU]


def normalized(convolution: Layer, activation: Layer | None = RELU) -> Layers:
    """A convolution, a batch norm and an activation."""
    return [convolution, BATCH_NORM] if activation is None else [convolution, BATCH_NORM, activation]


def max_pool(kernel: int, stride: int, padding: int = 0, ceil_mode: bool = False) -> Layer:
    """A max pooling."""
    return {
        "type": "max_pool2d",
        "kernel_size": kernel,
        "stride": stride,
        "padding": padding,
        "ceil_mode": ceil_mode,
    }


def average_to(size: int) -> Layer:
    """An average pooling to size x size cells."""
    return {"type": "adaptive_avg_pool2d", "output_size": size}


def linear(features: int) -> Layer:
    """A fully connected layer with biases."""
    return {"type": "linear", "out_features": features}


def dropout(p: float) -> Layer:
    """A dropout."""
    return {"type": "dropout", "p": p}


def sequential(name: str, layers: Sequence[Layer]) -> Layer:
    """Layers one after the other under one name."""
    return {"type": "sequential", "name": name, "layers": list(layers)}


def add(name: str, *branches: Sequence[Layer]) -> Layer:
    """Branches whose outputs are added."""
    return {"type": "add", "name": name, "branches": [list(branch) for branch in branches]}


def concat(name: str, *branches: Sequence[Layer], crop: bool = False) -> Layer:
    """Branches whose channels are concatenated."""
    return {"type": "concat", "name": name, "branches": [list(branch) for branch in branches], "crop": crop}
