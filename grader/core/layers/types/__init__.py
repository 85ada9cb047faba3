"""The layer types, a family a module: each declares everything needed about its types."""
