"""Sequential networks: LeNet-5, AlexNet and VGG."""

from __future__ import annotations

from functools import partial

from grader.core.layers.layer_type import Layer, Layers
from grader.core.layers.networks import publish
from grader.core.layers.networks.parts import (
    FLATTEN,
    RELU,
    average_to,
    conv,
    conv_relu,
    dropout,
    linear,
    max_pool,
    named,
)

_TANH: Layer = {"type": "tanh"}
_SUBSAMPLE: Layer = {"type": "avg_pool2d", "kernel_size": 2}


def _lenet5() -> Layers:
    return [
        named("C1", conv(6, 5, bias=True)),
        _TANH,
        named("S2", _SUBSAMPLE),
        named("C3", conv(16, 5, bias=True)),
        _TANH,
        named("S4", _SUBSAMPLE),
        FLATTEN,
        named("C5", linear(120)),
        _TANH,
        named("F6", linear(84)),
        _TANH,
        named("output", linear(10)),
    ]


def _alexnet() -> Layers:
    return [
        *conv_relu(64, 11, 4, 2),
        max_pool(3, 2),
        *conv_relu(192, 5, padding=2),
        max_pool(3, 2),
        *conv_relu(384, 3, padding=1),
        *conv_relu(256, 3, padding=1),
        *conv_relu(256, 3, padding=1),
        max_pool(3, 2),
        average_to(6),
        FLATTEN,
        *(dropout(0.5), linear(4096), RELU),
        *(dropout(0.5), linear(4096), RELU),
        linear(1000),
    ]


_VGG = {
    "vgg11": ((64,), (128,), (256, 256), (512, 512), (512, 512)),
    "vgg16": ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3),
    "vgg19": ((64, 64), (128, 128), (256,) * 4, (512,) * 4, (512,) * 4),
}


def _vgg(blocks: tuple[tuple[int, ...], ...]) -> Layers:
    layers: Layers = []
    for block, widths in enumerate(blocks, 1):
        for number, channels in enumerate(widths, 1):
            layers += [named(f"conv{block}_{number}", conv(channels, 3, padding=1, bias=True)), RELU]
        layers.append(named(f"pool{block}", max_pool(2, 2)))
    return [
        *layers,
        average_to(7),
        FLATTEN,
        *(named("fc6", linear(4096)), RELU, dropout(0.5)),
        *(named("fc7", linear(4096)), RELU, dropout(0.5)),
        named("fc8", linear(1000)),
    ]


publish(
    "lenet5",
    (1, 32, 32),
    'LeCun et al., "Gradient-based learning applied to document recognition" (1998), C3 connected in full',
    _lenet5,
)
publish("alexnet", (3, 224, 224), 'Krizhevsky, "One weird trick for parallelizing ..." (2014), torchvision', _alexnet)
for _name, _blocks in _VGG.items():
    publish(
        _name,
        (3, 224, 224),
        'Simonyan and Zisserman, "Very Deep Convolutional Networks ..." (2015), torchvision',
        partial(_vgg, _blocks),
    )
