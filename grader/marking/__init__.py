"""Compare, carry forward, diagnose, mark: a submission and its assignment become a report."""
