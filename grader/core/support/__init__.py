"""What the operations share: checked arrays and options, padding, windows, contractions."""
