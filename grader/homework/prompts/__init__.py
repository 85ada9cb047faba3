"""The prompts that authors write: Markdown in which `{{ X }}` inserts a value of the question."""
