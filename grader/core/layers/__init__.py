"""Layers as data: output shapes, parameter counts, operation counts, receptive fields."""
