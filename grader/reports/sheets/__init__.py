"""Sheets: what is handed out to students, and for staff with the solution."""
