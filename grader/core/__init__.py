"""The reference core: NumPy functions, nothing else."""
