"""Buggy rules, one file per topic."""
