"""Variants, drawn from a seed and kept only if they diagnose as much as the base and are about as hard."""
