"""Marking: compare, carry errors forward, diagnose, and make a report on a submission."""
