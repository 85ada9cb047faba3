"""The reference core: NumPy functions, nothing else.

Named as in `torch.nn.functional`, with its argument names, order and defaults. The gradient of an operation with
respect to one of its array arguments is `<operation>_grad_<argument>(grad_output, *the operation's own arguments)`.
Every module of `operations` and `layers` is imported here; what they declare can be imported from `grader.core`.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from grader.core.registry import OPERATIONS

if TYPE_CHECKING:  # the same names for type checkers, which cannot follow the imports below
    from grader.core.layers.counts import *
    from grader.core.layers.networks import *
    from grader.core.layers.receptive import *
    from grader.core.layers.stack import *
    from grader.core.operations.activations import *
    from grader.core.operations.attention import *
    from grader.core.operations.batch_normalization import *
    from grader.core.operations.binary_losses import *
    from grader.core.operations.boxes import *
    from grader.core.operations.clipped_activations import *
    from grader.core.operations.columns import *
    from grader.core.operations.convolution import *
    from grader.core.operations.convolution1d import *
    from grader.core.operations.convolution3d import *
    from grader.core.operations.deformable import *
    from grader.core.operations.divergence_losses import *
    from grader.core.operations.dropout import *
    from grader.core.operations.global_pooling import *
    from grader.core.operations.gru import *
    from grader.core.operations.kernels import *
    from grader.core.operations.layer_normalization import *
    from grader.core.operations.linear import *
    from grader.core.operations.losses import *
    from grader.core.operations.lstm import *
    from grader.core.operations.margin_losses import *
    from grader.core.operations.metrics import *
    from grader.core.operations.more_optimizers import *
    from grader.core.operations.optimizers import *
    from grader.core.operations.other_normalization import *
    from grader.core.operations.padding import *
    from grader.core.operations.pooling import *
    from grader.core.operations.pooling_axes import *
    from grader.core.operations.power_pooling import *
    from grader.core.operations.rearranging import *
    from grader.core.operations.recurrent import *
    from grader.core.operations.regression_losses import *
    from grader.core.operations.resizing import *
    from grader.core.operations.schedules import *
    from grader.core.operations.sizes import *
    from grader.core.operations.smooth_activations import *
    from grader.core.operations.softmaxes import *
    from grader.core.operations.transposed import *
    from grader.core.operations.transposed1d import *
    from grader.core.operations.true_convolution import *
    from grader.core.operations.unpooling import *


def _import_all(package: str) -> None:
    for module in iter_modules(import_module(package).__path__, f"{package}."):
        import_module(module.name)


_import_all(f"{__name__}.operations")
_import_all(f"{__name__}.layers")

__all__ = sorted(OPERATIONS)
globals().update({name: each.function for name, each in OPERATIONS.items()})
