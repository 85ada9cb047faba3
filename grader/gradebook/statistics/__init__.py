"""What a class got and what it got wrong: queries of the database, measures, the class document, its page and plots."""
