"""Lists beside words: what the list alone leaves open, words do not decide."""

from __future__ import annotations

import pytest

from grader.answers import read_answer
from grader.answers.spec import AnswerSpec
from grader.errors import UnreadableError

COUNTS = AnswerSpec("array", 1, counts=True)


@pytest.mark.parametrize("written", ["64,128,256 filters", "layers 64,128,256", "filters 64,128,256"])
def test_a_list_without_spaces_is_asked_about_as_it_is_without_its_words(written: str) -> None:
    for spec in (COUNTS, AnswerSpec("array", 1, counts=True, axes=(3,))):
        with pytest.raises(UnreadableError):
            read_answer("64,128,256", spec)
        with pytest.raises(UnreadableError):
            read_answer(written, spec)


@pytest.mark.parametrize("written", ["3×3, 5×5", "(3,3), (5,5)"])
def test_sides_are_among_the_readings_where_the_number_of_entries_is_not_known(written: str) -> None:
    found = [[entry.value for entry in one.value] for one in read_answer(written, COUNTS).all]
    assert [3, 5] in found
    assert [3, 5] in [
        [entry.value for entry in one.value]
        for one in read_answer(written, AnswerSpec("array", 1, counts=True, axes=(2,))).all
    ]
