"""A course: its database, and what is made from it. Nothing here knows how answers are marked."""
