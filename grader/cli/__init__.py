"""Commands: parse, call, print."""

import gc

# Before anything large is imported: one garbage collection of all modules takes as long as grading a paper, and what
# grading leaves behind is freed by reference counts.
gc.set_threshold(200_000, 20, 20)
