"""What a class got and what it got wrong: a document, a page and plots, from the database alone; no file is read."""
