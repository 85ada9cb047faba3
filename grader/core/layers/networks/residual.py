"""Residual networks: ResNet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from grader.core.layers.layer_type import Layers
from grader.core.layers.networks import publish
from grader.core.layers.networks.parts import (
    BATCH_NORM,
    FLATTEN,
    RELU,
    add,
    average_to,
    conv,
    linear,
    max_pool,
    named,
    normalized,
    sequential,
)

_Block = Callable[[int, int], Layers]


def _basic(channels: int, stride: int) -> Layers:
    return [
        named("conv1", conv(channels, 3, stride, 1)),
        named("bn1", BATCH_NORM),
        RELU,
        named("conv2", conv(channels, 3, 1, 1)),
        named("bn2", BATCH_NORM),
    ]


def _bottleneck(channels: int, stride: int) -> Layers:
    """The stride is at the 3x3 convolution, as in torchvision, unlike in the paper."""
    return [
        named("conv1", conv(channels, 1)),
        named("bn1", BATCH_NORM),
        RELU,
        named("conv2", conv(channels, 3, stride, 1)),
        named("bn2", BATCH_NORM),
        RELU,
        named("conv3", conv(4 * channels, 1)),
        named("bn3", BATCH_NORM),
    ]


def _resnet(block: _Block, expansion: int, blocks: tuple[int, ...]) -> Layers:
    stages: Layers = []
    width = 64
    for stage, count in enumerate(blocks):
        channels, layers = 64 * 2**stage, []
        for number in range(count):
            stride = 2 if stage and not number else 1
            shortcut: Layers = []
            if stride != 1 or width != expansion * channels:
                shortcut = [sequential("downsample", normalized(conv(expansion * channels, 1, stride), None))]
            layers += [add(str(number), block(channels, stride), shortcut), RELU]
            width = expansion * channels
        stages.append(sequential(f"layer{stage + 1}", layers))
    return [
        named("conv1", conv(64, 7, 2, 3)),
        named("bn1", BATCH_NORM),
        RELU,
        max_pool(3, 2, 1),
        *stages,
        average_to(1),
        FLATTEN,
        named("fc", linear(1000)),
    ]


_SOURCE = 'He et al., "Deep Residual Learning for Image Recognition" (2016), torchvision'
for _name, _block, _expansion, _blocks in (
    ("resnet18", _basic, 1, (2, 2, 2, 2)),
    ("resnet34", _basic, 1, (3, 4, 6, 3)),
    ("resnet50", _bottleneck, 4, (3, 4, 6, 3)),
    ("resnet101", _bottleneck, 4, (3, 4, 23, 3)),
):
    publish(_name, (3, 224, 224), _SOURCE, partial(_resnet, _block, _expansion, _blocks))
