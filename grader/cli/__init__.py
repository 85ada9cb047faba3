"""Commands: parse, call, print."""

import gc
import os

# Start-up, before anything large is imported: pydantic would look for plugins in every installed package, and one
# collection of all that is imported costs as much as grading a paper. What grading leaves behind is freed at once.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
gc.set_threshold(200_000, 20, 20)
