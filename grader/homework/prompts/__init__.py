"""What students are asked, as authors write it: Markdown in which `{{ X }}` stands for a value of the question."""
