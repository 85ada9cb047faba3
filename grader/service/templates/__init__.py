"""What all pages of the service share: the frame of a page, and the style of forms and notices."""

from pathlib import Path

FOLDER = Path(__file__).parent
