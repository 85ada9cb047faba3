"""Families of operations that share mistakes; the modules with rules of a family are found by its name."""

CONVOLUTIONS = ("conv2d", "convolve2d", "conv1d")
EVERY_CONVOLUTION = (*CONVOLUTIONS, "conv3d")

SIZES = ("conv_output_size", "output_shape")
TRANSPOSED_SIZES = ("conv_transpose_output_size", "output_shape")
ALL_SIZES = ("conv_output_size", "conv_transpose_output_size", "output_shape")

STEPS = ("sgd_momentum", "velocity")
OPTIMIZERS = ("sgd_momentum", "adagrad", "rmsprop", "adam")
