"""Several options with boxes and with those called wrong, and pairs written the other way round."""

from __future__ import annotations

import pytest

from grader.answers.option_sets import options_from
from grader.answers.options import option_from
from grader.answers.pairs import pairs_from
from grader.errors import UnreadableError

LAYERS = ("ReLU", "Sigmoid", "Tanh", "Leaky ReLU")
FILTERS = ("blur", "edges", "second derivative")


@pytest.mark.parametrize(
    "written",
    [
        *["[x] ReLU\n[ ] Sigmoid\n[ ] Tanh\n[x] Leaky ReLU", "- [x] A\n- [ ] B\n- [ ] C\n- [x] D"],
        *["[x] A [ ] B [ ] C [x] D", "(x) A ( ) B ( ) C (x) D", "[X] A\n[] B\n[] C\n[X] D", "A ☑\nB ☐\nC ☐\nD ☑"],
        *["☑ ReLU\n☐ Sigmoid\n☐ Tanh\n☑ Leaky ReLU", "✓ ReLU\n✗ Sigmoid\n✗ Tanh\n✓ Leaky ReLU", "[x] A, [ ] B, [x] D"],
        *["A ✓ B ✗ C ✗ D ✓", "[x] ReLU\n[x] Leaky ReLU"],
    ],
)
def test_an_empty_box_is_not_ticked(written: str) -> None:
    assert options_from(written, LAYERS) == ("ReLU", "Leaky ReLU")


@pytest.mark.parametrize("written", ["[ ] A [ ] B", "[x] A [ ] B [x] maybe", "[x] A [ ] A", "[x] [ ] A B", "☑ A ☐ E"])
def test_boxes_without_an_option_of_their_own_are_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        options_from(written, LAYERS)


@pytest.mark.parametrize(
    "written",
    [
        *["A, D (not B, C)", "A and D, not B", "A, D, not C", "A & D but not B", "A D (not C)", "A and D, not B and C"],
        *[
            "ReLU and Leaky ReLU (not Tanh)",
            "A and D, but not B or C",
            "A, D (not B, not C)",
            "A and D (B and C saturate)",
        ],
        *["relu and leaky relu, not sigmoid", "(ReLU, Leaky ReLU)", "A, D (B, C saturate)", "A, D (both)"],
    ],
)
def test_options_called_wrong_behind_the_right_ones(written: str) -> None:
    assert options_from(written, LAYERS) == ("ReLU", "Leaky ReLU")


@pytest.mark.parametrize(
    "written",
    [
        "A, not B, D",
        "A and D (not A)",
        "not B, not C",
        "A, D, not sure",
        "A, D (and C)",
        "A, B (not)",
        "A: x, B: -, C: -, D: x",
    ],
)
def test_what_may_tick_or_not_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        options_from(written, LAYERS)


@pytest.mark.parametrize("written", ["A is wrong", "A (wrong)", "B, not", "B (is incorrect)"])
def test_an_option_that_is_only_denied_is_not_chosen(written: str) -> None:
    with pytest.raises(UnreadableError):
        option_from(written, LAYERS)


@pytest.mark.parametrize(
    "written",
    [
        *["blur = Gauss, edges = Sobel, second derivative = Laplace", "blur-b, edges-a, second derivative-c"],
        *["blur: Gauss\nedges: Sobel\nsecond derivative: Laplace", "blur → b, edges → a, second derivative → c"],
        *["blur (Gauss), edges (Sobel), second derivative (Laplace)", "Gauss = blur, Sobel = edges, Laplace = 3"],
        *["second derivative - Laplace; edges - Sobel; blur - Gauss", "1→b 2→a 3→c", "2, 1, 3", "edges, blur, 3"],
    ],
)
def test_a_pair_may_begin_with_the_choice(written: str) -> None:
    found = pairs_from(written, ("a", "b", "c"), FILTERS, ("Sobel", "Gauss", "Laplace"))
    assert found == ("edges", "blur", "second derivative")


def test_a_pair_is_not_read_in_order_where_it_names_another_item() -> None:
    found = pairs_from(
        "edges = Gauss, max-pool = Sobel, min-pool = Laplace",
        ("a", "b", "c"),
        ("max-pool", "edges", "min-pool"),
        ("Sobel", "Gauss", "Laplace"),
    )
    assert found == ("max-pool", "edges", "min-pool")


ITEMS = ("a", "b", "c", "d")
STAGES = ("pooling", "convolution", "activation", "batch norm")
PLACES = [
    ("first", "second", "third", "fourth"),
    ("1st", "2nd", "3rd", "4th"),
    ("step 1", "step 2", "step 3", "step 4"),
    ("اول", "دوم", "سوم", "چهارم"),
]


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize(
    "written",
    [
        *[
            "b, d, c, a",
            "b -> d -> c -> a",
            "b → d → c → a",
            "bdca",
            "b d c a",
            "(b), (d), (c), (a)",
            ["b", "d", "c", "a"],
        ],
        *["convolution, batch norm, activation, pooling", "convolution → batch norm → activation → pooling"],
        *["1. b\n2. d\n3. c\n4. a", "b, then d, then c, then a", "a-4, b-1, c-3, d-2", "4, 1, 3, 2"],
    ],
)
def test_items_in_the_order_that_is_asked(written: object, places: tuple[str, ...]) -> None:
    assert pairs_from(written, ITEMS, places, STAGES) == (places[3], places[0], places[2], places[1])


