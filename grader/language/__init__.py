"""Formulas: parse, graph, evaluate with substitutions; what students write becomes values."""
