"""All misconceptions, topic by topic: the one table in which a rule has to stand to be tried."""

from __future__ import annotations

from grader.misconceptions import (
    activations,
    convolution,
    dilation,
    gradients,
    initialisation,
    linear,
    losses,
    normalization,
    pooling,
    transposed,
    weight_gradients,
)
from grader.misconceptions.rule import Misconception

CATALOGUE: tuple[Misconception, ...] = (
    *convolution.RULES,
    *transposed.RULES,
    *gradients.RULES,
    *weight_gradients.RULES,
    *pooling.RULES,
    *activations.RULES,
    *linear.RULES,
    *normalization.RULES,
    *losses.RULES,
    *initialisation.RULES,
    *dilation.RULES,
)
"""Every rule of the catalogue; ids are unique."""
