"""The reference core: NumPy functions, nothing else.

Named as in `torch.nn.functional`, with its argument names, order and defaults. The gradient of an operation with
respect to one of its array arguments is `<operation>_grad_<argument>(grad_output, *the operation's own arguments)`.
"""

from __future__ import annotations

from grader.core.layers.receptive import (
    receptive_field,
    receptive_fields,
)
from grader.core.layers.stack import (
    macs,
    output_shape,
    output_shapes,
    parameter_count,
    parameter_counts,
)
from grader.core.operations.activations import (
    elu,
    elu_grad_input,
    leaky_relu,
    leaky_relu_grad_input,
    relu,
    relu_grad_input,
    sigmoid,
    sigmoid_grad_input,
    tanh,
    tanh_grad_input,
)
from grader.core.operations.batch_normalization import (
    batch_norm,
    batch_norm_grad_bias,
    batch_norm_grad_input,
    batch_norm_grad_weight,
    instance_norm,
    instance_norm_grad_bias,
    instance_norm_grad_input,
    instance_norm_grad_weight,
)
from grader.core.operations.convolution import (
    conv2d,
    conv2d_grad_bias,
    conv2d_grad_input,
    conv2d_grad_weight,
)
from grader.core.operations.convolution1d import (
    conv1d,
    conv1d_grad_bias,
    conv1d_grad_input,
    conv1d_grad_weight,
)
from grader.core.operations.deformable import (
    deform_conv2d,
)
from grader.core.operations.global_pooling import (
    global_avg_pool,
    global_avg_pool_grad_input,
    global_max_pool,
    global_max_pool_grad_input,
)
from grader.core.operations.kernels import (
    dilate_kernel,
)
from grader.core.operations.layer_normalization import (
    group_norm,
    group_norm_grad_bias,
    group_norm_grad_input,
    group_norm_grad_weight,
    layer_norm,
    layer_norm_grad_bias,
    layer_norm_grad_input,
    layer_norm_grad_weight,
)
from grader.core.operations.linear import (
    linear,
    linear_grad_bias,
    linear_grad_input,
    linear_grad_weight,
)
from grader.core.operations.losses import (
    cross_entropy,
    cross_entropy_grad_input,
    cross_entropy_grad_target,
    mse_loss,
    mse_loss_grad_input,
    mse_loss_grad_target,
)
from grader.core.operations.optimizers import (
    adagrad,
    adam,
    adam_m,
    adam_v,
    bias_correct,
    rmsprop,
    sgd_momentum,
    velocity,
)
from grader.core.operations.pooling import (
    avg_pool2d,
    avg_pool2d_grad_input,
    max_pool2d,
    max_pool2d_grad_input,
)
from grader.core.operations.sizes import (
    conv2d_macs,
    conv2d_parameter_count,
    conv_output_size,
    conv_transpose_output_size,
    densenet_channels,
    he_std,
    linear_parameter_count,
    xavier_std,
)
from grader.core.operations.softmaxes import (
    log_softmax,
    log_softmax_grad_input,
    softmax,
    softmax_grad_input,
)
from grader.core.operations.transposed import (
    conv_transpose2d,
    conv_transpose2d_grad_bias,
    conv_transpose2d_grad_input,
    conv_transpose2d_grad_weight,
)
from grader.core.operations.true_convolution import (
    convolve2d,
    convolve2d_grad_bias,
    convolve2d_grad_input,
    convolve2d_grad_weight,
)

__all__ = [
    "adagrad",
    "adam",
    "adam_m",
    "adam_v",
    "avg_pool2d",
    "avg_pool2d_grad_input",
    "batch_norm",
    "batch_norm_grad_bias",
    "batch_norm_grad_input",
    "batch_norm_grad_weight",
    "bias_correct",
    "conv1d",
    "conv1d_grad_bias",
    "conv1d_grad_input",
    "conv1d_grad_weight",
    "conv2d",
    "conv2d_grad_bias",
    "conv2d_grad_input",
    "conv2d_grad_weight",
    "conv2d_macs",
    "conv2d_parameter_count",
    "conv_output_size",
    "conv_transpose2d",
    "conv_transpose2d_grad_bias",
    "conv_transpose2d_grad_input",
    "conv_transpose2d_grad_weight",
    "conv_transpose_output_size",
    "convolve2d",
    "convolve2d_grad_bias",
    "convolve2d_grad_input",
    "convolve2d_grad_weight",
    "cross_entropy",
    "cross_entropy_grad_input",
    "cross_entropy_grad_target",
    "deform_conv2d",
    "densenet_channels",
    "dilate_kernel",
    "elu",
    "elu_grad_input",
    "global_avg_pool",
    "global_avg_pool_grad_input",
    "global_max_pool",
    "global_max_pool_grad_input",
    "group_norm",
    "group_norm_grad_bias",
    "group_norm_grad_input",
    "group_norm_grad_weight",
    "he_std",
    "instance_norm",
    "instance_norm_grad_bias",
    "instance_norm_grad_input",
    "instance_norm_grad_weight",
    "layer_norm",
    "layer_norm_grad_bias",
    "layer_norm_grad_input",
    "layer_norm_grad_weight",
    "leaky_relu",
    "leaky_relu_grad_input",
    "linear",
    "linear_grad_bias",
    "linear_grad_input",
    "linear_grad_weight",
    "linear_parameter_count",
    "log_softmax",
    "log_softmax_grad_input",
    "macs",
    "max_pool2d",
    "max_pool2d_grad_input",
    "mse_loss",
    "mse_loss_grad_input",
    "mse_loss_grad_target",
    "output_shape",
    "output_shapes",
    "parameter_count",
    "parameter_counts",
    "receptive_field",
    "receptive_fields",
    "relu",
    "relu_grad_input",
    "rmsprop",
    "sgd_momentum",
    "sigmoid",
    "sigmoid_grad_input",
    "softmax",
    "softmax_grad_input",
    "tanh",
    "tanh_grad_input",
    "velocity",
    "xavier_std",
]
