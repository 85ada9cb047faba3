"""What authors get wrong in variants, and what they read of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import load_assignment
from grader.cli.main import run
from grader.errors import AuthorError
from grader.homework.files import read_assignment
from tests.variants.test_draw import COUNT, QUESTION, TEXT, VARY, drawn, place

# -- what authors get wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("X = {", "Y = {"), "'Y' is not a given of the question; given: X, F, pool, size"),
        (("X = {integers = [-3, 5]}", '"conv.padding" = {choose = [1, 2]}'), "'conv' is not a given of the question"),
        (
            ("X = {integers = [-3, 5]}", '"pool.units" = {choose = [1, 2]}'),
            "the layer 'max_pool2d' has no option 'units'; its options: kernel_size, stride, ceil_mode",
        ),
        (("X = {integers = [-3, 5]}", '"X.units" = {choose = [1, 2]}'), "'X.units': expected a layer before 'units'"),
        (
            ("X = {integers = [-3, 5]}", "size = {integers = [-3, 5]}"),
            "integers draws every entry of an array of numbers, received 28; one value is drawn by choose",
        ),
        (("[-3, 5]", "[5, -3]"), "expected two integers, the lower one first, such as [-3, 5], received 5, -3"),
        (("zeros = 1", "zeros = 4"), "expected fewer zeros than the array has entries, 4, received 4"),
        (("count = 6", "count = 0"), "expected count as an integer from 1 to 500, received 0"),
        (('seed = "autumn"', 'seed = ""'), "expected a seed of 1 to 200 characters, received ''"),
        ((VARY, ""), "variants needs a question with [questions.vary], received none"),
        (
            ('variants = {count = 6, seed = "autumn"}', ""),
            "[questions.vary] needs variants in [assignment], such as variants = {count = 24, seed = 'autumn'}",
        ),
        (("{integers = [-3, 5]}", "{}"), "expected either integers = [low, high] or choose = [...]"),
        (
            ("{integers = [-3, 5]}", "{choose = [[[1, 2], [3, 4]], [[1, 2], [3, 5]]]}"),
            "expected choices in the form of",
        ),
        (
            ("X = {integers = [-3, 5]}", "pool.kernel_size = {choose = [2, 3]}"),
            'an option of a layer is written in quotes, such as "conv.kernel_size" = {choose = [3, 5]}',
        ),
    ],
)
def test_what_cannot_vary_is_said(change: tuple[str, str], said: str) -> None:
    assert change[0] in TEXT
    with pytest.raises(AuthorError) as caught:
        read_assignment(TEXT.replace(*change).encode(), "hw.toml")
    assert said in str(caught.value.located)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("O[0, 0] != Z", "O[0, 0] + Z"),
            "expected keep to hold conditions, such as O[0, 0] != Z, received O[0, 0] + Z",
        ),
        (("O[0, 0] != Z", "O[0, 0] == 999"), "because the condition O[0, 0] == 999 does not hold; widen the ranges"),
        (
            (
                QUESTION + VARY,
                QUESTION.replace("size = 28", "size = 28\nother = 1")
                + "[questions.vary]\nother = {choose = [1, 2]}\n\n",
            ),
            "nothing that varies reaches a part: vary what a part is computed from",
        ),
        (
            (VARY, "[questions.vary]\nsize = {choose = [28, 32]}\n\n"),
            "q: only 2 of 6 variants were found",
        ),
    ],
)
def test_too_few_variants_name_the_rule_that_refused_most(
    change: tuple[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert change[0] in TEXT
    assert run(["keys", "build", str(place(tmp_path, TEXT.replace(*change)))]) == 2
    assert said in capsys.readouterr().err


MIXED = """\
[assignment]
id = "hw"
variants = {count = 6, seed = "autumn"}

[[questions]]
id = "q"
prompt = "X = {{ X }}, a = {{ a }}"

[questions.given]
X = [1, 2]
a = 4

[questions.vary]
X = {choose = [[3, 4], [1.5, 2.5], [7, 9], [2.5, 3.5]]}
a = {choose = [4, 5, 6, 7]}

[questions.compute]
y = "3 * X"
h = "a / 2"

[questions.parts]
y = 2
h = 2
"""
"""Counts where X is of whole numbers, `-` is 0 in them; numbers where it is not."""


def test_every_variant_is_read_as_the_base_is(tmp_path: Path) -> None:
    from grader.service.forms.previews import Previewer

    keys = place(tmp_path, MIXED)
    assert run(["keys", "build", str(keys)]) == 0
    solution = load_assignment(keys / "hw").solution
    base = Previewer.of(solution).specs
    assert base["q", "y"].counts
    variants = [solution.variant(id) for id in drawn(keys)]
    assert [Previewer.of(one).specs for one in variants] == [base] * COUNT
