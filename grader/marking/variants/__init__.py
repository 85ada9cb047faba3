"""Variants of proven equal power: drawn from a seed, kept where they tell as much and are about as hard as the base."""
