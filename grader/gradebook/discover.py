"""The submissions below a folder, in an order that is the same everywhere; what is refused is found too, with why."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import StudentError, UsageError
from grader.homework.files import read_bytes
from grader.homework.names import shown
from grader.homework.toml import MAX_BYTES
from grader.messages import Sentence, sentence
from grader.reports.sanitise import visible

STATE = ".grader"
SUFFIX = ".toml"


@dataclass(frozen=True)
class Found:
    """One path below the folder, by its steps; `refused` says why it is not read."""

    steps: tuple[str, ...]
    refused: Sentence | None = None

    @property
    def key(self) -> bytes:
        """Bytes that sort as the walk does: step by step, each by its bytes."""
        return b"\0".join(os.fsencode(step) for step in self.steps)

    @property
    def name(self) -> str:
        """The path from the folder on, with `/`, harmless to print."""
        return visible("/".join(self.steps))

    def below(self, folder: str) -> str:
        """The path to open."""
        return os.path.join(folder, *self.steps)  # noqa: PTH118 - a Path costs more than reading the file


def discover(folder: Path, leave_out: Collection[Path] = ()) -> Iterator[Found]:
    """Every `*.toml` below the folder (capitals or not), depth first, entries by the bytes of their names.

    Links are followed to files inside the folder that are no submissions themselves; every other link to a folder or
    to a `.toml` is refused, so that nothing is read twice, outside, or without end. Folders of results (they hold a
    `.grader`) and those of `leave_out` are not entered.

    Raises UsageError where the folder itself cannot be listed.
    """
    root = os.path.realpath(folder)
    refused = {os.path.realpath(path) for path in leave_out}
    try:
        waiting = [_listed(root, ())]
    except OSError as problem:
        reason = problem.strerror or str(problem)
        said = sentence(
            "expected a folder of submissions, received {path}: {reason}", path=shown(str(folder)), reason=reason
        )
        raise UsageError(said) from None
    while waiting:
        step = next(waiting[-1], None)
        if step is None:
            waiting.pop()
            continue
        steps, entry = step
        if _is_folder(entry):
            path = os.path.join(root, *steps)  # noqa: PTH118
            if path in refused or os.path.lexists(os.path.join(path, STATE)):  # noqa: PTH118
                continue
            try:
                waiting.append(_listed(path, steps))
            except OSError as problem:
                yield Found(steps, _unreadable_folder(problem))
        else:
            found = _judged(entry, steps, root)
            if found is not None:
                yield found


Step = tuple[tuple[str, ...], "os.DirEntry[str]"]


def _listed(path: str, steps: tuple[str, ...]) -> Iterator[Step]:
    with os.scandir(path) as entries:
        ordered = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    return (((*steps, entry.name), entry) for entry in ordered)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _judged(entry: os.DirEntry[str], steps: tuple[str, ...], root: str) -> Found | None:
    """What is not a folder: a submission, something refused, or nothing to us."""
    named = entry.name.lower().endswith(SUFFIX)
    try:
        if entry.is_symlink():
            return _link(entry, steps, root, named)
        if not named:
            return None
        if not entry.is_file(follow_symlinks=False):
            return Found(steps, sentence("expected a file, received a pipe, a socket or a device"))
    except OSError as problem:
        return Found(steps, sentence("cannot be read: {reason}", reason=problem.strerror or str(problem)))
    return Found(steps)


def _link(entry: os.DirEntry[str], steps: tuple[str, ...], root: str, named: bool) -> Found | None:
    """A link: read only where it leads to a plain file inside the folder that is not read by its own name."""
    try:
        target = os.path.realpath(entry.path, strict=True)
        mode = os.stat(target).st_mode  # noqa: PTH116
    except OSError:
        return Found(steps, sentence("a link that leads nowhere or in a circle is not followed")) if named else None
    inside = target == root or target.startswith(root + os.sep)
    if stat.S_ISDIR(mode):
        if inside:
            return Found(steps, sentence("a link to a folder that is read by its own name is not followed"))
        return Found(steps, sentence("a link that leads out of the folder is not followed"))
    if not named:
        return None
    if not inside:
        return Found(steps, sentence("a link that leads out of the folder is not followed"))
    if not stat.S_ISREG(mode):
        return Found(steps, sentence("expected a file, received a pipe, a socket or a device"))
    if target.lower().endswith(SUFFIX):
        return Found(steps, sentence("a link to a submission that is read by its own name is not followed"))
    return Found(steps)


def _unreadable_folder(problem: OSError) -> Sentence:
    return sentence("the folder cannot be read: {reason}", reason=problem.strerror or str(problem))


def read(found: Found, folder: str) -> bytes | Sentence:
    """The bytes of a submission, at most one more than a document may have; or why there are none."""
    if found.refused is not None:
        return found.refused
    path = found.below(folder)
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - a Path costs as much as the reading
            data = stream.read() if os.fstat(stream.fileno()).st_size <= MAX_BYTES else stream.read(MAX_BYTES + 1)
        return data or b""
    except (OSError, ValueError):
        pass
    try:
        return read_bytes(Path(path))
    except StudentError as problem:
        return problem.said
