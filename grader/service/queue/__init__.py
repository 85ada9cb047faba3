"""The pages for marking answers by question: `grader review` and `grader serve` show the same ones."""
