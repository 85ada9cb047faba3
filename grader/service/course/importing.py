"""Importing a folder of submissions, so that a class can move from `grader batch` to the service."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from grader.errors import GraderError
from grader.gradebook.run import scan
from grader.messages import Sentence, sentence
from grader.service.course.hand_in import hand_in
from grader.service.course.order import in_order
from grader.service.course.service import Service
from grader.service.course.who import Right, Who
from grader.service.guard import FAULT
from grader.service.log import LOG
from grader.service.store.tables import submissions

BY = Who("import", frozenset(Right))
"""The name in the audit log."""


class Imported(NamedTuple):
    """The number of submissions handed in, the number already stored, and why the others were refused."""

    made: int
    known: int
    refused: list[Sentence]


def import_folder(service: Service, folder: Path) -> Imported:
    """Hand in every submission of a folder that is not stored yet, byte for byte. Runs in the service's thread.

    Raises UsageError if the folder cannot be listed.
    """
    made = known = 0
    refused: list[Sentence] = []
    files = [found for found in scan.scan(folder) if found.named]
    for found in in_order(service, files, partial(_bytes, folder)):
        data = scan.read(found, str(folder))
        if isinstance(data, Sentence):
            refused.append(sentence("{place}: {said}", place=found.name, said=data))
        elif _is_known(service, data):
            known += 1
        else:
            try:
                hand_in(service, BY, data)
                made += 1
            except GraderError as problem:
                refused.append(sentence("{place}: {said}", place=found.name, said=problem.said))
            except Exception as problem:  # of this file; the others are handed in
                LOG.error("a fault in an import: %s", type(problem).__name__)
                refused.append(sentence("{place}: {said}", place=found.name, said=FAULT))
    return Imported(made, known, refused)


def _bytes(folder: Path, found: scan.Found) -> bytes | None:
    data = scan.read(found, str(folder))
    return None if isinstance(data, Sentence) else data


def _is_known(service: Service, data: bytes) -> bool:
    """Whether the student named in these bytes has already handed them in."""
    with service.store.reading() as base:
        wanted = select(submissions.c.id).where(submissions.c.digest == hashlib.sha256(data).hexdigest()).limit(1)
        return base.execute(wanted).scalar() is not None
