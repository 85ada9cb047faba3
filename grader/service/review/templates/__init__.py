"""The templates of `grader review`, its style and its script."""

from pathlib import Path

REVIEW_TEMPLATES = Path(__file__).parent
