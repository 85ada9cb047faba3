"""The known mistakes, a topic a module."""
