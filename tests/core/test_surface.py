"""The small public door: what `grader.core` hands out, and that each operation explains itself."""

import inspect

import pytest

import grader.core as core
from tests.core.cases import GRADIENTS

OPERATIONS = {
    "arrays": "conv1d conv2d conv_transpose2d convolve2d deform_conv2d dilate_kernel linear",
    "pools": "max_pool2d avg_pool2d global_avg_pool global_max_pool",
    "pools on other axes": "max_pool1d avg_pool1d max_pool3d avg_pool3d lp_pool2d adaptive_avg_pool2d",
    "pools back": "max_pool2d_indices max_unpool2d",
    "convolutions on other axes": "conv_transpose1d conv3d",
    "columns": "unfold fold conv_matrix",
    "other sizes": "pad same_padding interpolate pixel_shuffle pixel_unshuffle channel_shuffle",
    "activations": "relu leaky_relu elu sigmoid tanh softmax log_softmax",
    "more activations": "gelu silu softplus relu6 hardtanh prelu dropout",
    "normalisations": "batch_norm layer_norm group_norm instance_norm rms_norm local_response_norm",
    "sequences": "rnn_cell lstm_cell gru_cell attention_weights scaled_dot_product_attention",
    "losses of numbers": "mse_loss l1_loss smooth_l1_loss huber_loss kl_div dice dice_loss",
    "losses of classes": "cross_entropy nll_loss multi_margin_loss hinge_loss",
    "losses of a yes or no": "binary_cross_entropy binary_cross_entropy_with_logits sigmoid_focal_loss",
    "losses with a margin": "triplet_margin_loss cosine_embedding_loss contrastive_loss",
    "optimizers": "sgd_momentum adagrad rmsprop adam velocity adam_m adam_v bias_correct",
    "more optimizers": "sgd nag adamw adadelta",
    "schedules": "step_lr multi_step_lr exponential_lr cosine_annealing_lr linear_warmup_lr polynomial_lr one_cycle_lr",
    "boxes": "box_convert box_area box_iou iou generalized_box_iou nms box_encode box_decode anchor_boxes",
    "grids": "yolo_output_shape",
    "metrics": "confusion_matrix accuracy precision recall f1_score average_precision mean_iou",
    "layers": "output_shape parameter_count output_shapes parameter_counts macs receptive_fields receptive_field",
    "counts of layers": "weight_counts bias_counts activation_counts flops memory total network",
    "sizes": "conv_output_size conv_transpose_output_size",
    "counts": "conv2d_parameter_count linear_parameter_count conv2d_macs densenet_channels",
    "spreads": "he_std xavier_std",
}


def test_the_operations_are_the_designs_and_nothing_else():
    operations = " ".join(OPERATIONS.values()).split()
    gradients = {f"{operation}_grad_{argument}" for operation, argument, _ in GRADIENTS}
    assert sorted(core.__all__) == sorted([*operations, *gradients])


@pytest.mark.parametrize("name", core.__all__)
def test_every_operation_says_what_it_does_what_it_refuses_and_shows_it(name):
    text = inspect.getdoc(getattr(core, name))
    first, blank, *_ = text.splitlines()
    assert first.endswith(".")
    assert blank == ""
    assert "Raises ValueError" in text
    assert f"{name}(" in text.split(">>>")[1]


MORE = {
    "step_lr": "lr epoch step_size gamma",
    "multi_step_lr": "lr epoch milestones gamma",
    "exponential_lr": "lr epoch gamma",
    "cosine_annealing_lr": "lr epoch T_max eta_min",
    "linear_warmup_lr": "lr epoch start_factor end_factor total_iters",
    "polynomial_lr": "lr epoch total_iters power",
    "nms": "boxes scores iou_threshold",
    "box_convert": "boxes in_fmt out_fmt",
    "box_iou": "boxes1 boxes2 fmt",
    "gelu": "input approximate",
    "softplus": "input beta threshold",
    "hardtanh": "input min_val max_val",
    "prelu": "input weight",
    "dropout": "input mask p",
    "rms_norm": "input normalized_shape weight eps",
    "local_response_norm": "input size alpha beta k",
    "scaled_dot_product_attention": "query key value attn_mask dropout_p is_causal scale enable_gqa",
    "l1_loss": "input target reduction weight",
    "smooth_l1_loss": "input target reduction beta",
    "huber_loss": "input target reduction delta weight",
    "binary_cross_entropy": "input target weight reduction",
    "binary_cross_entropy_with_logits": "input target weight reduction pos_weight",
    "nll_loss": "input target weight ignore_index reduction",
    "multi_margin_loss": "input target p margin weight reduction",
    "hinge_loss": "input target p margin weight reduction",
    "kl_div": "input target reduction log_target",
    "triplet_margin_loss": "anchor positive negative margin p eps swap reduction",
    "cosine_embedding_loss": "input1 input2 target margin reduction",
    "sigmoid_focal_loss": "inputs targets alpha gamma reduction",
}


@pytest.mark.parametrize("name", ["conv2d", "max_pool2d", "batch_norm", "cross_entropy", "conv_transpose2d", *MORE])
def test_arguments_stand_in_torchs_order(name):
    expected = {
        "conv2d": "input weight bias stride padding dilation groups padding_mode",
        "max_pool2d": "input kernel_size stride padding dilation ceil_mode",
        "batch_norm": "input running_mean running_var weight bias training momentum eps",
        "cross_entropy": "input target weight ignore_index reduction label_smoothing",
        **MORE,
        "conv_transpose2d": "input weight bias stride padding output_padding groups dilation",
    }
    assert list(inspect.signature(getattr(core, name)).parameters) == expected[name].split()
