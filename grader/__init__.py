"""Grades the homework of convolutional-network courses: keys are computed, errors are followed, causes are named.

    from grader import grade, load_assignment

    report = grade(load_assignment("answer_keys/cnn-foundations"), "paper.toml")

The import is cheap: what these names need is imported on first use.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "AuthorError",
    "GraderError",
    "LoadedAssignment",
    "Report",
    "StudentError",
    "__version__",
    "grade",
    "load_assignment",
]

if TYPE_CHECKING:
    from grader.api import LoadedAssignment, grade, load_assignment
    from grader.errors import AuthorError, GraderError, StudentError
    from grader.reports.report import Report
else:
    _HOMES = {
        "AuthorError": "grader.errors",
        "GraderError": "grader.errors",
        "LoadedAssignment": "grader.api",
        "Report": "grader.reports.report",
        "StudentError": "grader.errors",
        "grade": "grader.api",
        "load_assignment": "grader.api",
    }

    def __getattr__(name: str) -> object:
        """The name, from the module that defines it."""
        if name not in _HOMES:
            raise AttributeError(f"module 'grader' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)

    def __dir__() -> list[str]:
        """The public names, for completion."""
        return sorted([*globals(), *_HOMES])
