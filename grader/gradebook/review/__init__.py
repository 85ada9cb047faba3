"""Marks by people: read from the review file, stored, applied to reports, and asked for. Nothing here marks answers."""
