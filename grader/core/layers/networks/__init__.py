"""Published networks as data, one module per family: each declares its networks with their source."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

from grader.core.layers.layer_type import Layers, unknown
from grader.core.registry import operation
from grader.structs import Struct


class Network(Struct):
    """A published network: the shape of its images (C, H, W), where it is published, and its layers."""

    name: str
    input_shape: tuple[int, int, int]
    source: str
    build: Callable[[], Layers]


_NETWORKS: dict[str, Network] = {}


def publish(name: str, input_shape: tuple[int, int, int], source: str, build: Callable[[], Layers]) -> None:
    """Declare a network.

    Raises ValueError for a name that is taken and for a network without a source.
    """
    if name in _NETWORKS or not source:
        raise ValueError(f"expected one declaration of {name} with its source, received another or none")
    _NETWORKS[name] = Network(name, input_shape, source, build)


@cache
def networks() -> Mapping[str, Network]:
    """Every published network by its name."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return _NETWORKS


@operation(topic="layers")
def network(name: str) -> Layers:
    """The layers of a published network, as data.

    name is one of lenet5, alexnet, vgg11, vgg16, vgg19, resnet18, resnet34, resnet50, resnet101, googlenet,
    squeezenet1_0, mobilenet_v1, mobilenet_v2, densenet121, unet, efficientnet_b0 and vit_b_16. They are those of
    torchvision, with 1,000 classes for images (3, 224, 224), without the auxiliary heads of GoogLeNet, which are used
    in training only; the others are as published: LeNet-5 for (1, 32, 32), with every map of its second convolution
    connected to all of the first; MobileNet (v1) for (3, 224, 224); U-Net for (1, 572, 572) with 2 classes.

    Raises ValueError for an unknown name. Source: torchvision.models; the papers named where a network is declared.

    >>> [layer["type"] for layer in network("alexnet")[:3]]
    ['conv2d', 'relu', 'max_pool2d']
    """
    known = networks()
    if not isinstance(name, str) or name not in known:
        raise ValueError(unknown("a network", name, known))
    return known[name].build()
