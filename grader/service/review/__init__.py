"""`grader review`: a batch's results folder, opened in the browser by one person on loopback, without sign-in."""
