"""How arguments are drawn for the losses: away from kinks, options uneven, no two axes equal."""

from __future__ import annotations

import numpy as np

from tests.core.draws import Draw, pick

REDUCTIONS = ("mean", "sum", "none")


def _shape(draw: Draw) -> tuple[int, ...]:
    return pick(draw, (3,), (2, 4), (2, 3, 4))


def _away(values: np.ndarray, *kinks: float) -> np.ndarray:
    """The values, moved a little where they are close to a kink."""
    for kink in kinks:
        values = np.where(np.abs(values - kink) < 0.01, values + 0.03, values)
    return values


def _weighted(draw: Draw, shape: tuple[int, ...]) -> dict:
    return pick(draw, {}, {"weight": draw.uniform(0.5, 2, size=shape)})


def differences(draw: Draw) -> dict:
    shape = _shape(draw)
    target = draw.normal(size=shape)
    apart = _away(2 * draw.normal(size=shape), 0, 0.5, -0.5, 2, -2)
    return {"input": target + apart, "target": target, "reduction": pick(draw, *REDUCTIONS)}


def weighted_differences(draw: Draw) -> dict:
    found = differences(draw)
    return {**found, **_weighted(draw, found["input"].shape)}


def smooth(draw: Draw) -> dict:
    return {**differences(draw), "beta": pick(draw, 0.5, 2.0)}


def huber(draw: Draw) -> dict:
    return {**weighted_differences(draw), "delta": pick(draw, 0.5, 2.0)}


def yes_or_no(draw: Draw) -> dict:
    shape = _shape(draw)
    return {
        "input": draw.uniform(0.1, 0.9, size=shape),
        "target": draw.uniform(size=shape),
        "weight": pick(draw, None, draw.uniform(0.5, 2, size=shape), draw.uniform(0.5, 2, size=shape[-1:])),
        "reduction": pick(draw, *REDUCTIONS),
    }


def scores(draw: Draw) -> dict:
    found = yes_or_no(draw)
    shape = found["input"].shape
    positive = pick(draw, None, draw.uniform(0.5, 3, size=shape[-1:]))
    return {**found, "input": 2 * draw.normal(size=shape), "pos_weight": positive}


def focal(draw: Draw) -> dict:
    found = scores(draw)
    return {
        "inputs": found["input"],
        "targets": found["target"],
        "alpha": pick(draw, 0.25, -1, 0.6),
        "gamma": pick(draw, 2.0, 0.0, 1.5),
        "reduction": found["reduction"],
    }


def log_likelihoods(draw: Draw) -> dict:
    shape = pick(draw, (4,), (3, 4), (2, 4, 3))
    target = draw.integers(0, 4, size=shape[:1] + shape[2:] if len(shape) > 1 else ())
    return {
        "input": draw.normal(size=shape),
        "target": np.where(target == 2, 3, target),
        "weight": draw.uniform(0.5, 2, size=4),
        "ignore_index": pick(draw, -100, 2),
        "reduction": pick(draw, *REDUCTIONS),
    }


def margins(draw: Draw) -> dict:
    shape = pick(draw, (5,), (3, 5))
    return {
        "input": draw.permutation(int(np.prod(shape))).reshape(shape) / 7.0,
        "target": draw.integers(0, 5, size=shape[:-1]),
        "p": pick(draw, 1, 2),
        "margin": pick(draw, 0.93, 0.35),
        "weight": draw.uniform(0.5, 2, size=5),
        "reduction": pick(draw, *REDUCTIONS),
    }


def triplets(draw: Draw) -> dict:
    shape = pick(draw, (5,), (3, 5))
    return {
        "anchor": draw.normal(size=shape),
        "positive": draw.normal(size=shape),
        "negative": draw.normal(size=shape),
        "margin": pick(draw, 4.0, 9.0),
        "p": pick(draw, 2.0, 3.0, 1.5),
        "swap": bool(draw.integers(2)),
        "reduction": pick(draw, *REDUCTIONS),
    }


def angles(draw: Draw) -> dict:
    shape = pick(draw, (5,), (3, 5))
    return {
        "input1": draw.normal(size=shape),
        "input2": draw.normal(size=shape),
        "target": draw.choice([-1.0, 1.0], size=shape[:-1]),
        "margin": pick(draw, -0.9, 0.0),
        "reduction": pick(draw, *REDUCTIONS),
    }


def pairs(draw: Draw) -> dict:
    shape = _shape(draw)
    return {
        "distance": _away(draw.uniform(0.05, 3, size=shape), 1.5),
        "same": draw.integers(0, 2, size=shape),
        "margin": 1.5,
        "reduction": pick(draw, *REDUCTIONS),
    }


def distributions(draw: Draw) -> dict:
    shape = _shape(draw)
    return {
        "input": draw.normal(size=shape),
        "target": draw.uniform(0.1, 1, size=shape),
        "reduction": pick(draw, *REDUCTIONS, "batchmean"),
        "log_target": bool(draw.integers(2)),
    }


def masks(draw: Draw) -> dict:
    shape = pick(draw, (6,), (3, 4))
    return {"input": draw.uniform(size=shape), "target": draw.uniform(size=shape), "smooth": pick(draw, 0.0, 1.0)}


BOTH = ["input", "target"]
CASES = {
    "mse_loss": ([weighted_differences], BOTH),
    "l1_loss": ([weighted_differences], BOTH),
    "smooth_l1_loss": ([smooth], BOTH),
    "huber_loss": ([huber], BOTH),
    "binary_cross_entropy": ([yes_or_no], BOTH),
    "binary_cross_entropy_with_logits": ([scores], BOTH),
    "sigmoid_focal_loss": ([focal], ["inputs", "targets"]),
    "nll_loss": ([log_likelihoods], ["input"]),
    "multi_margin_loss": ([margins], ["input"]),
    "hinge_loss": ([margins], ["input"]),
    "kl_div": ([distributions], BOTH),
    "triplet_margin_loss": ([triplets], ["anchor", "positive", "negative"]),
    "cosine_embedding_loss": ([angles], ["input1", "input2"]),
    "contrastive_loss": ([pairs], ["distance"]),
    "dice_loss": ([masks], BOTH),
}
