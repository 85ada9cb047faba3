"""Formulas: parse, graph, evaluate with substitutions."""
