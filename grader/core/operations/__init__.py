"""The operations of the reference core, a topic a module."""
