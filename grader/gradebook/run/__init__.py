"""A run of `grader batch`: scan a folder, mark what is not current, publish. Rendering is elsewhere."""
