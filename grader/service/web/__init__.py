"""`grader serve` in the browser: routes and pages over a course that is served. It decides nothing about marks."""
