"""How arguments are drawn for operations on signals, images and volumes: no two axes equal, options uneven."""

from __future__ import annotations

import numpy as np

import grader.core as core
from tests.core.draws import Draw, pick


def apart(draw: Draw, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers that stay in their order under a finite difference: maxima do not change hands."""
    cells = int(np.prod(shape))
    return draw.permutation(cells).reshape(shape) / 7.0 - cells / 15.0


def signals(draw: Draw) -> dict:
    return {
        "input": apart(draw, pick(draw, (9,), (3, 8), (2, 3, 10))),
        "kernel_size": pick(draw, 2, 3, (4,)),
        "stride": pick(draw, None, 1, 3),
        "padding": pick(draw, 0, 1, (0, 1), "same"),
        "ceil_mode": bool(draw.integers(2)),
    }


def max_signals(draw: Draw) -> dict:
    return {**signals(draw), "dilation": pick(draw, 1, 2)}


def avg_signals(draw: Draw) -> dict:
    return {**signals(draw), "count_include_pad": bool(draw.integers(2))}


def volumes(draw: Draw) -> dict:
    return {
        "input": apart(draw, pick(draw, (5, 4, 6), (2, 5, 4, 6), (2, 3, 4, 6, 5))),
        "kernel_size": pick(draw, 2, (1, 2, 3)),
        "stride": pick(draw, None, (1, 2, 3)),
        "padding": pick(draw, 0, (0, 1, 1), (0, (1, 0), (0, 1)), "same"),
        "ceil_mode": bool(draw.integers(2)),
    }


def max_volumes(draw: Draw) -> dict:
    return {**volumes(draw), "dilation": pick(draw, 1, (2, 1, 1))}


def avg_volumes(draw: Draw) -> dict:
    return {
        **volumes(draw),
        "count_include_pad": bool(draw.integers(2)),
        "divisor_override": pick(draw, None, None, 5),
    }


def powers(draw: Draw) -> dict:
    return {
        "input": draw.uniform(0.2, 2.0, size=pick(draw, (5, 7), (3, 5, 7), (2, 3, 6, 5))),
        "norm_type": pick(draw, 1, 2, 3.5),
        "kernel_size": pick(draw, 2, (2, 3)),
        "stride": pick(draw, None, (1, 2)),
        "ceil_mode": bool(draw.integers(2)),
    }


def adaptive(draw: Draw) -> dict:
    return {
        "input": draw.normal(size=pick(draw, (5, 7), (3, 5, 7), (2, 3, 6, 5))),
        "output_size": pick(draw, 2, (3, 4), (None, 2), (8, 3)),
    }


def unpooled(draw: Draw) -> dict:
    image = apart(draw, pick(draw, (6, 9), (3, 6, 9), (2, 3, 12, 6)))
    kernel = pick(draw, 2, (3, 2))
    return {
        "input": core.max_pool2d(image, kernel),
        "indices": core.max_pool2d_indices(image, kernel),
        "kernel_size": kernel,
        "output_size": pick(draw, image.shape, image.shape[-2:]),
    }


def transposed_signal(draw: Draw) -> dict:
    groups, inputs, outputs = pick(draw, (1, 4, 3), (2, 1, 3))
    return {
        "input": draw.normal(size=(2, groups * inputs, 5)),
        "weight": draw.normal(size=(groups * inputs, outputs, 4)),
        "bias": draw.normal(size=groups * outputs),
        "stride": pick(draw, 2, 3),
        "padding": pick(draw, 0, 1, (0, 2)),
        "output_padding": pick(draw, 0, 1),
        "groups": groups,
        "dilation": pick(draw, 1, 2),
    }


def plain_transposed_signal(draw: Draw) -> dict:
    return {"input": draw.normal(size=5), "weight": draw.normal(size=3), "bias": float(draw.normal()), "stride": 2}


def volume_convolution(draw: Draw) -> dict:
    groups, inputs, outputs = pick(draw, (1, 4, 3), (2, 1, 3), (3, 2, 1))
    return {
        "input": draw.normal(size=(2, groups * inputs, 4, 6, 5)),
        "weight": draw.normal(size=(groups * outputs, inputs, 1, 2, 3)),
        "bias": draw.normal(size=groups * outputs),
        "stride": pick(draw, 1, (1, 2, 3)),
        "padding": pick(draw, 0, 1, (0, 1, 2), ((0, 1), 0, (1, 2)), "same", "valid"),
        "dilation": pick(draw, 1, (1, 2, 1)),
        "groups": groups,
    }


def plain_volume_convolution(draw: Draw) -> dict:
    return {"input": draw.normal(size=(3, 5, 4)), "weight": draw.normal(size=(1, 2, 3)), "bias": float(draw.normal())}


def unfolded(draw: Draw) -> dict:
    return {
        "input": draw.normal(size=pick(draw, (6, 5), (3, 6, 5), (2, 3, 5, 7))),
        "kernel_size": pick(draw, 2, (3, 2)),
        "dilation": pick(draw, 1, (1, 2)),
        "padding": pick(draw, 0, (1, 2), ((0, 1), (2, 0))),
        "stride": pick(draw, 1, (2, 3)),
    }


def folded(draw: Draw) -> dict:
    arguments = unfolded(draw)
    image = arguments.pop("input")
    columns = core.unfold(image, **arguments)
    if columns.shape[-1] == columns.shape[-2]:
        return folded(draw)
    return {"input": draw.normal(size=columns.shape), "output_size": image.shape[-2:], **arguments}


def padded(draw: Draw) -> dict:
    mode = pick(draw, "constant", "reflect", "replicate", "circular")
    pads = [(2,), (1, 2), (2, 0, 1, 3)] + ([(-1, 2), (1, -2, 0, 1, 1, 0)] if mode in ("constant", "circular") else [])
    pads = [pad for pad in pads if len(pad) > 1] + [1]
    return {"input": draw.normal(size=(5, 4, 6)), "pad": pick(draw, *pads), "mode": mode}


def resized(draw: Draw) -> dict:
    mode = pick(draw, "nearest", "bilinear")
    return {
        "input": draw.normal(size=pick(draw, (5, 4), (3, 5, 4), (2, 3, 6, 4))),
        **pick(draw, {"size": (7, 3)}, {"size": 8}, {"scale_factor": 2}, {"scale_factor": (1.7, 0.6)}),
        "mode": mode,
        "align_corners": None if mode == "nearest" else pick(draw, None, True, False),
    }


def shuffled(draw: Draw) -> dict:
    return {"input": draw.normal(size=pick(draw, (12, 3, 5), (2, 8, 3, 5))), "upscale_factor": 2}


def unshuffled(draw: Draw) -> dict:
    return {"input": draw.normal(size=pick(draw, (3, 4, 6), (2, 3, 8, 6))), "downscale_factor": 2}


def mixed(draw: Draw) -> dict:
    return {"input": draw.normal(size=pick(draw, (12, 3, 5), (2, 6, 3, 5))), "groups": pick(draw, 2, 3)}


CASES = {
    "max_pool1d": ([max_signals], ["input"]),
    "avg_pool1d": ([avg_signals], ["input"]),
    "max_pool3d": ([max_volumes], ["input"]),
    "avg_pool3d": ([avg_volumes], ["input"]),
    "lp_pool2d": ([powers], ["input"]),
    "adaptive_avg_pool2d": ([adaptive], ["input"]),
    "max_unpool2d": ([unpooled], ["input"]),
    "conv_transpose1d": ([transposed_signal, plain_transposed_signal], ["input", "weight", "bias"]),
    "conv3d": ([volume_convolution, plain_volume_convolution], ["input", "weight", "bias"]),
    "unfold": ([unfolded], ["input"]),
    "fold": ([folded], ["input"]),
    "pad": ([padded], ["input"]),
    "interpolate": ([resized], ["input"]),
    "pixel_shuffle": ([shuffled], ["input"]),
    "pixel_unshuffle": ([unshuffled], ["input"]),
    "channel_shuffle": ([mixed], ["input"]),
}
