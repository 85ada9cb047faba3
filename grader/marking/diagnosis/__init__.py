"""Why an answer is wrong: hypotheses, predictions, the search for a cause."""
