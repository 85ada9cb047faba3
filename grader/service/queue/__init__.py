"""The pages on which answers are marked by question: `grader review` and `grader serve` show the same ones."""
