"""The oldest releases that pyproject.toml allows, as constraints for pip: `.ci/run` tests them.

python scripts/oldest.py > constraints.txt
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
_BOUND = re.compile(r"([A-Za-z0-9_.-]+)\s*>=\s*([0-9][0-9a-z.]*)(\s*;.+)?")


def constraints(project: str) -> Iterator[str]:
    """A pin for each dependency at run time, on the systems that need it.

    Raises ValueError for one whose bound is not `>=`.

    >>> list(constraints('[project]\\ndependencies = ["numpy>=1.26"]'))
    ['numpy==1.26']
    """
    for dependency in tomllib.loads(project)["project"]["dependencies"]:
        found = _BOUND.fullmatch(dependency)
        if found is None:
            raise ValueError(f"expected a dependency with a lower bound, such as numpy>=1.26, received {dependency!r}")
        yield f"{found[1]}=={found[2]}{found[3] or ''}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in constraints(PROJECT.read_text(encoding="utf-8")))
