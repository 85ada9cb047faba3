"""Long runs of one character, up to what a submission may hold, are read in a moment, and read the same."""

from __future__ import annotations

from contextlib import suppress
from time import process_time

import pytest

from grader.answers import guess_spec, plain, read_answer
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

LONG = 20_000
SPECS = [
    AnswerSpec("array", rank=1, counts=True, axes=(2,)),
    AnswerSpec("array", rank=1, axes=(2,), labels=("TP", "FP")),
    AnswerSpec("array", rank=2, axes=(2, 3)),
    AnswerSpec("shape", axes=(3,), order="CHW"),
    AnswerSpec("integer", counts=True),
    AnswerSpec("number", unit="MB"),
    AnswerSpec("set"),
    AnswerSpec("formula", symbols=("x", "y")),
]
RUNS = [" ", "\t", "\n", "\u00a0", " \t", "(", "[", "{", "-", "=", ":", "\\", "1", "a", "x", "= ", "-\n", ": "]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.kind}-{spec.rank}")
@pytest.mark.parametrize("run", RUNS, ids=repr)
def test_a_long_run_is_read_in_a_moment(run: str, spec: AnswerSpec) -> None:
    long = run * (LONG // len(run))
    start = process_time()
    for text in (long, f"1{long}1", f"28x28x6{long}(C)", f"{long}1, 2"):
        with suppress(UnreadableError):
            read_answer(text, spec)
    assert process_time() - start < 4


@pytest.mark.parametrize("blanks", [" " * 101, " " * LONG, " \n" * 5_000])
def test_many_blanks_divide_entries_as_one_does(blanks: str) -> None:
    assert plain(read_answer(f"1{blanks}2", SPECS[0])) == [1, 2]
    assert plain(read_answer([f"1{blanks}", "2"], SPECS[0])) == [1, 2]


def test_a_number_is_not_shortened() -> None:
    assert plain(read_answer("1" * 150, AnswerSpec("integer", counts=True))) == int("1" * 150)


def test_free_text_stays_as_written() -> None:
    text = f"a{' ' * 200}b"
    assert read_answer(text, AnswerSpec("text")).value == text


def test_a_guess_is_made_in_a_moment() -> None:
    start = process_time()
    guess_spec(f"1{' ' * LONG}1")
    assert process_time() - start < 2