@pytest.mark.parametrize("written", ["b, d, c", "b, d, c, c", "b > d > c > a", "b < d < c < a", "b, d, c, e"])
def test_an_order_that_lacks_an_item_or_may_run_backwards_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        pairs_from(written, ITEMS, PLACES[0], STAGES)


def test_items_alone_say_nothing_where_the_choices_are_no_order() -> None:
    with pytest.raises(UnreadableError):
        pairs_from("b, d, c, a", ITEMS, ("kernel", "stride", "ReLU", "mean"), STAGES)


@pytest.mark.parametrize(
    ("written", "chosen"),
    [
        *[("همه به جز B", "ACD"), ("همه‌ی موارد به جز B", "ACD"), ("همه گزینه‌ها غیر از B", "ACD"), ("همه جز ب", "ACD")],
        *[
            ("همه موارد", "ABCD"),
            ("همه‌ی گزینه‌ها", "ABCD"),
            ("همهٔ موارد درست است", "ABCD"),
            ("هیچ‌یک", ""),
            ("هیچ یک", ""),
        ],
        *[("فقط A", "A"), ("A فقط", "A"), ("گزینه‌های A و D", "AD"), ("گزینه های الف و ب", "AB"), ("مورد ب", "B")],
        *[("A درست است", "A"), ("موارد A، B", "AB")],
    ],
)
def test_several_options_in_persian(written: str, chosen: str) -> None:
    assert options_from(written, LAYERS) == tuple(LAYERS["ABCD".index(letter)] for letter in chosen)


@pytest.mark.parametrize("written", ["همه شاید", "نه A", "همه یا A", "هر چهار", "همه به جز E"])
def test_several_options_in_persian_that_are_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        options_from(written, LAYERS)


def test_items_are_lettered_in_persian_too() -> None:
    assert pairs_from("الف-۲، ب-۱، ج-۳", ["a", "b", "c"], FILTERS) == ("edges", "blur", "second derivative")
    with pytest.raises(UnreadableError):
        pairs_from("الف-۲، ب-۱", ["x", "y"], FILTERS)


@pytest.mark.parametrize(
    "written",
    [
        *["a (Sobel) - 2 (edges)\nb (Gauss) - 1 (blur)\nc (Laplace) - 3", "Sobel (a): 2; Gauss (b): 1; Laplace (c): 3"],
        *["a. Sobel: edges\nb. Gauss: blur\nc. Laplace: second derivative", "a is 2, b is 1, c is 3", "a⇒2, b↦1, c⟶3"],
        *[
            "a matches 2, b matches 1, c matches 3",
            "a goes with 2; b goes with 1; c goes with 3",
            "a-2 and b-1 and c-3",
        ],
        *["a - 2 - edges; b - 1 - blur; c - 3 - second derivative", "Sobel is edges, Gauss is blur, Laplace is 3"],
    ],
)
def test_an_item_by_its_name_and_text_and_with_a_verb(written: str) -> None:
    found = pairs_from(written, ("a", "b", "c"), FILTERS, ("Sobel", "Gauss", "Laplace"))
    assert found == ("edges", "blur", "second derivative")


@pytest.mark.parametrize(
    "written",
    ["a!=2, b!=1, c!=3", "a≠2, b≠1, c≠3", "a is not 2, b is 1, c is 3", "a (Gauss) - 2, b - 1", "a - 1 - edges"],
)
def test_a_pair_that_is_denied_or_names_two_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        pairs_from(written, ("a", "b", "c"), FILTERS, ("Sobel", "Gauss", "Laplace"))


@pytest.mark.parametrize(
    "written",
    [
        *["b-d-c-a", "B/D/C/A", "1. b 2. d 3. c 4. a", "order: b d c a", "The order is b, d, c, a", "b, d, c and a"],
        *["b before d before c before a", "b, d, c, and finally a", r"$b \to d \to c \to a$", "2. d, 1. b, 4. a, 3. c"],
    ],
)
def test_an_order_in_words(written: str) -> None:
    assert pairs_from(written, ITEMS, PLACES[0], STAGES) == ("fourth", "first", "third", "second")


@pytest.mark.parametrize(
    "written",
    ["2. d\n1. b\n3. c\n4. e", "b, d/c, a", "b after d after c after a", "b ← d ← c ← a", "b, d, c, a reversed"],
)
def test_an_order_with_other_words_or_items_is_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        pairs_from(written, ITEMS, PLACES[0], STAGES)


@pytest.mark.parametrize(
    "written",
    [
        *["A as well as D", "A, also D", "A and also D", "A (ReLU), D (Leaky ReLU)", "A и D", "A和D", "A, D; not B, C"],
        *[
            "True: A, D. False: B, C",
            "true: A, D; false: B, C",
            "Correct: A, D\nWrong: B, C",
            "A, D are the correct ones",
        ],
        *["Right: ReLU, Leaky ReLU. Wrong: Sigmoid, Tanh", "False: B, C. True: A, D", "falsch: B; richtig: A, D"],
    ],
)
def test_options_under_a_verdict_or_with_other_words_between(written: str) -> None:
    assert options_from(written, LAYERS) == ("ReLU", "Leaky ReLU")


@pytest.mark.parametrize(
    "written",
    [
        *["A ✗ D ✗", "A: no, D: no", "A..D", "A, D ...", "A, D, etc", "A, D and more", "false: A, D", "wrong: B"],
        *["A, D false", "ReLU, Sigmoid wrong", "True: A, D. False: D", "true: A, E"],
    ],
)
def test_options_that_are_only_denied_or_not_all_named_are_asked_about(written: str) -> None:
    with pytest.raises(UnreadableError):
        options_from(written, LAYERS)
