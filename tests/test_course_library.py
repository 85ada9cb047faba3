"""The course library: a right paper earns every point that a machine gives, and typical mistakes are named."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from grader import grade, load_assignment
from grader.marking.report import PartReport

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = sorted(path.name for path in (ROOT / "answer_keys").glob("course-*"))


@cache
def parts(name: str, paper: str) -> dict[str, PartReport]:
    report = grade(load_assignment(ROOT / "answer_keys" / name), ROOT / "submissions_example" / name / f"{paper}.toml")
    return {f"{question.id}.{part.id}": part for question in report.questions for part in question.parts}


def test_the_library_is_listed() -> None:
    assert len(LIBRARY) >= 12
    listed = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    assert [name for name in LIBRARY if f"answer_keys/{name}/assignment.toml" not in listed] == []


@pytest.mark.parametrize("name", LIBRARY)
def test_a_right_paper_earns_all_that_a_machine_gives(name: str) -> None:
    found = {id: part.verdict for id, part in parts(name, "right").items() if part.kind != "text"}
    assert set(found.values()) == {"correct"}, found


NAMED = {
    "course-lenet": {"table.shapes": "shape-valid-as-same", "fields.fields": "rf-no-jump", "one.shape": "shape-ceil"},
    "course-vgg": {"first.weights": "weights-with-biases", "stacks.three": "param-no-cout"},
    "course-blocks": {
        "inception.shapes": "concat-inner-layers",
        "residual.shapes": "add-concatenated",
        "stage.shapes": "add-concatenated",
        "stage.params": "param-no-bias",
    },
    "course-convolution": {"forward.plain": "conv-flip", "transposed.size": "tconv-size-times-stride"},
    "course-pooling": {"pool.largest": "max-as-avg", "pool.d_mean": "avg-no-div", "chain.dA": "relu-no-mask"},
    "course-signals": {"signal.y": "conv-flip", "symbols.dx": "dx-no-rot", "video.params": "param-no-bias"},
    "course-normalization": {"batch.var": "divisor-n-minus-one", "dropout.out": "dropout-not-scaled"},
    "course-losses": {"scores.p": "softmax-no-exp", "regression.mse": "loss-no-mean"},
    "course-optimizers": {
        "momentum.v1": "mom-none",
        "adam.m": "decay-swapped",
        "schedules.step": "decay-linear-in-epochs",
    },
    "course-detection": {
        "overlap.iou": "iou-union-sum",
        "ap.AP": "ap-plain-mean",
        "grid.shape": "yolo-anchors-forgotten",
    },
    "course-attention": {
        "weights.A": "attention-not-scaled",
        "causal.weights": "attention-no-causal-mask",
        "vit.embedding": "dense-no-bias",
    },
    "course-fields-fa": {"shapes.shapes": "shape-valid-as-same", "field.fields": "rf-dilation-ignored"},
    "course-segmentation": {"up.a": "tconv-as-conv", "up.c": "unpool-first-cell", "fit.dice": "dice-as-iou"},
    "course-quiz": {"symbols.out": "shape-no-plus1"},
}


@pytest.mark.parametrize(("name", "causes"), NAMED.items())
def test_typical_mistakes_are_named(name: str, causes: dict[str, str]) -> None:
    found = parts(name, "typical")
    assert {id: [one.id for one in found[id].diagnoses][:1] for id in causes} == {
        id: [cause] for id, cause in causes.items()
    }


def test_errors_are_carried_through_steps_that_a_list_names() -> None:
    found = parts("course-losses", "typical")
    assert found["metrics.precision"].verdict == found["metrics.recall"].verdict == "carried"
