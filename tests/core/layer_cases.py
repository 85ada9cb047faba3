"""How arguments are drawn for activations, normalizations, attention and recurrent cells."""

from __future__ import annotations

import numpy as np

from tests.core.draws import Draw, pick


def _numbers(draw: Draw, *kinks: float) -> np.ndarray:
    """Numbers of any shape that keep away from kinks."""
    values = 2 * draw.normal(size=pick(draw, (), (3,), (2, 5), (2, 3, 4)))
    for kink in kinks:
        values = np.where(np.abs(values - kink) < 0.01, values + 0.03, values)
    return np.asarray(values)


def gelus(draw: Draw) -> dict:
    return {"input": _numbers(draw), "approximate": pick(draw, "none", "tanh")}


def smooth(draw: Draw) -> dict:
    return {"input": _numbers(draw)}


def softplus(draw: Draw) -> dict:
    # where the function becomes the identity it jumps by log(1 + e^-threshold) / beta
    return {"input": _numbers(draw, 2, 1, 4), "beta": pick(draw, 0.5, 2.0), "threshold": pick(draw, 2.0, 20.0)}


def up_to_six(draw: Draw) -> dict:
    return {"input": 3 * _numbers(draw, 0, 2)}


def limits(draw: Draw) -> dict:
    return {"input": _numbers(draw, -1.5, 0.5), "min_val": -1.5, "max_val": 0.5}


def slopes(draw: Draw) -> dict:
    shape = pick(draw, (3,), (2, 5), (2, 3, 4), (2, 3, 4, 5))
    channels = shape[1] if len(shape) > 1 else 1
    values = draw.normal(size=shape)
    return {
        "input": values + 0.02 * np.sign(values),
        "weight": pick(draw, draw.normal(), draw.normal(size=1), draw.normal(size=channels)),
    }


def kept(draw: Draw) -> dict:
    shape = pick(draw, (3,), (2, 5), (2, 3, 4))
    return {"input": draw.normal(size=shape), "mask": draw.integers(0, 2, size=shape), "p": pick(draw, 0.5, 0.2)}


def mean_squares(draw: Draw) -> dict:
    shape = pick(draw, (5,), (4, 5))
    return {
        "input": draw.normal(size=(2, 4, 5)),
        "normalized_shape": shape,
        "weight": draw.normal(size=shape),
        "eps": pick(draw, None, 0.1),
    }


def responses(draw: Draw) -> dict:
    return {
        "input": draw.normal(size=pick(draw, (2, 6, 3), (2, 6, 3, 4))),
        "size": pick(draw, 1, 2, 3, 4, 9),
        "alpha": 0.7,
        "beta": pick(draw, 0.75, 1.5),
        "k": pick(draw, 1.0, 2.0),
    }


def _cell(draw: Draw, gates: int) -> dict:
    rows = gates * 4
    lead = pick(draw, (), (3,))
    return {
        "input": draw.normal(size=(*lead, 5)),
        "hx": draw.normal(size=(*lead, 4)),
        "w_ih": draw.normal(size=(rows, 5)),
        "w_hh": draw.normal(size=(rows, 4)),
        "b_ih": draw.normal(size=rows),
        "b_hh": draw.normal(size=rows),
    }


def rnn(draw: Draw) -> dict:
    return _cell(draw, 1)


def gru(draw: Draw) -> dict:
    return _cell(draw, 3)


def lstm(draw: Draw) -> dict:
    found = _cell(draw, 4)
    return {**found, "hx": draw.normal(size=(2, *found["hx"].shape))}


def lookups(draw: Draw) -> dict:
    """Queries and keys; some with heads that are shared."""
    heads = pick(draw, (), (3,), (2, 3))
    found = {"query": draw.normal(size=(*heads, 3, 5)), "key": draw.normal(size=(*heads, 4, 5))}
    if len(heads) == 2:
        found = {**found, "query": draw.normal(size=(2, 6, 3, 5)), "enable_gqa": True}
    mask = pick(draw, {}, {"is_causal": True}, {"attn_mask": draw.normal(size=(3, 4))})
    return {**found, **mask, "scale": pick(draw, None, 0.7)}


def attention(draw: Draw) -> dict:
    found = lookups(draw)
    return {**found, "value": draw.normal(size=(*found["key"].shape[:-1], 2))}


CELL = ["input", "hx", "w_ih", "w_hh", "b_ih", "b_hh"]
CASES = {
    "gelu": ([gelus], ["input"]),
    "silu": ([smooth], ["input"]),
    "softplus": ([softplus], ["input"]),
    "relu6": ([up_to_six], ["input"]),
    "hardtanh": ([limits], ["input"]),
    "prelu": ([slopes], ["input", "weight"]),
    "dropout": ([kept], ["input"]),
    "rms_norm": ([mean_squares], ["input", "weight"]),
    "local_response_norm": ([responses], ["input"]),
    "rnn_cell": ([rnn], CELL),
    "gru_cell": ([gru], CELL),
    "lstm_cell": ([lstm], CELL),
    "attention_weights": ([lookups], ["query", "key"]),
    "scaled_dot_product_attention": ([attention], ["query", "key", "value"]),
}
