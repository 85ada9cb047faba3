"""What a class's marks say: figures, a document, a page and plots. Nothing here knows the database of a course."""
