"""What the rules share: calls seen alike, arrays, formulas."""
