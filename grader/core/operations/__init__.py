"""The operations of the reference core, one module per topic."""
