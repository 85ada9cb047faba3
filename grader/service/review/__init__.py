"""`grader review`: the results folder of a batch, opened in the browser by one person on loopback, without sign-in."""
