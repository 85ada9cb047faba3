"""What lies in a folder of results is what its rows say: after a kill, without the store, with fewer pages."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.gradebook.folders import KEYS, RIGHT, grade, make_class, submission, visible, write
from tests.gradebook.test_batch_stopped import stopped

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")


def paper(folder: Path, name: str, student: str, mean: int, day: int = 0) -> None:
    """A submission; answers of equal length, so that no size gives a change away."""
    head = f"submitted_at = 2026-01-{day:02}\n" if day else ""
    write(folder / f"{name}.toml", submission(student, RIGHT.replace("Z = 10", f"Z = {mean}"), head=head))


def killed(folder: Path, out: Path, files: int) -> None:
    arguments = ("batch", folder, "--out", out, "--keys", KEYS, "--jobs", "1")
    assert stopped(*arguments, by=signal.SIGKILL, files=files)[0] == -signal.SIGKILL


def calm(folder: Path, tmp_path: Path) -> dict[str, bytes]:
    """What an undisturbed run makes of the folder."""
    grade(folder, tmp_path / "calm", pages=True)
    return visible(tmp_path / "calm")


@pytest.mark.parametrize("files", [4, 6, 7, 8, 9])
def test_killed_while_the_newest_file_s_report_is_written_again(files: int, tmp_path: Path) -> None:
    """Three texts of each of two files are placed, then the newest file's three once more."""
    folder, out = tmp_path / "in", tmp_path / "out"
    paper(folder, "a-new", "ada", 12, day=2)
    paper(folder, "z-old", "ada", 13, day=1)
    killed(folder, out, files)
    grade(folder, out, pages=True)
    assert visible(out) == calm(folder, tmp_path)


def test_an_edit_that_was_taken_back_after_a_kill(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    paper(folder, "ada", "ada", 12)
    grade(folder, out, pages=True)
    paper(folder, "ada", "ada", 13)
    killed(folder, out, 3)
    paper(folder, "ada", "ada", 12)
    assert grade(folder, out, pages=True).marked == 1
    assert visible(out) == calm(folder, tmp_path)


def test_a_name_that_was_corrected_after_a_kill_leaves_no_ghost(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    paper(folder, "a", "adda", 10)
    paper(folder, "b", "ben", 10)
    killed(folder, out, 4)
    assert (out / "reports" / "cnn-foundations" / "adda.json").exists()
    paper(folder, "a", "ada", 10)
    grade(folder, out, pages=True)
    assert visible(out) == calm(folder, tmp_path)


@pytest.mark.parametrize("pages", [True, False])
def test_a_store_that_was_removed_leaves_no_ghost(pages: bool, tmp_path: Path) -> None:
    folder, out = make_class(tmp_path / "in", 3), tmp_path / "out"
    grade(folder, out, pages=True)
    for path in (out / ".grader").glob("store.sqlite3*"):
        path.unlink()
    (folder / "student-001.toml").unlink()
    grade(folder, out, pages=pages)
    grade(folder, tmp_path / "calm", pages=pages)
    assert visible(out) == visible(tmp_path / "calm")


def test_pages_of_another_file_do_not_stay_without_pages(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    paper(folder, "a", "ada", 10)
    grade(folder, out, pages=True)
    (folder / "a.toml").unlink()
    paper(folder, "b", "ada", 99)
    grade(folder, out, pages=False)
    assert not (out / "pages").exists()
