"""Finding and opening documents; an id never leads out of the folder of the keys."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from grader.errors import AuthorError, StudentError, UsageError
from grader.homework.files import (
    assignment_ids,
    find_assignment,
    find_keys_dir,
    load_assignment,
)
from grader.homework.toml import MAX_BYTES, read_bytes, read_stream
from tests.homework.documents import ASSIGNMENT


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("hw", "cnn-foundations"):
        folder = tmp_path / "answer_keys" / name
        folder.mkdir(parents=True)
        (folder / "assignment.toml").write_text(ASSIGNMENT.replace('"hw"', f'"{name}"'), encoding="utf-8")
    (tmp_path / "answer_keys" / "notes").mkdir()
    (tmp_path / "assignment.toml").write_text(ASSIGNMENT, encoding="utf-8")
    return tmp_path


def test_an_assignment_is_loaded_from_its_file_or_folder(course: Path) -> None:
    folder = course / "answer_keys" / "hw"
    assert load_assignment(folder) == load_assignment(folder / "assignment.toml")


def test_the_folder_must_have_the_name_of_the_assignment(course: Path) -> None:
    path = course / "answer_keys" / "hw" / "assignment.toml"
    path.write_text(ASSIGNMENT.replace('"hw"', '"hw5"'), encoding="utf-8")
    with pytest.raises(AuthorError) as caught:
        load_assignment(path)
    assert str(caught.value) == (
        f"{path}: line 2: expected the id of the assignment to be the name of its folder 'hw', received 'hw5'"
    )


def test_a_file_of_another_name_may_hold_any_id(tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"
    path.write_text(ASSIGNMENT, encoding="utf-8")
    assert load_assignment(path).id == "hw"


def test_known_assignments_are_the_folders_that_hold_one(course: Path) -> None:
    assert assignment_ids(course / "answer_keys") == ["cnn-foundations", "hw"]
    assert find_assignment(course / "answer_keys", "hw") == course / "answer_keys" / "hw"


@pytest.mark.parametrize(
    ("id", "said"),
    [
        (
            "cnn-fundations",
            "unknown assignment 'cnn-fundations': did you mean 'cnn-foundations'? known: cnn-foundations, hw",
        ),
        ("HW", "unknown assignment 'HW': did you mean 'hw'? known: cnn-foundations, hw"),
        ("..", "unknown assignment '..'; known: cnn-foundations, hw"),
        ("", "unknown assignment ''; known: cnn-foundations, hw"),
        (".", "unknown assignment '.'; known: cnn-foundations, hw"),
        ("notes/../zzz", "unknown assignment 'notes/../zzz'; known: cnn-foundations, hw"),
        ("/etc", "unknown assignment '/etc'; known: cnn-foundations, hw"),
        ("a\x00\x1b[2J", "unknown assignment 'a\\x00\\x1b[2J'; known: cnn-foundations, hw"),
        ("q" * 9999, f"unknown assignment '{'q' * 59}…'; known: cnn-foundations, hw"),
    ],
)
def test_an_unknown_or_odd_id_is_answered_with_the_known_ones(course: Path, id: str, said: str) -> None:
    with pytest.raises(StudentError) as caught:
        find_assignment(course / "answer_keys", id)
    assert str(caught.value) == said


def test_an_unknown_assignment_is_said_with_its_place(course: Path) -> None:
    with pytest.raises(StudentError) as caught:
        find_assignment(course / "answer_keys", "hww", "paper.toml", b"student = 's'\nassignment = 'hww'")
    assert str(caught.value) == (
        "paper.toml: line 2: unknown assignment 'hww': did you mean 'hw'? known: cnn-foundations, hw"
    )


def test_the_keys_are_found_in_the_order_of_the_rules(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner, outside = course / "a" / "b", course / "elsewhere"
    inner.mkdir(parents=True)
    outside.mkdir()
    monkeypatch.delenv("GRADER_KEYS", raising=False)
    monkeypatch.chdir(inner)
    assert find_keys_dir() == course / "answer_keys"
    monkeypatch.setenv("GRADER_KEYS", str(outside))
    assert find_keys_dir() == outside
    assert find_keys_dir(given=inner) == inner


def test_the_keys_are_found_above_the_submission(
    course: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path_factory.mktemp("away")
    monkeypatch.delenv("GRADER_KEYS", raising=False)
    monkeypatch.chdir(away)
    (course / "submissions").mkdir()
    assert find_keys_dir(submission=course / "submissions" / "paper.toml") == course / "answer_keys"
    with pytest.raises(UsageError) as caught:
        find_keys_dir()
    assert str(caught.value) == (f"no folder answer_keys in {str(away)!r} or above: name it with --keys or GRADER_KEYS")


def test_a_folder_of_keys_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a folder of assignments, received "):
        find_keys_dir(given=tmp_path / "none")


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StudentError) as missing:
        read_bytes(tmp_path / "none.toml")
    assert str(missing.value) == f"{tmp_path / 'none.toml'}: no such file"
    with pytest.raises(StudentError, match=r"received a folder|cannot be read"):
        read_bytes(tmp_path)
    with pytest.raises(AuthorError):
        load_assignment(tmp_path / "none.toml")


def test_an_endless_stream_is_read_only_as_far_as_a_document_goes() -> None:
    assert len(read_stream(io.BytesIO(b"#" * (MAX_BYTES + 1000)))) == MAX_BYTES + 1
