"""The rules, one module a topic: every module here is imported, in alphabetical order, and declares its mistakes."""
