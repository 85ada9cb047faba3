"""Archives of submissions: handed in file by file, and refused where they may do harm."""

from __future__ import annotations

import re
import stat
import time
import zipfile
from typing import Any

import pytest

from tests.service.courses import Served
from tests.service.staff.test_class import text
from tests.service.staff.test_course import ID, archive


def paper(student: str) -> bytes:
    return f'assignment = "{ID}"\nstudent = "{student}"\n[answers.q4]\nZ = "10"\n'.encode()


def post(client: Any, data: bytes) -> Any:
    files = {"archive": ("papers.zip", data, "application/zip")}
    return client.post("/staff/upload", data={"csrf": client.csrf}, files=files)


def test_an_archive_is_handed_in_file_by_file(instructor: Any) -> None:
    files = [(f"class/student-0{n}.toml", paper(f"student-0{n}")) for n in (1, 2, 3)]
    files += [("class/bad.toml", b"assignment = "), ("readme.txt", b"hello"), ("__MACOSX/._x.toml", b"x")]
    assert post(instructor, archive(*files)).status_code == 303
    for _ in range(2_400):
        page = instructor.get("/staff/upload")
        if "refresh" not in page.headers:
            break
        time.sleep(0.05)
    assert len(re.findall(r"/staff/hand-in/", page.text)) == 3
    assert "Not handed in: 1" in text(page.text)
    assert "class/bad.toml" in page.text
    assert "readme.txt" not in page.text
    assert "student-02" in instructor.get(f"/staff/class/{ID}").text


TOO_DENSE = archive(("a.toml", b" " * 4_900_000))
REFUSED = {
    "no archive": (b"hello", "expected a ZIP archive: "),
    "absolute": (archive(("/etc/a.toml", b"")), "'/etc/a.toml': expected a name inside of the archive"),
    "above": (archive(("a/../../b.toml", b"")), "expected a name inside of the archive"),
    "drive": (archive(("C:/a.toml", b"")), "expected a name inside of the archive"),
    "backslash": (archive(("..\\a.toml", b"")), "expected a name inside of the archive"),
    "link": (archive(("a.toml", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777), "received a link or a device"),
    "dense": (TOO_DENSE, "a.toml: it is compressed more than any text can be"),
    "method": (archive(("a.toml", b"x"), compress_type=zipfile.ZIP_LZMA), "stored or deflated"),
    "too many": (archive(*((f"{n}.toml", b"") for n in range(2_001))), "expected at most 2,000 files, received 2,001"),
    "nothing": (archive(("a.txt", b"x")), "received one without any .toml file"),
    "cut": (archive(("a.toml", paper("student-01") * 50))[:-40], "expected a ZIP archive: "),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_that_may_do_harm_is_refused(name: str, served: Served, instructor: Any) -> None:
    data, said = REFUSED[name]
    refused = post(instructor, data)
    assert refused.status_code == 422
    assert said.replace("'", "") in text(refused.text).replace("'", "")
    assert "Traceback" not in refused.text
    with served.service.store.reading() as base:
        from grader.service.store.submissions import versions

        assert versions(base, ID) == {}


def test_files_that_are_no_submissions_do_not_count() -> None:
    from grader.errors import StudentError
    from grader.service.course.uploads import read_archive

    known = [(f"{number}.toml", b"") for number in range(2_000)]
    added = [("README", b""), *((f"__MACOSX/._{name}", b"") for name, _ in known)]
    assert len(read_archive(archive(*known, *added))) == 2_000
    with pytest.raises(StudentError, match="expected at most 6,000 files, received 6,001"):
        read_archive(archive(*((str(number), b"") for number in range(6_001))))


def test_sizes_that_an_archive_lies_about_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.errors import StudentError
    from grader.service.course import uploads

    data = bytearray(archive(("a.toml", b"x" * 3_000), compress_type=zipfile.ZIP_STORED))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(mark) + place
        data[at : at + 4] = (10).to_bytes(4, "little")
    monkeypatch.setattr(uploads, "MAX_BYTES", 1_000)
    try:
        found = uploads.read_archive(bytes(data))
    except StudentError:
        return
    assert all(len(content) <= 1_000 for _, content in found)
