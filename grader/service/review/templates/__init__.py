"""The templates of `grader review`, its style and its script."""

from pathlib import Path

FOLDER = Path(__file__).parent
