"""Gradients of losses: a factor treated as a constant, squared distances, the wrong argument."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.core.registry import OPERATIONS
from grader.core.support.inputs import Array
from grader.formula.substitution import Alternatives, ChangedCall, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, base, differentiated_argument, gradient, gradients, needs

_HINGES = ("hinge_loss", "multi_margin_loss")
_COMPARED = (
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "dice_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "smooth_l1_loss",
)
_VECTORS = ("anchor", "positive", "negative")
_CELLS = ("input", "hx", "w_ih", "w_hh", "b_ih", "b_hh")
_ATTENTION = ("query", "key", "value")
_PAIRED = {
    **dict.fromkeys(_COMPARED, ("input", "target")),
    "sigmoid_focal_loss": ("inputs", "targets"),
    "cosine_embedding_loss": ("input1", "input2"),
    "triplet_margin_loss": _VECTORS,
    "rnn_cell": _CELLS,
    "gru_cell": _CELLS,
    "lstm_cell": _CELLS,
    "attention_weights": _ATTENTION[:2],
    "scaled_dot_product_attention": _ATTENTION,
}
"""The arguments of an operation that may have the same shape, for operations that have any."""


def _differentiable() -> Iterator[str]:
    for name, arguments in _PAIRED.items():
        yield from (each for each in (gradient(name, one) for one in arguments) if each in OPERATIONS)


def _per_loss(occurrence: Occurrence, losses: int) -> Array:
    """The gradient with respect to each single loss, given that with respect to their mean, sum, or to each."""
    g = array(occurrence.bound()["grad_output"])
    return np.asarray(g / losses if occurrence.bound()["reduction"] == "mean" else g)


@misconception(
    id="grad-of-other-argument",
    operations=tuple(_differentiable()),
    equals="the gradient with respect to another argument is given",
    repair="Check with respect to what you differentiate.",
)
def _other_argument(occurrence: Occurrence) -> Any:
    """The gradient of another argument with the same shape."""
    given, shape = occurrence.bound(), np.shape(occurrence.right())
    others = [
        name
        for name in _PAIRED[base(occurrence)]
        if gradient(base(occurrence), name) in OPERATIONS
        and gradient(base(occurrence), name) != occurrence.operation
        and given[name] is not None
        and np.shape(given[name]) == shape
    ]
    needs(others)
    return Alternatives(tuple(ChangedCall(gradient(base(occurrence), name), given) for name in others))


@misconception(
    id="triplet-grad-squared",
    operations=tuple(gradient("triplet_margin_loss", name) for name in _VECTORS),
    equals="the squares of the distances are differentiated, not the distances",
    repair="Divide each difference by its length, and leave out the factor 2: the loss contains distances.",
)
def _squared(occurrence: Occurrence) -> Any:
    """The gradient of the loss of FaceNet, which has squared distances."""
    given = occurrence.bound()
    needs(given["p"] == 2 and not given["swap"] and given["reduction"] in ("mean", "sum"))
    losses = occurrence.value_of(occurrence.changed("triplet_margin_loss", **_forward(given, reduction="none")))
    active = (array(losses) > 0)[..., None] * _per_loss(occurrence, np.size(losses))
    anchor, near, far = (array(given[name]) for name in _VECTORS)
    slopes = {"anchor": 2 * (far - near), "positive": 2 * (near - anchor), "negative": 2 * (anchor - far)}
    return active * slopes[differentiated_argument(occurrence) or ""]


def _forward(given: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {**{name: value for name, value in given.items() if name != "grad_output"}, **changed}


@misconception(
    id="hinge-grad-one-class",
    operations=gradients("input", *_HINGES),
    options={"kept": 1.0},
    equals="the score of the right class is moved once, however many classes are inside the margin",
    repair="Count the classes inside the margin: each of them moves the score of the right class.",
)
@misconception(
    id="hinge-grad-right-class-left-out",
    operations=gradients("input", *_HINGES),
    options={"kept": 0.0},
    equals="the score of the right class has no gradient",
    repair="Differentiate with respect to the score of the right class, too: it occurs in every term.",
)
def _right_class(occurrence: Occurrence, kept: float) -> Any:
    given, slopes = occurrence.bound(), array(occurrence.right()).copy()
    needs(given["p"] == 1)
    target = np.asarray(given["target"], dtype=np.intp)[..., None]
    largest = slopes.max(axis=-1, keepdims=True)
    np.put_along_axis(slopes, target, -kept * largest, axis=-1)
    return slopes


@misconception(
    id="focal-grad-constant-factor",
    operations=gradient("sigmoid_focal_loss", "inputs"),
    equals="the factor in front of the cross-entropy is treated as a constant in the gradient",
    repair="Differentiate the factor (1 - p)^gamma, too: it depends on the score.",
)
def _constant_factor(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    x, y = array(given["inputs"]), array(given["targets"])
    needs(given["gamma"] != 0 and np.all(np.abs(x) < 500))
    p = 1 / (1 + np.exp(-x))
    alpha = given["alpha"] * y + (1 - given["alpha"]) * (1 - y) if given["alpha"] >= 0 else 1.0
    factor = alpha * np.abs(y - p) ** given["gamma"]
    needs(np.all((y == 0) | (y == 1)))
    return _per_loss(occurrence, x.size) * factor * (p - y)


@misconception(
    id="dice-grad-constant-sum",
    operations=("dice_loss_grad_input", "dice_loss_grad_target"),
    equals="the denominator is treated as a constant in the gradient",
    repair="Use the quotient rule: the sum of both masks depends on the input, too.",
)
def _constant_sum(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    x, t = array(given["input"]), array(given["target"])
    other = t if differentiated_argument(occurrence) == "input" else x
    return array(given["grad_output"]) * -2 * other / (x.sum() + t.sum() + given["smooth"])


@misconception(
    id="kl-grad-of-probability",
    operations="kl_div_grad_input",
    equals="the gradient is taken with respect to the probabilities, not to their logarithms",
    repair="Differentiate with respect to the input itself: it contains logarithms.",
)
def _of_probability(occurrence: Occurrence) -> Any:
    return array(occurrence.right()) / np.exp(array(occurrence.bound()["input"]))


@misconception(
    id="cosine-grad-constant-lengths",
    operations=tuple(gradient("cosine_embedding_loss", name) for name in _PAIRED["cosine_embedding_loss"]),
    equals="the lengths of the vectors are treated as constants in the gradient",
    repair="Differentiate the length, too: the gradient of the cosine is orthogonal to the vector.",
)
def _constant_lengths(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    first, second, target = array(given["input1"]), array(given["input2"]), array(given["target"])
    other = second if differentiated_argument(occurrence) == "input1" else first
    lengths = np.sqrt((first**2).sum(axis=-1) * (second**2).sum(axis=-1))
    needs(np.all(lengths > 0))
    cosine = (first * second).sum(axis=-1) / lengths
    slope = np.where(target > 0, -1.0, cosine > given["margin"]) * _per_loss(occurrence, np.size(target))
    return np.asarray(slope / lengths)[..., None] * other


@misconception(
    id="contrastive-grad-no-margin",
    operations="contrastive_loss_grad_distance",
    equals="different pairs are still moved when they are farther apart than the margin",
    repair="Set the gradient of different pairs beyond the margin to 0.",
)
def _beyond_margin(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    distance, same = array(given["distance"]), array(given["same"])
    slopes = np.where(same == 1, 2 * distance, -2 * (given["margin"] - distance))
    return _per_loss(occurrence, distance.size) * slopes
