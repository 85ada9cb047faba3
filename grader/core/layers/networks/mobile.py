"""Networks of depthwise convolutions: MobileNet and EfficientNet."""

from __future__ import annotations

from grader.core.layers.layer_type import Layer, Layers
from grader.core.layers.networks import publish
from grader.core.layers.networks.parts import (
    FLATTEN,
    RELU,
    add,
    average_to,
    conv,
    dropout,
    linear,
    named,
    normalized,
    sequential,
)

_RELU6: Layer = {"type": "relu6"}
_SILU: Layer = {"type": "silu"}


def _depthwise(channels: int, kernel: int, stride: int, activation: Layer) -> Layers:
    return normalized(conv(channels, kernel, stride, kernel // 2, groups=channels), activation)


def _mobilenet_v1() -> Layers:
    layers, width = normalized(conv(32, 3, 2, 1)), 32
    strides = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
    for number, (channels, stride) in enumerate(strides, 1):
        separable = [*_depthwise(width, 3, stride, RELU), *normalized(conv(channels, 1))]
        layers.append(sequential(f"separable{number}", separable))
        width = channels
    return [*layers, average_to(1), FLATTEN, named("fc", linear(1000))]


def _inverted(
    name: str, width: int, channels: int, expansion: int, kernel: int, stride: int, activation: Layer, excite: bool
) -> Layer:
    """A 1x1 convolution widens, a depthwise one filters, a 1x1 one narrows; with a skip connection if shapes fit."""
    wide = width * expansion
    inside: Layers = normalized(conv(wide, 1), activation) if expansion > 1 else []
    inside += _depthwise(wide, kernel, stride, activation)
    if excite:
        inside.append({"type": "squeeze_excite", "squeeze_channels": max(1, width // 4)})
    inside += normalized(conv(channels, 1), None)
    return add(name, inside, []) if stride == 1 and width == channels else sequential(name, inside)


def _stages(
    settings: tuple[tuple[int, int, int, int, int], ...], activation: Layer, excite: bool, dropped: float
) -> Layers:
    """settings are (expansion, kernel, stride of the first block, channels, blocks)."""
    layers, width, number = normalized(conv(32, 3, 2, 1), activation), 32, 0
    for expansion, kernel, first, channels, count in settings:
        for block in range(count):
            number += 1
            stride = first if block == 0 else 1
            layers.append(_inverted(f"block{number}", width, channels, expansion, kernel, stride, activation, excite))
            width = channels
    layers += normalized(conv(1280, 1), activation)
    return [*layers, average_to(1), FLATTEN, dropout(dropped), named("classifier", linear(1000))]


_V2 = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 3, 2, 32, 3),
    (6, 3, 2, 64, 4),
    (6, 3, 1, 96, 3),
    (6, 3, 2, 160, 3),
    (6, 3, 1, 320, 1),
)
_B0 = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)


def _mobilenet_v2() -> Layers:
    return _stages(_V2, _RELU6, excite=False, dropped=0.2)


def _efficientnet_b0() -> Layers:
    return _stages(_B0, _SILU, excite=True, dropped=0.2)


_IMAGES = (3, 224, 224)
publish("mobilenet_v1", _IMAGES, 'Howard et al., "MobileNets" (2017), table 1', _mobilenet_v1)
publish("mobilenet_v2", _IMAGES, 'Sandler et al., "MobileNetV2" (2018), torchvision', _mobilenet_v2)
publish("efficientnet_b0", _IMAGES, 'Tan and Le, "EfficientNet" (2019), torchvision', _efficientnet_b0)
