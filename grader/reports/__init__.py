"""A finished report becomes terminal text, Markdown, or JSON."""
