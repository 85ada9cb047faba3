"""Marks by people: the review file, read and written, and its marks in a report."""
