"""Root mean square normalisation and local response normalisation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.formula.substitution import Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import array, forward, needs


@misconception(
    id="rms-mean-subtracted",
    operations="rms_norm",
    equals="the mean is subtracted, as in layer normalisation",
    repair="Divide by the root of the mean square; subtract nothing.",
)
def _centred(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    eps = np.finfo(np.float64).eps if given["eps"] is None else given["eps"]
    return occurrence.changed(
        "layer_norm",
        input=given["input"],
        normalized_shape=given["normalized_shape"],
        weight=given["weight"],
        eps=eps,
    )


def _count(occurrence: Occurrence) -> int:
    """The number of entries that are normalised together."""
    return int(np.prod(array(occurrence.bound()["normalized_shape"])))


@misconception(
    id="rms-sum-for-mean",
    operations="rms_norm",
    equals="the numbers are divided by the root of the sum of their squares",
    repair="Take the mean of the squares before the root.",
)
def _length(occurrence: Occurrence) -> Any:
    """The values over the root of the sum of squares; eps is that of the mean, as it is too small to matter."""
    count = _count(occurrence)
    needs(count > 1)
    return array(occurrence.right()) / math.sqrt(count)


@misconception(
    id="lrn-alpha-not-divided",
    operations="local_response_norm",
    equals="alpha is not divided by the number of channels of the window",
    repair="Divide alpha by the size of the window, as the question's form does.",
)
def _undivided(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return occurrence.changed(alpha=given["alpha"] * given["size"])


@misconception(
    id="lrn-no-power",
    operations="local_response_norm",
    equals="the exponent beta is left out",
    repair="Raise the sum to the power of beta before you divide by it.",
)
def _no_power(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["beta"] != 1)
    return occurrence.changed(beta=1.0)


@misconception(
    id="norm-grad-constant-divisor",
    operations=("rms_norm_grad_input", "local_response_norm_grad_input"),
    equals="what the input is divided by is treated as a constant in the gradient",
    repair="Differentiate the divisor, too: it depends on the input.",
)
def _constant_divisor(occurrence: Occurrence) -> Any:
    """The gradient with the divisor held constant: each entry times its own factor."""
    x, result = array(occurrence.bound()["input"]), array(forward(occurrence))
    needs(np.all(x != 0))
    return array(occurrence.bound()["grad_output"]) * result / x
