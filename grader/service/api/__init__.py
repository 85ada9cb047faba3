"""`grader serve` for other programs: a JSON API for a served course."""
