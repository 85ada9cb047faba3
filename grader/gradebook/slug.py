"""A file name for a student: whatever the id, the name stays inside its folder and is unique to the id."""

from __future__ import annotations

import hashlib
import re
import unicodedata

LONGEST = 60
_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_SUFFIXED = re.compile(r".*-[0-9a-f]{16}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|index|class)")


def slug(student: str) -> str:
    """A name of letters of any script, digits, `-` and `_`, the same on every machine.

    Lower-case ids of ASCII letters are their own slugs. Every other id (also with capitals, which some file systems do
    not distinguish) keeps its readable letters and gets a digest of the whole id, so that no two ids share a name.

    >>> slug("student-01"), slug("../../x"), slug("Student-01")
    ('student-01', 'x-9cdf6a50100a862e', 'Student-01-34f7a8d7d17716fd')
    >>> slug("سارا محمدی").rpartition("-")[0]
    'سارا-محمدی'
    """
    plain = _PLAIN.fullmatch(student) and len(student) <= LONGEST
    if plain and not _SUFFIXED.fullmatch(student) and not _RESERVED.fullmatch(student):
        return student
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    kept = (each if _is_readable(each) else " " for each in unicodedata.normalize("NFC", student))
    readable = "-".join("".join(kept).split())[: LONGEST - 17].strip("-_")
    return f"{readable}-{digest}" if readable else f"student-{digest}"


def _is_readable(character: str) -> bool:
    """Whether a character may be in a file name: a letter, a combining mark, a digit, or `_`."""
    return character == "_" or unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Nd"
