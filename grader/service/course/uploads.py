"""A ZIP archive of many submissions, handed in by staff: nothing is extracted to disk, and everything is bounded."""

from __future__ import annotations

import io
import stat
import threading
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

from grader.errors import GraderError, StudentError
from grader.homework.toml import MAX_BYTES
from grader.messages import Sentence, sentence
from grader.messages.names import shown
from grader.service.course.hand_in import hand_in
from grader.service.course.order import in_order
from grader.service.course.refusals import OvertakenError
from grader.service.course.service import Service
from grader.service.course.who import Who
from grader.service.guard import FAULT
from grader.service.log import LOG
from grader.service.store.audit import note
from grader.service.store.progress import UPLOAD, Progress, begin, put_progress

MOST_FILES = 2_000
MOST_ENTRIES = 3 * MOST_FILES
"""Files of any kind: systems add some, also one beside each."""
MOST_TOTAL = 100_000_000
"""Bytes of all files of an archive."""
MOST_RATIO = 200
"""The largest compression ratio of a file: text does not compress better."""
SMALL = 100_000
"""Bytes up to which any compression ratio is accepted."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, RuntimeError, OSError, OverflowError,
)  # fmt: skip
"""What Python raises for invalid or malicious archives."""
UPLOAD_NAME = "the upload of {who}"


class _StoppingError(Exception):
    """The service is stopping, and accepts nothing more."""


class UploadResult(NamedTuple):
    """The outcome for one file: the receipt's number, or why it was not handed in."""

    file: str
    student: str
    assignment: str
    number: str
    said: str


def read_archive(data: bytes) -> list[tuple[str, bytes]]:
    """The submissions in an archive with their names, without other files, such as those that systems add.

    Raises StudentError for anything but a trustworthy archive of submissions.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            _check(entries)
            wanted = [one for one in entries if _is_submission(one.filename)]
            return [(one.filename, content) for one, content in zip(wanted, _read(archive, wanted), strict=True)]
    except _BROKEN as problem:
        raise StudentError(sentence("expected a ZIP archive: {reason}", reason=str(problem)[:200])) from None


def _check(entries: list[zipfile.ZipInfo]) -> None:
    submissions = sum(_is_submission(one.filename) for one in entries)
    for count, limit in ((submissions, MOST_FILES), (len(entries), MOST_ENTRIES)):
        if count > limit:
            raise StudentError(
                sentence("expected at most {limit:,} files, received {count:,}", limit=limit, count=count)
            )
    total = sum(one.file_size for one in entries)
    if total > MOST_TOTAL:
        raise StudentError(sentence("expected files of at most {limit:,} bytes together", limit=MOST_TOTAL))
    for one in entries:
        if (refusal := _refusal(one)) is not None:
            raise StudentError(refusal)


def _refusal(one: zipfile.ZipInfo) -> Sentence | None:
    """Why an archive with this entry cannot be trusted."""
    name = one.filename
    path, windows = PurePosixPath(name), PureWindowsPath(name)
    if path.is_absolute() or windows.drive or windows.root or ".." in path.parts or ".." in windows.parts:
        return sentence("{file}: expected a name inside of the archive", file=shown(name))
    kind = stat.S_IFMT(one.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return sentence("{file}: expected a file, received a link or a device", file=shown(name))
    if one.flag_bits & 1:
        return sentence("{file}: expected a file without password", file=shown(name))
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return sentence("{file}: expected a file that is stored or deflated", file=shown(name))
    if one.file_size > MAX_BYTES:
        return sentence("{file}: expected at most {limit:,} bytes", file=shown(name), limit=MAX_BYTES)
    if one.file_size > SMALL and one.file_size > MOST_RATIO * max(1, one.compress_size):
        return sentence("{file}: it is compressed more than any text can be", file=shown(name))
    return None


def _read(archive: zipfile.ZipFile, wanted: list[zipfile.ZipInfo]) -> Iterator[bytes]:
    """The contents, without trusting the sizes that the archive claims."""
    left = MOST_TOTAL
    for one in wanted:
        with archive.open(one) as stream:
            content = stream.read(min(left, MAX_BYTES) + 1)
        left -= len(content)
        if len(content) > MAX_BYTES or left < 0:
            raise StudentError(
                sentence("{file}: expected at most {limit:,} bytes", file=shown(one.filename), limit=MAX_BYTES)
            )
        yield content


def _is_submission(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and path.suffix.lower() == ".toml"


def start(service: Service, who: Who, files: list[tuple[str, bytes]]) -> threading.Thread:
    """Start handing the files in, in the background.

    Raises OvertakenError if this person's last upload is still running, here or in another worker.
    """
    name = UPLOAD_NAME.format(who=who.name)
    first = Progress(UPLOAD, "running", who.name, service.now(), len(files))
    with service.store.writing() as base:
        if not begin(base, name, first):
            raise OvertakenError(
                sentence(
                    "your last archive is still being handed in, so nothing in this one was accepted: send "
                    "it again when the first is done"
                )
            )
        note(base, service.now(), who.name, "uploaded an archive", name, files=len(files))
    return service.beside("upload", partial(_run, service, who, files, first))


def _run(service: Service, who: Who, files: list[tuple[str, bytes]], first: Progress) -> None:
    rows: list[UploadResult] = []

    def say(**values: Any) -> None:
        one = first._replace(at=service.now(), outcome=[list(row) for row in rows], **values)
        with service.store.writing() as base:
            put_progress(base, UPLOAD_NAME.format(who=who.name), one)

    try:
        for place, (file, data) in enumerate(in_order(service, files, lambda one: one[1])):
            if place % 10 == 0:
                say(done=place)
            rows.append(_handed_in(service, who, file, data))
        say(done=len(files), state="done")
    except _StoppingError:  # what has been handed in stays handed in
        return
    except Exception as problem:
        LOG.error("a fault in an upload: %s", type(problem).__name__)
        say(state="failed")


def _handed_in(service: Service, who: Who, file: str, data: bytes) -> UploadResult:
    """Hand in one file; a fault of ours concerns that file only."""
    try:
        handed = service.work.submit(hand_in, service, who, data)
    except RuntimeError:
        raise _StoppingError from None
    try:
        made = handed.result().hand_in
    except GraderError as problem:
        return UploadResult(file, "", "", "", service.language(problem.located))
    except Exception as problem:
        LOG.error("a fault in an upload: %s", type(problem).__name__)
        return UploadResult(file, "", "", "", service.language(FAULT))
    return UploadResult(file, made.student, made.assignment, made.number, "")
