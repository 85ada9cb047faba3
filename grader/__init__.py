"""Grades the homework of convolutional-network courses: keys are computed, errors are followed, causes are named."""

__version__ = "0.1.0"
