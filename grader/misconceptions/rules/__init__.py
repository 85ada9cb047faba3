"""The rules of misconceptions, with one module per topic; their alphabetical order is that in which rules are tried."""
