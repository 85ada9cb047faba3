"""The reference core: NumPy functions, nothing else.

Named as in `torch.nn.functional`, with its argument names, order and defaults. The gradient of an operation with
respect to one of its array arguments is `<operation>_grad_<argument>(grad_output, *the operation's own arguments)`.
What the modules of `operations` and `layers` declare can be imported from `grader.core`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.core.registry import OPERATIONS

if TYPE_CHECKING:  # the same names for type checkers, which cannot follow lazy imports
    from grader.core.layers.counts import *
    from grader.core.layers.networks import *
    from grader.core.layers.receptive import *
    from grader.core.layers.shapes import *
    from grader.core.operations.activations import *
    from grader.core.operations.attention import *
    from grader.core.operations.batch_normalization import *
    from grader.core.operations.binary_losses import *
    from grader.core.operations.boxes import *
    from grader.core.operations.clipped_activations import *
    from grader.core.operations.columns import *
    from grader.core.operations.convolution import *
    from grader.core.operations.convolution3d import *
    from grader.core.operations.deformable import *
    from grader.core.operations.divergence_losses import *
    from grader.core.operations.dropout import *
    from grader.core.operations.embedding_losses import *
    from grader.core.operations.global_pooling import *
    from grader.core.operations.gru import *
    from grader.core.operations.hinge_losses import *
    from grader.core.operations.kernels import *
    from grader.core.operations.layer_normalization import *
    from grader.core.operations.linear import *
    from grader.core.operations.losses import *
    from grader.core.operations.lstm import *
    from grader.core.operations.metrics import *
    from grader.core.operations.more_optimizers import *
    from grader.core.operations.optimizers import *
    from grader.core.operations.other_normalization import *
    from grader.core.operations.padding import *
    from grader.core.operations.pooling import *
    from grader.core.operations.rearranging import *
    from grader.core.operations.recurrent import *
    from grader.core.operations.regression_losses import *
    from grader.core.operations.resizing import *
    from grader.core.operations.schedules import *
    from grader.core.operations.sizes import *
    from grader.core.operations.smooth_activations import *
    from grader.core.operations.softmaxes import *
    from grader.core.operations.transposed import *
    from grader.core.operations.true_convolution import *
    from grader.core.operations.unpooling import *


else:

    def __getattr__(name: str) -> object:
        """An operation, whose module is imported on first use; `__all__` imports them all."""
        if name == "__all__":
            return sorted(OPERATIONS)
        if name.startswith("_") or name not in OPERATIONS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = OPERATIONS[name].function
        return globals()[name]

    def __dir__() -> list[str]:
        """The operations and the usual module attributes."""
        return sorted({*globals(), *OPERATIONS})
