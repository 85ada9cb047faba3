"""Whether the files of a course's assignments have changed, without reading them."""

from __future__ import annotations

from pathlib import Path

from grader.homework.files import ASSIGNMENT_FILE, KEY_FILE
from grader.homework.variants import VARIANTS_FILE

FILES = (ASSIGNMENT_FILE, KEY_FILE, VARIANTS_FILE)


def signature_of(keys_dir: Path) -> tuple[object, ...]:
    """A signature of the assignments' files that changes with them; empty if they are missing."""
    try:
        found = sorted(path for name in FILES for path in keys_dir.glob(f"*/{name}"))
        known = ((path, path.stat()) for path in found)
        return tuple((str(path), one.st_mtime_ns, one.st_ctime_ns, one.st_size) for path, one in known)
    except OSError:
        return ()
