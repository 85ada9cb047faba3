"""Class statistics: a document, a page and plots, from the database alone; no file is read."""
