"""Marks by people: reading and writing the review file, and applying the marks to reports."""
