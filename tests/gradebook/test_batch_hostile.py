"""A folder of hostile files: every one has its row, nothing outside, nothing live."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from grader.gradebook.run import scan
from grader.gradebook.run.files import slug
from grader.reports.spreadsheet import harmless
from tests.gradebook.folders import (
    EXAMPLES,
    KEYS,
    RIGHT,
    call,
    grade,
    is_root,
    report,
    rows,
    submission,
    visible,
    write,
)

IDS = [
    "../../x", "..", "/etc/passwd", "C:\\x", '=HYPERLINK("http://x")', "+1", "-1", "@x", "\t=1",
    "<script>alert(1)</script>",
    "\u202eabc", "a\u0000b", "con", "NUL", "دانشجو ۱", "a" * 200, "Ali", "ali", "x.json", "|calc", "a\nb", "key"
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "in"
    for number, name in enumerate(IDS):
        text = RIGHT.replace('why = "', 'why = "<img src=x onerror=alert(1)> =1+1 [[review]] ')
        write(folder / f"id-{number:02}.toml", submission(name, text))
    write(folder / "long.toml", submission("x" * 10_000))
    write(folder / "same-1.toml", submission("same"))
    write(folder / "deep" / "same-2.toml", submission("same"))
    (folder / "utf16.toml").write_bytes(b"\xff\xfe\x00")
    (folder / "bytes.toml").write_bytes(bytes(range(256)))
    write(folder / "empty.toml", "")
    write(folder / "nested.toml", "a = " + "[" * 90_000)
    write(folder / "large.toml", "a" * 5_100_000)
    write(folder / "=1+1.toml", submission("formula-name"))
    write(folder / "line\nbreak.toml", submission("line-name"))
    write(folder / "CAPITALS.TOML", submission("capitals"))
    write(folder / "folder.toml" / "inside.toml", submission("inside"))
    write(folder / "notes.txt", "not a submission")
    for path in (EXAMPLES / "cnn-foundations").glob("trouble-*.toml"):
        write(folder / "trouble" / path.name, path.read_text("utf-8"))
    for name, target in (
        ("loop", "."), ("out", "/etc"), ("passwd.toml", "/etc/passwd"), ("ring-1.toml", "ring-2.toml"),
        ("ring-2.toml", "ring-1.toml"), ("again.toml", "same-1.toml"), ("to-txt.toml", "notes.txt"),
        ("null.toml", "/dev/null"),
    ):  # fmt: skip
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.toml")
    return folder


def test_every_file_has_its_row_and_nothing_is_written_outside(hostile: Path, tmp_path: Path) -> None:
    before = {path.as_posix() for path in hostile.parent.rglob("*")}
    done = call("batch", hostile, "--out", tmp_path / "deep" / "out", "--keys", KEYS, "--jobs", "2")
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert {path.as_posix() for path in hostile.parent.rglob("*")} == before
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
    found = rows(tmp_path / "deep" / "out")
    expected = {
        path.relative_to(hostile).as_posix() for path in hostile.rglob("*") if path.name.lower().endswith(".toml")
    }
    expected = {name.replace("\n", "\\n") for name in expected if not (hostile / name).is_dir()}
    expected |= {"loop", "out", "notes.txt"}
    assert {name.removeprefix("'") for name in found} == expected
    for row in found.values():
        assert row["status"] in ("graded", "needs_review") or row["reason"], row
        assert str(hostile) not in row["reason"]


def test_reasons_are_the_right_ones(hostile: Path, tmp_path: Path) -> None:
    grade(hostile, tmp_path / "out")
    found = rows(tmp_path / "out")
    for name, words in (
        ("long.toml", "at most 200 characters, received 10,000"),
        ("loop", "is not followed"),
        ("out", "leads out of the folder"),
        ("passwd.toml", "leads out of the folder"),
        ("null.toml", "leads out of the folder"),
        ("ring-1.toml", "nowhere or in a circle"),
        ("again.toml", "read by its own name"),
        ("pipe.toml", "a pipe, a socket or a device"),
        ("large.toml", "5,000,000 bytes"),
        ("utf16.toml", "UTF-16"),
        ("same-1.toml", "deep/same-2.toml, same-1.toml"),
        ("trouble/trouble-not-toml.toml", "9/4 needs quotes"),
    ):
        assert words in found[name]["reason"], name


def test_nothing_is_live_in_any_file(hostile: Path, tmp_path: Path) -> None:
    grade(hostile, tmp_path / "out", pages=True)
    files = visible(tmp_path / "out")
    pages = [text.decode() for name, text in files.items() if name.endswith((".html", ".md"))]
    assert len(pages) > 20
    script = files["class.html"].decode().partition("<script>")[2].partition("</script>")[0]
    for page in pages:
        page = page.replace(f"<script>{script}</script>", "")  # the one of the class page, which its policy names
        for bad in ("<script", "<img", "\u202e", "\x00"):
            assert bad not in page
    for name, text in files.items():
        if name.endswith(".csv"):
            for cells in csv.reader(text.decode().splitlines()):
                assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]


def test_every_id_has_a_name_of_its_own_inside(hostile: Path, tmp_path: Path) -> None:
    grade(hostile, tmp_path / "out")
    for name in IDS:
        assert report(tmp_path / "out", slug(name.strip()))["student"] == name.strip()
    slugs = [slug(name.strip()).casefold() for name in IDS]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[\w-]{1,60}", one) for one in slugs), "letters, digits, - and _ alone"
    assert slug("دانشجو ۱").startswith("دانشجو-۱-"), "readable in the script in which it was written"
    assert slug(slug("Ali").lower()).casefold() != slug("Ali").casefold()


def test_text_of_students_makes_no_entry_in_the_review_file(hostile: Path, tmp_path: Path) -> None:
    import tomli

    grade(hostile, tmp_path / "out")
    entries = tomli.loads((tmp_path / "out" / "review.toml").read_text("utf-8"))["review"]
    assert {entry["student"] for entry in entries} >= {name.strip() for name in IDS}
    fields = {"assignment", "student", "part", "submission", "answer", "said", "points", "comment", "who"}
    assert all(set(entry) <= fields for entry in entries)


def test_a_file_that_vanishes_while_the_batch_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        write(tmp_path / "in" / f"{name}.toml", submission(name))
    real = scan.read

    def read(found: scan.Found, folder: str) -> object:
        if found.name == "a.toml":
            (tmp_path / "in" / "b.toml").unlink()
        return real(found, folder)

    monkeypatch.setattr(scan, "read", read)
    grade(tmp_path / "in", tmp_path / "out")
    found = rows(tmp_path / "out")
    assert found["b.toml"]["reason"] == "b.toml: no such file"
    assert found["c.toml"]["status"] == "needs_review"


@pytest.mark.skipif(is_root(), reason="root may read everything")
def test_files_and_folders_without_permission(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.toml", submission("a")).chmod(0)
    write(tmp_path / "in" / "b" / "c.toml", submission("c"))
    (tmp_path / "in" / "b").chmod(0)
    try:
        grade(tmp_path / "in", tmp_path / "out")
    finally:
        (tmp_path / "in" / "b").chmod(0o755)
    assert "Permission denied" in rows(tmp_path / "out")["a.toml"]["reason"]
    assert "Permission denied" in rows(tmp_path / "out")["b"]["reason"]


def test_permissions_as_the_system_says_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "in" / "a.toml", submission("a"))
    write(tmp_path / "in" / "b" / "c.toml", submission("c"))
    real = os.listdir

    def listdir(path: str) -> object:
        if str(path).endswith("b"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "listdir", listdir)
    found = [(one.name, str(one.refused)) for one in scan.scan(tmp_path / "in")]
    assert found == [("a.toml", "None"), ("b", "the folder cannot be read: Permission denied")]


@pytest.mark.parametrize("cell", ["=1", " =1", "+1", "-1", "@x", "\tx", "\rx", "＝1"])
def test_cells_that_would_run_do_not(cell: str) -> None:
    assert harmless(cell)[0] == "'"
