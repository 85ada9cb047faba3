"""Layers as data: which types there are, the options of each with PyTorch's defaults, and the checks on both.

A layer is a table such as {type = "conv2d", out_channels = 32, kernel_size = 3}; it may carry a `name`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.core.operations.sizes import ORDERS
from grader.core.support.options import entries, is_sequence, one_of, whole

Layer = Mapping[str, object]
Shape = tuple[int, ...]

# an option without a default: it must be given where the layer's size or parameters are asked
REQUIRED = object()

_CONVOLUTION: dict[str, object] = {
    "in_channels": None,
    "out_channels": REQUIRED,
    "kernel_size": REQUIRED,
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "padding_mode": "zeros",
}
_POOL: dict[str, object] = {"kernel_size": REQUIRED, "stride": None, "padding": 0, "ceil_mode": False}
_INPLACE: dict[str, object] = {"inplace": False}
_BATCH_NORM: dict[str, object] = {
    "num_features": None,
    "eps": 1e-5,
    "momentum": 0.1,
    "affine": True,
    "track_running_stats": True,
}
_INSTANCE_NORM = {**_BATCH_NORM, "affine": False, "track_running_stats": False}
_DROPOUT: dict[str, object] = {"p": 0.5, "inplace": False}

OPTIONS: dict[str, dict[str, object]] = {
    "conv2d": _CONVOLUTION,
    "conv1d": _CONVOLUTION,
    "conv_transpose2d": {**_CONVOLUTION, "output_padding": 0},
    "max_pool2d": {**_POOL, "dilation": 1, "return_indices": False},
    "avg_pool2d": {**_POOL, "count_include_pad": True, "divisor_override": None},
    "adaptive_avg_pool2d": {"output_size": REQUIRED},
    "adaptive_max_pool2d": {"output_size": REQUIRED, "return_indices": False},
    "global_avg_pool": {},
    "global_max_pool": {},
    "flatten": {"start_dim": 1, "end_dim": -1},
    "linear": {"in_features": None, "out_features": REQUIRED, "bias": True},
    "dropout": _DROPOUT,
    "dropout2d": _DROPOUT,
    "batch_norm": _BATCH_NORM,
    "batch_norm1d": _BATCH_NORM,
    "batch_norm2d": _BATCH_NORM,
    "instance_norm": _INSTANCE_NORM,
    "instance_norm2d": _INSTANCE_NORM,
    "layer_norm": {"normalized_shape": None, "eps": 1e-5, "elementwise_affine": True, "bias": True},
    "group_norm": {"num_groups": REQUIRED, "num_channels": None, "eps": 1e-5, "affine": True},
    "identity": {},
    "relu": _INPLACE,
    "leaky_relu": {"negative_slope": 0.01, "inplace": False},
    "prelu": {"num_parameters": 1, "init": 0.25},
    "elu": {"alpha": 1.0, "inplace": False},
    "gelu": {"approximate": "none"},
    "silu": _INPLACE,
    "sigmoid": {},
    "tanh": {},
    "softmax": {"dim": None},
    "log_softmax": {"dim": None},
}


class Options:
    """The options of one checked layer: given ones, else PyTorch's defaults."""

    def __init__(self, layer: Layer) -> None:
        """Check the table's type and the names of its options."""
        if not isinstance(layer, Mapping):
            raise ValueError(f'expected a layer as a table such as {{type = "relu"}}, received {layer!r}')
        kind = layer.get("type")
        if not isinstance(kind, str) or kind not in OPTIONS:
            raise ValueError(_unknown("a layer type", kind, OPTIONS))
        self.type = kind
        for option in layer:
            if option not in OPTIONS[kind] and option not in ("type", "name"):
                raise ValueError(_unknown(f"an option of {kind}", option, OPTIONS[kind]))
        self._given = layer

    def __contains__(self, option: str) -> bool:
        """Whether a layer of this type knows the option at all."""
        return option in OPTIONS[self.type]

    def __getitem__(self, option: str) -> object:
        """The option as given, or its default; a missing one without a default raises ValueError."""
        value = self._given.get(option, OPTIONS[self.type][option])
        if value is REQUIRED:
            raise ValueError(f"expected the option {option} in the {self.type} layer, received none")
        return value

    def agree(self, option: str, count: int) -> None:
        """Where a layer repeats the size of its input (in_channels, in_features, ...), the two must agree."""
        stated = self[option]
        if stated is not None and whole(stated, option, 1) != count:
            raise ValueError(f"expected {option} = {count}, the input's, in the {self.type} layer, received {stated}")


def _unknown(what: str, received: object, allowed: Iterable[str]) -> str:
    import difflib

    names = list(allowed)
    near = difflib.get_close_matches(str(received), names, n=1)
    hint = f" (nearest: {near[0]})" if near else ""
    known = ", ".join(names) if names else "none"
    return f"expected {what}, one of {known}; received {received!r}{hint}"


def stack_of(layers: object) -> list[Layer]:
    """The layers of a stack, which stand in a list."""
    if not is_sequence(layers):
        raise ValueError(f"expected a list of layers, received {layers!r}")
    return entries(layers)  # type: ignore[return-value] # each one is checked where it is read


def channels_first(shape: object, order: str) -> Shape:
    """A written shape, or a single size, as (C, H, W), (C, L) or (features)."""
    one_of(order, "order", ORDERS)
    sides: Sequence[object] = entries(shape) if is_sequence(shape) else [shape]
    if not 1 <= len(sides) <= 3:
        raise ValueError(f"expected a shape of one to three sizes, without the batch, received {len(sides)}")
    sizes = tuple(whole(side, "every size of the shape", 1) for side in sides)
    return (sizes[-1], *sizes[:-1]) if order == "HWC" else sizes


def in_order(shape: Shape, order: str) -> Shape:
    """A channels-first shape as it is written in the order."""
    return (*shape[1:], shape[0]) if order == "HWC" else shape


def image_shape(shape: Shape, layer: Options, order: str) -> Shape:
    """The shape, which must be that of an image."""
    if len(shape) != 3:
        raise ValueError(
            f"expected an image ({', '.join(order)}) before the {layer.type} layer, received {in_order(shape, order)}"
        )
    return shape
