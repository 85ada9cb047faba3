"""Every threshold of the search for causes, pinned from both sides, and each one moved to see its pin turn red.

The misconceptions here are made up, so that how many there are and what they predict is known exactly; the expected
numbers of coincidences are worked out in the comments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from grader.answers.comparison import AnswerVector
from grader.marking.diagnosis import (
    evidence,
    hypotheses,
    own_answers,
    predictions,
    search,
    slips,
)
from grader.marking.diagnosis.evidence import OtherParts, WrongAnswer
from grader.marking.diagnosis.predictions import Prediction, PredictionTable
from grader.marking.diagnosis.search import Search
from tests.marking.work import (
    Values,
    evaluations,
    evaluations_on_own_answers,
    evaluations_that_are_kept,
    hypothesis,
    own_answers_that_are_kept,
    tables_whose_slips_are_kept,
    vector,
    wide_families,
    work_of_late_pairs,
    work_of_pairs,
)


def names(
    key: Values,
    answer: Values,
    predicted: Mapping[str, Values],
    decimals: int | None = None,
    absolute: float = 0.0,
) -> set[str]:
    """The ids that are named for an answer, when exactly these misconceptions are known."""
    written = AnswerVector(vector(answer), np.full(len(answer), absolute), 1e-6)
    right = vector(key).values
    wrong = ~written.matches(right[None])[0]
    chance = evidence.cell_chance(written.vector.values, right)
    made = [Prediction((hypothesis(id),), vector(values)) for id, values in predicted.items()]
    known = SimpleNamespace(
        part=SimpleNamespace(id="y", spec=SimpleNamespace(counts=False)),
        key=vector(key),
        right=PredictionTable([Prediction((), vector(key))]),
        singles=made,
        single_tables={vector(key).axes: PredictionTable(made)} if made else {},
        numbers=[float(values[0]) for values in predicted.values() if len(values) == 1],
        pair_tables={},
        late_pair_tables={},
        arithmetic_tables={},
    )
    one = WrongAnswer(written, right, wrong, chance, [decimals] * len(answer))
    found = Search(known, one, None, OtherParts()).best()  # type: ignore[arg-type]
    return {diagnosis.id for diagnosis in found.diagnoses}


def far(count: int, cells: int, start: float = 1e6) -> dict[str, Values]:
    """So many misconceptions that predict nothing near the answer."""
    return {f"far-{index}": [start + 1.37 * (index * cells + cell) for cell in range(cells)] for index in range(count)}


# ------------------------------------------------------------------------------------------------------------- the pins


def significance() -> None:
    """Two of four cells, 20 misconceptions, whole numbers up to m: 20 (6 p^2 (1-p)^2 + ...) with p = 1 / (2 m + 1).

    0.0486 for m = 24 and 0.0528 for m = 23.
    """
    for largest, named in ((24, {"seen"}), (23, set())):
        predicted = {"seen": [5, 8, 11, 2], **far(19, 4)}
        assert names([1, 2, 3, largest], [5, 8, 7, 0], predicted) == named, largest


def crowding_of_whole_numbers() -> None:
    """The key is 100: 200 numbers are about its size, and 35 % of them are 70."""
    for count, named in ((69, {"rule-0"}), (70, set())):
        assert names([100], [130], {f"rule-{index}": [130 - index] for index in range(count)}) == named


def crowding_of_decimals() -> None:
    """Numbers from 0 to 2 are as far from 1 as 1.5, twice over; each 0.01 wide, 35 % of them are 70."""
    for count, named in ((69, {"rule-0"}), (70, set())):
        predicted = {f"rule-{index}": [1.5 - 0.02 * index] for index in range(count)}
        assert names([1.0], [1.5], predicted, absolute=0.005) == named


def small_keys() -> None:
    """A key of 1 counts as 3: of the 6 numbers up to 6, two are fewer than 35 % and three more; 7 is beyond them."""
    assert names([1], [3], {"a": [3], "b": [4]}) == {"a"}
    assert names([1], [3], {"a": [3], "b": [4], "c": [7]}) == {"a"}
    assert names([1], [3], {"a": [3], "b": [4], "c": [6]}) == set()


def far_answers() -> None:
    """31 is beyond three times 10, so 62 numbers are about its size; 30 is not, and 20 are about the key's."""
    crowd = {f"rule-{value}": [value] for value in range(1, 8)}
    assert names([10], [31], {"seen": [31], **crowd}) == {"seen"}
    assert names([10], [30], {"seen": [30], **crowd}) == set()


