"""The templates of the service's pages, their style and their script."""

from pathlib import Path

FOLDER = Path(__file__).parent
