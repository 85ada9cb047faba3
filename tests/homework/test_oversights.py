"""What an author may have overlooked: warned of, and never a reason to refuse an assignment."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.homework.files import load_assignment, read_assignment
from grader.homework.oversights import doubtful_shares, doubtful_sizes, oversights
from grader.homework.solution import solve

ROOT = Path(__file__).resolve().parents[2]

TEXT = """\
[assignment]
id = "hw"
shape_order = "CHW"

[[questions]]
id = "q1"
[questions.given]
image = [3, 32, 28]
layers = [{type = "conv2d", out_channels = 8, kernel_size = 3}]
[questions.compute]
shapes = "output_shapes(image, layers)"
[questions.parts]
shapes = 2
why = {points = 1, kind = "text", rubric = [{points = 1, text = "because"}]}
"""


def said(*changes: tuple[str, str]) -> list[str]:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return [str(one) for one in oversights(read_assignment(text.encode(), "hw.toml"))]


def test_nothing_is_said_where_nothing_is_overlooked() -> None:
    assert said() == []
    assert said(('"CHW"', '"HWC"'), ("[3, 32, 28]", "[32, 28, 3]")) == []


def test_a_given_that_no_formula_uses() -> None:
    assert said(("[questions.compute]", "stride = 2\n[questions.compute]")) == ["q1.stride: no formula uses this given"]


def test_a_text_without_a_rubric() -> None:
    assert said((', rubric = [{points = 1, text = "because"}]', "")) == [
        "q1.why: this text has no rubric for who marks it"
    ]


@pytest.mark.parametrize(
    ("order", "shape", "doubted"),
    [
        ("CHW", "[32, 28, 3]", True),
        ("HWC", "[3, 32, 28]", True),
        ("CHW", "[3, 32, 3]", False),
        ("HWC", "[3, 32, 3]", False),
        ("CHW", "[32, 28, 4]", False),
        ("CHW", "[32, 28]", False),
    ],
)
def test_a_shape_in_the_other_order(order: str, shape: str, doubted: bool) -> None:
    question = f"q1.image = {shape}: is this shape in the other order? shape_order is {order}"
    assert said(('"CHW"', f'"{order}"'), ("[3, 32, 28]", shape)) == ([question] if doubted else [])


def test_a_shape_is_known_by_the_argument_that_it_stands_for() -> None:
    other, formula = ("[3, 32, 28]", "[32, 28, 3]"), '"output_shapes(image, layers)"'
    assert len(said((formula, '"scan(output_shape, image, layers)"'), other)) == 1
    assert said((formula, '"image"'), other) == ["q1.layers: no formula uses this given"]


def test_the_assignments_of_this_repository_overlook_nothing() -> None:
    folders = sorted((ROOT / "answer_keys").glob("*/assignment.toml"))
    assert folders
    assert {path.parent.name: [str(one) for one in oversights(load_assignment(path))] for path in folders} == {
        path.parent.name: [] for path in folders
    }


@pytest.mark.parametrize(("key", "warned"), [("TP/10", True), ("100*TP/10", False), ("1 - 0.25", True)])
def test_a_share_where_per_cent_are_asked(key: str, warned: bool, tmp_path: Path) -> None:
    head = '[assignment]\nid = "hw"\n[[questions]]\nid = "q"\n[questions.given]\nTP = 8\n'
    text = f'{head}[questions.compute]\nshare = "{key}"\n'
    folder = tmp_path / "hw"
    folder.mkdir()
    (folder / "assignment.toml").write_text(text + '[questions.parts]\nshare = {points = 1, unit = "%"}\n')
    said = [str(one) for one in doubtful_shares(solve(load_assignment(folder / "assignment.toml")))]
    assert bool(said) == warned
    assert not warned or said[0].startswith("q.share: its key is 0.")


@pytest.mark.parametrize(
    ("compute", "part", "warned"),
    [
        ("(64, 96/4, 64/4)", "1", True),
        ("(64, 96//4, 64//4)", "1", False),
        ("(64, 96/4, 64/4)", '{points = 1, kind = "shape"}', False),
        ("(64, 97/4, 64/4)", "1", False),
        ("[64, 96/4, 64/4]", "1", False),
        ("(0.5, 96/4)", "1", False),
        ("96/4", "1", False),
    ],
)
def test_a_shape_with_a_quotient_is_no_shape_unless_the_author_says_so(
    compute: str, part: str, warned: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "hw"
    folder.mkdir()
    text = f'[assignment]\nid = "hw"\n[[questions]]\nid = "q"\n[questions.compute]\nout = "{compute}"\n'
    (folder / "assignment.toml").write_text(text + f"[questions.parts]\nout = {part}\n")
    said = [str(one) for one in doubtful_sizes(solve(load_assignment(folder / "assignment.toml")))]
    assert bool(said) == warned
    assert not warned or said[0].startswith("q.out: its key is a list of numbers; for a shape, write kind =")
