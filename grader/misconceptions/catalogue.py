"""All misconceptions, topic by topic: the one table in which a rule has to stand to be tried."""

from __future__ import annotations

from grader.misconceptions import (
    activations,
    architecture,
    convolution,
    dense_parameters,
    dilation,
    gradient_points,
    gradients,
    initialisation,
    linear,
    losses,
    momentum,
    normalization,
    operation_counts,
    optimizers,
    parameters,
    pooling,
    receptive_fields,
    shapes,
    sizes,
    sums,
    transposed,
    transposed_sizes,
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
    *sizes.RULES,
    *transposed_sizes.RULES,
    *shapes.RULES,
    *parameters.RULES,
    *dense_parameters.RULES,
    *receptive_fields.RULES,
    *operation_counts.RULES,
    *sums.RULES,
    *architecture.RULES,
    *momentum.RULES,
    *gradient_points.RULES,
    *optimizers.RULES,
)
"""Every rule of the catalogue; ids are unique."""
