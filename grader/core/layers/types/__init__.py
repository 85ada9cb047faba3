"""The layer types, a family a module: each declares all that is asked of its types."""
