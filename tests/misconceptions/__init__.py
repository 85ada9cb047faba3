"""The catalogue of misconceptions, judged by values that no rule computed."""
