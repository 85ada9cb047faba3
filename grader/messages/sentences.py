"""Messages for people as data: a template and its fields; the text is made where it is shown.

A sentence keeps its English template, which is the key to its translation in a message catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from grader.structs import Struct


class Sentence(Struct):
    """One sentence: an English template with `{named}` fields, and their values.

    >>> str(Sentence("expected {expected} rows, received {received}", {"expected": 3, "received": 2}))
    'expected 3 rows, received 2'
    """

    template: str
    fields: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The English text."""
        return self.template.format(**self.fields) if self.fields else self.template

    def __hash__(self) -> int:
        """Equal sentences have equal templates; fields may hold lists, so they are left out."""
        return hash(self.template)


def sentence(template: str, /, **fields: object) -> Sentence:
    """A sentence from a template and its fields; the message extractor looks for calls by this name.

    A template without fields is taken literally, braces and all.

    >>> sentence("unknown part {name!r}", name="dY").fields
    {'name': 'dY'}
    """
    return Sentence(template, fields)
