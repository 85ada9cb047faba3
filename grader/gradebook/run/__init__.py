"""A run of `grader batch`: scan a folder, mark what is not current, publish. It does not know how a report looks."""
