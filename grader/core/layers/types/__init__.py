"""The layer types, one module per family: each declares everything that the grader knows about its types."""
