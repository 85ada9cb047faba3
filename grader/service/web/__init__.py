"""`grader serve` in the browser: routes and pages over a served course. It decides nothing about marks."""
