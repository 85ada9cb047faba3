"""`grader serve` for other programs: JSON calls over a course that is served."""
