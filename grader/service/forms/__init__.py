"""The forms for students: fields, previews, and the resulting submission; no routes, no database."""
