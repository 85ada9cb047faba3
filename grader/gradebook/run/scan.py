"""Find the submissions below a folder, in the same order on every machine; refused paths come with a reason."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from grader.errors import StudentError, UsageError
from grader.gradebook.database.schema import PersonMark
from grader.homework.toml import read_bytes
from grader.messages import Sentence, sentence
from grader.messages.names import listed, shown
from grader.reports.sanitise import visible

STATE = ".grader"
SUFFIX = ".toml"
RENAMED = ".toml.txt"
"""Names that an editor gives `mine.toml` by adding its own extension."""
DOCUMENTS = (
    *(".txt", ".doc", ".docx", ".odt", ".rtf", ".pdf", ".ipynb", ".py", ".tex", ".zip"),
    *(".png", ".jpg", ".jpeg", ".heic"),
)
"""Extensions of documents in which students hand in work that the grader cannot read."""


class Aside(NamedTuple):
    """What was skipped: files that an editor renamed, and results folders."""

    renamed: list[str]
    results: list[str]


class Found(NamedTuple):
    """One path below the folder, by its steps; `refused` says why it is not read.

    `named` says whether its name is that of a submission. If it is known from an earlier run, `known` is its digest
    then, `current` says that it needs no marking with these bytes, and `people` are the marks that people gave its
    student. `data` holds its bytes, or why it could not be read, for a worker that cannot read it itself.
    """

    steps: tuple[str, ...]
    refused: Sentence | None = None
    named: bool = True
    known: str = ""
    current: bool = False
    people: tuple[PersonMark, ...] = ()
    data: bytes | Sentence | None = None

    @classmethod
    def at(cls, key: bytes) -> Found:
        """The path with this key."""
        return cls(tuple(os.fsdecode(step) for step in key.split(b"\0")))

    @property
    def key(self) -> bytes:
        """Bytes that sort in the order of the scan."""
        return b"\0".join(os.fsencode(step) for step in self.steps)

    @property
    def name(self) -> str:
        """The path relative to the folder, with `/`, safe to print."""
        return visible("/".join(self.steps))

    def below(self, folder: str) -> str:
        """The path to open."""
        return os.path.join(folder, *self.steps)  # noqa: PTH118 - a Path costs more than reading the file


def scan(folder: Path, leave_out: Collection[Path] = (), aside: Aside | None = None) -> Iterator[Found]:
    """Every `*.toml` and every document below the folder, depth first, entries by the bytes of their names.

    Links are followed to files inside the folder that are not submissions themselves; every other link to a folder or
    to a `.toml` is refused, so that nothing is read twice, outside the folder, or endlessly. Results folders (with a
    `.grader`) and folders in `leave_out` are not entered; files in `leave_out` are not submissions. Results folders are
    noted in `aside`, as are names that end in RENAMED.

    Raises UsageError where the folder itself cannot be listed.
    """
    root = os.path.realpath(folder)
    refused = {os.path.realpath(path) for path in leave_out}
    try:
        waiting: list[tuple[tuple[str, ...], Iterator[str]]] = [((), _listed(root))]
    except OSError as problem:
        said = sentence(
            "expected a folder of submissions, received {path}: {reason}",
            path=shown(str(folder)),
            reason=problem.strerror or str(problem),
        )
        raise UsageError(said) from None
    while waiting:
        above, names = waiting[-1]
        name = next(names, None)
        if name is None:
            waiting.pop()
            continue
        steps = (*above, name)
        path = os.path.join(root, *steps)  # noqa: PTH118 - a Path costs more
        if path in refused:
            continue
        mode = _mode(path)
        if not stat.S_ISDIR(mode):
            yield from _file(path, steps, root, mode, aside)
        elif not os.path.lexists(os.path.join(path, STATE)):  # noqa: PTH118
            try:
                waiting.append((steps, _listed(path)))
            except OSError as problem:
                said = sentence("the folder cannot be read: {reason}", reason=problem.strerror or str(problem))
                yield Found(steps, said)
        elif aside is not None:
            aside.results.append(Found(steps).name)


def _listed(path: str) -> Iterator[str]:
    """The names in a folder, by their bytes."""
    return iter(sorted(os.listdir(path), key=os.fsencode))  # noqa: PTH208 - a Path costs more


def _mode(path: str) -> int:
    """The type of a path, links not followed; 0 if unknown."""
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0


def _file(path: str, steps: tuple[str, ...], root: str, mode: int, aside: Aside | None) -> Iterator[Found]:
    """Classify a non-folder: a submission, something like one, a document, or none of these."""
    name = steps[-1].lower()
    if name.endswith(SUFFIX) or stat.S_ISLNK(mode):
        found = Found(steps) if stat.S_ISREG(mode) else _judged(path, steps, root)
        yield from [found] if found is not None else []
    elif name.endswith(DOCUMENTS):
        yield Found(steps, _no_submission(steps[-1]), named=False)
        if aside is not None and name.endswith(RENAMED):
            aside.renamed.append(Found(steps).name)


def _no_submission(name: str) -> Sentence:
    if name.lower().endswith(RENAMED):
        return sentence("no submission: an editor added .txt to the name: rename it to {name}", name=visible(name[:-4]))
    ending = os.path.splitext(name)[1]  # noqa: PTH122 - a Path costs more
    return sentence("no submission: expected a file that ends in .toml, received {ending}", ending=visible(ending))


def _judged(path: str, steps: tuple[str, ...], root: str) -> Found | None:
    """What to do with something that is neither a folder nor a regular file: refuse it, or ignore it.

    A link is followed only to a regular file inside the folder that is not scanned under its own name.
    """
    named, link = path.lower().endswith(SUFFIX), os.path.islink(path)  # noqa: PTH114
    try:
        target = os.path.realpath(path, strict=True)
        mode = os.stat(target).st_mode  # noqa: PTH116
    except OSError as problem:
        if link:
            broken = sentence("a link that leads nowhere or in a circle is not followed")
            return Found(steps, broken) if named else None
        return Found(steps, sentence("cannot be read: {reason}", reason=problem.strerror or str(problem)))
    if not named and not stat.S_ISDIR(mode):
        return None
    said = None
    if link and target != root and not target.startswith(root + os.sep):
        said = sentence("a link that leads out of the folder is not followed")
    elif stat.S_ISDIR(mode):
        said = sentence("a link to a folder that is read by its own name is not followed")
    elif not stat.S_ISREG(mode):
        said = sentence("expected a file, received a pipe, a socket or a device")
    elif link and target.lower().endswith(SUFFIX):
        said = sentence("a link to a submission that is read by its own name is not followed")
    return Found(steps, said)


def nothing_in(folder: Path, aside: Aside) -> UsageError:
    """The error for a folder without submissions, naming what may have been meant as one."""
    path = shown(str(folder))
    if aside.results:
        said = sentence(
            "no file *.toml below {folder} but in folders that hold results of a batch (.grader): {folders}",
            folder=path,
            folders=listed(aside.results),
        )
    elif aside.renamed:
        said = sentence(
            "no file *.toml below {folder}; rename those that end in .toml.txt: {files}",
            folder=path,
            files=listed(aside.renamed),
        )
    else:
        said = sentence("no file *.toml below {folder}", folder=path)
    return UsageError(said)


def read(found: Found, folder: str) -> bytes | Sentence:
    """The bytes of a submission, at most one more than a document may have; or why it cannot be read."""
    if found.refused is not None:
        return found.refused
    try:
        return read_bytes(found.below(folder))
    except StudentError as problem:
        return problem.said
