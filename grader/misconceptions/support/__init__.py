"""Shared by the rules: a uniform view of calls, arrays, formulas."""