def reach() -> None:
    """20 is within twice the key, 21 beyond: it does not crowd."""
    crowd = {f"rule-{value}": [value] for value in range(1, 7)}
    assert names([10], [6], {**crowd, "edge": [20]}) == set()
    assert names([10], [6], {**crowd, "edge": [21]}) == {"rule-6"}


def chance_on_no_grid() -> None:
    """One of two cells and a slip in the other: 2 n (1 - 0.999^2) is 0.0480 for n = 12 and 0.0520 for n = 13."""
    for count, named in ((12, {"seen", "one-entry"}), (13, set())):
        predicted = {"seen": [0.123457, 0.765437], **far(count - 1, 2)}
        assert names([0.314159, 0.271829], [0.123457, 0.577217], predicted) == named


def most_chance() -> None:
    """Zero is one of 1.6 whole numbers up to the size of 0.3, and the only size up to 0: both count as one of two."""
    assert evidence.cell_chance(np.zeros((1, 1)), np.full((1, 1), 0.3)) == 1 / 2
    assert evidence.shape_chance(np.zeros((1, 1)), np.zeros((1, 1))) == 1 / 2


def cells_of_the_grid() -> None:
    """The grid is that of the first 200 cells: halves among the others make it no finer."""
    for place, chance in ((199, 1 / 9), (200, 1 / 5)):
        cells = np.full((300, 1), 2.0)
        cells[place] = 0.5
        assert evidence.cell_chance(cells, cells) == chance


def finest_grid() -> None:
    """Sixty-fourths are a grid on which few values lie; sixty-fifths count as none."""
    for part, named in ((64, set()), (65, {"seen", "one-entry"})):
        predicted = {"seen": [3 / part, 7 / part]}
        assert names([1 / part, 5 / part], [3 / part, 9 / part], predicted) == named, part


def share_explained() -> None:
    """21 of 41 wrong entries are half and more, 20 are not."""
    key, seen = [0.11 + 0.7131 * cell for cell in range(41)], [0.52 + 0.9377 * cell for cell in range(41)]
    other = [-0.333 - 0.5573 * cell * cell for cell in range(41)]
    assert names(key, seen[:21] + other[21:], {"seen": seen}) == {"seen"}
    assert names(key, seen[:20] + other[20:], {"seen": seen}) == set()


def share_broken() -> None:
    """40 wrong entries explained and 20 right ones missed; 39 and 21."""
    key, seen = [0.11 + 0.7131 * cell for cell in range(60)], [0.52 + 0.9377 * cell for cell in range(60)]
    assert names(key, key[:20] + seen[20:], {"seen": seen}) == {"seen"}
    assert names(key, key[:21] + seen[21:], {"seen": seen}) == set()


def number_of_alternatives() -> None:
    answer = [0.577217, 1.414214, 2.236068]
    named = names([0.1, 0.2, 0.3], answer, {f"rule-{index}": answer for index in range(8)})
    assert named == {f"rule-{index}" for index in range(6)}


def moves_of_arrays() -> None:
    """All signs after a misconception, two whole numbers up to 30: n 8 / 61^2 is 0.0494 for 23, 0.0516 for 24."""
    for count, named in ((23, {"seen", "sign"}), (24, set())):
        assert names([3, 30], [-7, -4], {"seen": [7, 4], **far(count - 1, 2)}) == named


def moves_of_numbers() -> None:
    """A sign after a misconception, one number of five digits: n 27 0.0001 / 2.469 is 0.0492 for 45, 0.0503 for 46."""
    for count, named in ((45, {"seen", "sign"}), (46, set())):
        predicted = {"seen": [1.2345], **far(count - 1, 1, start=1234.5678)}
        assert names([0.5772], [-1.2345], predicted, decimals=4) == named, count


def percentages() -> None:
    assert names([10.0], [1000.0], {}) == {"percent-for-fraction"}
    assert names([11.0], [1100.0], {}) == {"power-of-ten"}


def least_factor() -> None:
    key = [0.314159, 0.271829, 0.577217]
    assert names(key, [1.0101 * value for value in key], {}) == {"factor"}
    assert names(key, [1.0099 * value for value in key], {}) == set()


def entries_for_a_factor() -> None:
    key = [0.314159, 0.271829]
    assert names(key, [1.7 * value for value in key], {}) == {"factor"}
    assert "factor" not in names(key[:1], [1.7 * key[0]], {})


