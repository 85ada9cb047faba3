"""Networks with concatenated branches: GoogLeNet, SqueezeNet, DenseNet and U-Net."""

from __future__ import annotations

from grader.core.layers.layer_type import Layers
from grader.core.layers.networks import publish
from grader.core.layers.networks.parts import (
    BATCH_NORM,
    FLATTEN,
    RELU,
    average_to,
    concat,
    conv,
    conv_relu,
    dropout,
    linear,
    max_pool,
    named,
    normalized,
    sequential,
)


def _inception(name: str, one: int, reduce3: int, three: int, reduce5: int, five: int, pooled: int) -> Layers:
    """As in torchvision, the branch named 5x5 has a 3x3 convolution."""
    return [
        concat(
            name,
            [sequential("branch1", normalized(conv(one, 1)))],
            [sequential("branch2", normalized(conv(reduce3, 1)) + normalized(conv(three, 3, padding=1)))],
            [sequential("branch3", normalized(conv(reduce5, 1)) + normalized(conv(five, 3, padding=1)))],
            [sequential("branch4", [max_pool(3, 1, 1, ceil_mode=True), *normalized(conv(pooled, 1))])],
        )
    ]


def _googlenet() -> Layers:
    return [
        *normalized(conv(64, 7, 2, 3)),
        max_pool(3, 2, ceil_mode=True),
        *normalized(conv(64, 1)),
        *normalized(conv(192, 3, padding=1)),
        max_pool(3, 2, ceil_mode=True),
        *_inception("inception3a", 64, 96, 128, 16, 32, 32),
        *_inception("inception3b", 128, 128, 192, 32, 96, 64),
        max_pool(3, 2, ceil_mode=True),
        *_inception("inception4a", 192, 96, 208, 16, 48, 64),
        *_inception("inception4b", 160, 112, 224, 24, 64, 64),
        *_inception("inception4c", 128, 128, 256, 24, 64, 64),
        *_inception("inception4d", 112, 144, 288, 32, 64, 64),
        *_inception("inception4e", 256, 160, 320, 32, 128, 128),
        max_pool(2, 2, ceil_mode=True),
        *_inception("inception5a", 256, 160, 320, 32, 128, 128),
        *_inception("inception5b", 384, 192, 384, 48, 128, 128),
        average_to(1),
        FLATTEN,
        dropout(0.2),
        named("fc", linear(1000)),
    ]


def _fire(name: str, squeeze: int, expand: int) -> Layers:
    branches = concat("expand", conv_relu(expand, 1), conv_relu(expand, 3, padding=1))
    return [sequential(name, [*conv_relu(squeeze, 1), branches])]


def _squeezenet() -> Layers:
    return [
        *conv_relu(96, 7, 2),
        max_pool(3, 2, ceil_mode=True),
        *_fire("fire2", 16, 64),
        *_fire("fire3", 16, 64),
        *_fire("fire4", 32, 128),
        max_pool(3, 2, ceil_mode=True),
        *_fire("fire5", 32, 128),
        *_fire("fire6", 48, 192),
        *_fire("fire7", 48, 192),
        *_fire("fire8", 64, 256),
        max_pool(3, 2, ceil_mode=True),
        *_fire("fire9", 64, 256),
        dropout(0.5),
        *conv_relu(1000, 1),
        average_to(1),
        FLATTEN,
    ]


def _densenet121() -> Layers:
    """Every layer of a block takes all maps before it and adds 32, after a bottleneck of 128."""
    layer = [BATCH_NORM, RELU, named("conv1", conv(128, 1)), BATCH_NORM, RELU, named("conv2", conv(32, 3, padding=1))]
    layers: Layers = [*normalized(conv(64, 7, 2, 3)), max_pool(3, 2, 1)]
    channels = 64
    for block, count in enumerate((6, 12, 24, 16), 1):
        layers.append({**concat(f"denseblock{block}", [], layer), "repeat": count})
        channels += 32 * count
        if block < 4:
            channels //= 2
            halved = [BATCH_NORM, RELU, conv(channels, 1), {"type": "avg_pool2d", "kernel_size": 2}]
            layers.append(sequential(f"transition{block}", halved))
    return [*layers, BATCH_NORM, RELU, average_to(1), FLATTEN, named("classifier", linear(1000))]


def _unet() -> Layers:
    """Convolutions without padding; skip connections are cropped to the size of the upward path."""

    def level(channels: int) -> Layers:
        below: Layers = [max_pool(2, 2), *level(2 * channels), _up(channels)] if channels < 1024 else []
        double = [*conv_relu(channels, 3), *conv_relu(channels, 3)]
        if not below:
            return double
        return [*double, concat(f"skip{channels}", [], below, crop=True), *double]

    return [*level(64), named("output", conv(2, 1, bias=True))]


def _up(channels: int) -> dict[str, object]:
    return {"type": "conv_transpose2d", "out_channels": channels, "kernel_size": 2, "stride": 2}


_IMAGES = (3, 224, 224)
publish("googlenet", _IMAGES, 'Szegedy et al., "Going Deeper with Convolutions" (2015), torchvision', _googlenet)
publish("squeezenet1_0", _IMAGES, 'Iandola et al., "SqueezeNet" (2016), torchvision', _squeezenet)
publish(
    "densenet121", _IMAGES, 'Huang et al., "Densely Connected Convolutional Networks" (2017), torchvision', _densenet121
)
publish("unet", (1, 572, 572), 'Ronneberger et al., "U-Net" (2015)', _unet)
