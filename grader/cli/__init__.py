"""Commands: parse, call, print."""

import gc

# Before anything large is imported: one garbage collection of all modules takes as long as grading a paper, and
# reference counts free what grading leaves behind.
gc.set_threshold(200_000, 20, 20)