def entries_for_an_offset() -> None:
    key = [0.314159, 0.271829, 0.577217]
    assert names(key, [1.7 + value for value in key], {}) == {"offset"}
    assert names(key[:2], [1.7 + value for value in key[:2]], {}) <= {"factor"}


def powers_of_ten() -> None:
    assert names([1.5], [1.5e9], {}) == {"power-of-ten"}
    assert names([1.5], [1.5e10], {}) == set()


def entries_around_a_wrong_one() -> None:
    key = [0.314159, 0.271829, 0.577217]
    assert names(key, [*key[:2], 0.9137], {}) == {"one-entry"}
    assert names(key[:2], [key[0], 0.9137], {}) == set()


PINS: list[tuple[Callable[[], None], list[tuple[ModuleType, str]], list[float]]] = [
    (significance, [(evidence, "ALPHA")], [0.048, 0.053]),
    (crowding_of_whole_numbers, [(evidence, "CROWDED")], [0.345, 0.355]),
    (crowding_of_decimals, [(evidence, "CROWDED")], [0.345, 0.355]),
    (small_keys, [(evidence, "SMALLEST")], [2.9, 3.5]),
    (far_answers, [(evidence, "FAR")], [2.9, 3.1]),
    (reach, [(evidence, "REACH")], [1.9, 2.1]),
    (chance_on_no_grid, [(evidence, "FINEST")], [0.95e-3, 1.05e-3]),
    (most_chance, [(evidence, "MOST_CHANCE")], [0.45, 0.55]),
    (cells_of_the_grid, [(evidence, "MOST_OF_GRID")], [199, 201]),
    (finest_grid, [(evidence, "LARGEST_DENOMINATOR")], [63, 65]),
    (share_explained, [(search, "LEAST_EXPLAINED")], [0.48, 0.52]),
    (share_broken, [(evidence, "MOST_BROKEN")], [0.49, 0.54]),
    (number_of_alternatives, [(evidence, "MAX_ALTERNATIVES")], [5, 7]),
    (moves_of_arrays, [(slips, "MOVES")], [7, 9]),
    (moves_of_numbers, [(slips, "MOVES_OF_ONE")], [26, 28]),
    (percentages, [(slips, "LARGEST_SHARE")], [9.0, 12.0]),
    (least_factor, [(slips, "LEAST_CHANGE")], [0.0098, 0.0102]),
    (entries_for_a_factor, [(slips, "LEAST_FOR_FACTOR")], [3]),
    (entries_for_an_offset, [(slips, "LEAST_FOR_OFFSET")], [2, 4]),
    (powers_of_ten, [(slips, "MOST_TENS")], [8, 10]),
    (entries_around_a_wrong_one, [(search, "LEAST_ENTRIES")], [2, 4]),
    (work_of_pairs, [(predictions, "MAX_WORK")], [11_000, 13_000]),
    (work_of_late_pairs, [(predictions, "MAX_LATE_WORK")], [900, 1_100]),
    (evaluations, [(predictions, "MAX_EVALUATIONS")], [1_999, 2_001]),
    (own_answers_that_are_kept, [(own_answers, "MOST_OWN_KEPT")], [19, 21]),
    (evaluations_that_are_kept, [(predictions, "MOST_KEPT")], [49_000, 50_001]),
    (tables_whose_slips_are_kept, [(predictions, "MOST_SLIPPED")], [99_999, 100_002]),
    (wide_families, [(hypotheses, "FEW")], [2, 4]),
    (evaluations_on_own_answers, [(own_answers, "MAX_OWN")], [299, 301]),
]


@pytest.mark.parametrize("pin", [pin for pin, _, _ in PINS], ids=lambda pin: pin.__name__)
def test_a_threshold(pin: Callable[[], None]) -> None:
    pin()


@pytest.mark.parametrize(
    ("pin", "places", "moved"),
    [
        pytest.param(pin, places, moved, id=f"{places[0][1]}-{moved}-{pin.__name__}")
        for pin, places, values in PINS
        for moved in values
    ],
)
def test_a_threshold_that_is_moved_turns_its_pin_red(
    pin: Callable[[], None], places: list[tuple[ModuleType, str]], moved: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in places:
        monkeypatch.setattr(module, name, moved)
    with pytest.raises(AssertionError):
        pin()


def test_no_threshold_is_left_out() -> None:
    """Every number that is named in a module of the search has a pin."""
    modules = (evidence, own_answers, hypotheses, predictions, search, slips)
    named = {
        name
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int | float)
    }
    assert named - {"RANKS", "ZERO", "ZERO_ABSOLUTE"} == {name for _, places, _ in PINS for _, name in places}
