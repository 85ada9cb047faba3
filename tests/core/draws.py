"""Random choices for drawn arguments."""

from __future__ import annotations

import numpy as np

Draw = np.random.Generator


def pick(draw: Draw, *choices):
    """One of the choices."""
    return choices[int(draw.integers(len(choices)))]
