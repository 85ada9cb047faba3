"""Sheets to hand out to students, and for staff with the solution."""
