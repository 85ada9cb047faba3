"""Reading leaves nothing for the garbage collector: an error kept in a cycle keeps every frame of its request alive."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from grader.homework.solution import open_solution
from grader.service.forms.previews import Previewer

ROOT = Path(__file__).resolve().parents[2]
TEXTS = (
    "abc {n}",
    "{n} or 7",
    "1,{n},3;",
    "[[1,{n}],[3]]",
    "f({n}x",
    "(1, {n}, 3) or (2,2,2)",
    "{n}x{n}x??",
    "np.exp([1,{n}])",
    "y = {n} / 0",
    "\\frac{{1}}{{{n}}}",
    "x^{n}^{n}",
)


@pytest.mark.parametrize("assignment", ["cnn-foundations", "course-blocks", "course-fields-fa", "course-segmentation"])
def test_nothing_is_left_for_the_garbage_collector(assignment: str) -> None:
    previewer = Previewer.of(open_solution(ROOT / "answer_keys" / assignment))
    for text in TEXTS:  # whatever is loaded or compiled on first use
        for question, part in previewer.specs:
            previewer.preview(question, part, text.format(n=99))
    gc.collect()
    gc.disable()
    try:
        for place, text in enumerate(TEXTS):
            for question, part in previewer.specs:
                previewer.preview(question, part, text.format(n=200 + place))
        assert gc.collect() == 0
    finally:
        gc.enable()
