"""Marks by people: requested in and read from the review file, stored, and applied to reports."""
