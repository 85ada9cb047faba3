"""The five papers, graded by the command as a person calls it: every verdict of the papers' table."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "submissions_example"

FOUNDATIONS, ARCHITECTURES = "cnn-foundations", "cnn-architectures"
MOMENTUM, CAPSULES = "cnn-backprop-momentum", "cnn-pooling-capsules"
PAPERS = {"000": FOUNDATIONS, "001": FOUNDATIONS, "002": ARCHITECTURES, "003": MOMENTUM, "004": CAPSULES}


@cache
def check(path: Path) -> tuple[int, dict[str, Any], str]:
    """Exit status, report and warnings of one call of `grader check`."""
    command = [sys.executable, "-m", "grader", "check", str(path), "--format", "json", "--reveal", "always"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=240, check=False)
    errors = done.stderr.decode()
    assert "Traceback" not in errors
    return done.returncode, json.loads(done.stdout), errors


def paper(number: str) -> dict[str, Any]:
    code, report, _ = check(EXAMPLES / PAPERS[number] / f"paper-{number}.toml")
    assert code == 1
    assert report["student"] == f"paper-{number}"
    return report


def parts(report: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(question["id"], part["id"]): part for question in report["questions"] for part in question["parts"]}


TABLE = {
    "000": {
        ("q1", "g"): "correct",
        ("q1", "why"): "pending",
        ("q2", "role"): "pending",
        ("q3", "conv_shape"): "correct",
        ("q3", "pool_shape"): "correct",
        ("q3", "flat_shape"): "correct",
        ("q3", "dense_shape"): "wrong",
        ("q3", "output_shape"): "wrong",
        ("q4", "O"): "correct",
        ("q4", "Z"): "correct",
        ("q4", "dF"): "missing",
    },
    "001": {
        **{("q1", name): "missing" for name in ("g", "why")},
        ("q2", "role"): "missing",
        **{
            ("q3", name): "missing"
            for name in ("conv_shape", "pool_shape", "flat_shape", "dense_shape", "output_shape")
        },
        **{("q4", name): "correct" for name in ("O", "Z", "dF", "dX")},
    },
    "002": {
        ("q1", "unet_sizes"): "correct",
        ("q1", "unet_params"): "correct",
        ("q2", "dw"): "correct",
        **{("q4", name): "correct" for name in ("densenet", "direct", "reduce", "expand", "total", "saving")},
        ("q4", "branches"): "correct",
        ("q4", "module_total"): "missing",
        ("q4", "offset_channels"): "correct",
        **{("q5", name): "correct" for name in ("k_effective", "out_height", "out_width", "kron", "R1", "R2", "R3")},
        ("q6", "bound"): "wrong",
        **{("q6", name): "correct" for name in ("he_std", "leaky_slope", "elu_slope")},
    },
    "003": {
        ("q1", "shapes"): "correct",
        ("q1", "params"): "correct",
        **{("q3", name): "correct" for name in ("a", "dF", "db")},
        **{("q4", name): "correct" for name in ("y1", "theta1", "y2", "theta2")},
    },
    "004": {
        ("q2b", "avg_kernel"): "correct",
        ("q2b", "max_as_conv"): "correct",
        ("q3", "shapes"): "correct",
        ("q3", "params"): "correct",
        ("q4", "O"): "correct",
        ("q4", "Z"): "correct",
        **{("q4", name): "missing" for name in ("dO", "dF", "dX")},
    },
}


@pytest.mark.parametrize("number", sorted(TABLE))
def test_the_table(number: str) -> None:
    found = parts(paper(number))
    assert not TABLE[number].keys() - found.keys()
    assert {name: found[name]["verdict"] for name in TABLE[number]} == TABLE[number]


@pytest.mark.parametrize("number", sorted(TABLE))
def test_marks_follow_the_verdicts(number: str) -> None:
    report = paper(number)
    for name, part in parts(report).items():
        if part["verdict"] == "correct":
            assert part["score"] == part["max_score"], name
        if part["verdict"] in ("wrong", "missing", "unreadable", "pending", "error"):
            assert part["score"] == 0, name
        assert part["verdict"] not in ("error", "unreadable"), (name, part["message"])
    assert report["max_score"] == 20
    assert report["score"] == pytest.approx(sum(part["score"] for part in parts(report).values()), abs=1e-9)
    pending = sum(part["max_score"] for part in parts(report).values() if part["verdict"] == "pending")
    assert report["pending_points"] == pytest.approx(pending, abs=1e-9)
    assert report["status"] == ("needs_review" if pending else "graded")
    assert report["schema"] == "grader/report/1"


@pytest.mark.parametrize("number", sorted(TABLE))
def test_every_text_that_is_answered_waits_for_a_person(number: str) -> None:
    texts = {name: part for name, part in parts(paper(number)).items() if part["kind"] == "text"}
    assert texts
    for name, part in texts.items():
        assert part["verdict"] == ("missing" if part["submitted"] is None else "pending"), name


def test_000_has_one_cell_of_the_gradient_right() -> None:
    part = parts(paper("000"))["q4", "dX"]
    assert part["verdict"] not in ("correct", "carried", "missing", "unreadable")
    assert part["entries"]["total"] == 9
    assert part["entries"]["correct"] == 1
    assert part["entries"]["wrong"] == [[row, column] for row in range(3) for column in range(3) if row or column]
    assert part["score"] == 0
    assert part["expected"] == [[0, 0.75, 0.75], [0.25, 0.5, 0.25], [0.25, -0.25, -0.5]]


def test_000_keys_are_those_of_the_paper() -> None:
    found = parts(paper("000"))
    assert found["q1", "g"]["expected"] == [
        [0, 20, -70, 20, 0],
        [0, 30, -60, 30, 0],
        [0, 30, -60, 30, 0],
        [0, 30, -60, 30, 0],
        [0, 20, -70, 20, 0],
    ]
    expected = {name: found["q3", name]["expected"] for _, name in found if ("q3", name) in found}
    assert expected == {
        "conv_shape": [14, 14, 32],
        "pool_shape": [7, 7, 32],
        "flat_shape": [1568],
        "dense_shape": [32],
        "output_shape": [5],
    }
    assert found["q4", "O"]["expected"] == [[10, 3], [9, 18]]
    assert found["q4", "Z"]["expected"] == 10
    assert found["q4", "dF"]["expected"] == [[2.25, 3.25], [1.75, 0.75]]


def test_002_has_four_of_sixteen_cells_of_dp2() -> None:
    part = parts(paper("002"))["q2", "dP2"]
    assert part["verdict"] not in ("correct", "carried", "missing", "unreadable")
    assert (part["entries"]["total"], part["entries"]["correct"]) == (16, 4)
    # the paper's rows are w1 w2 w3 w4 twice and w3 w4 w1 w2 twice; right is w1 w1 w2 w2 twice and w3 w3 w4 w4 twice
    printed = ["1234", "1234", "3412", "3412"]
    right = ["1122", "1122", "3344", "3344"]
    wrong = [[row, column] for row in range(4) for column in range(4) if printed[row][column] != right[row][column]]
    assert part["entries"]["wrong"] == wrong


def test_002_numbers() -> None:
    found = parts(paper("002"))
    expected = {name: part["expected"] for (_, name), part in found.items() if part["kind"] == "integer"}
    assert expected["densenet"] == 104
    assert expected["unet_params"] == 73856
    assert (expected["direct"], expected["reduce"], expected["expand"], expected["total"]) == (
        120422400,
        2408448,
        10035200,
        12443648,
    )
    assert found["q4", "saving"]["expected"] == pytest.approx(100 * (120422400 - 12443648) / 120422400, rel=1e-9)
    assert found["q4", "saving"]["unit"] == "%" if "unit" in found["q4", "saving"] else True
    assert len(found["q4", "branches"]["expected"]) == 6
    assert found["q4", "module_total"]["expected"] == sum(found["q4", "branches"]["expected"])
    assert found["q6", "he_std"]["expected"] == pytest.approx((2 / 192) ** 0.5, rel=1e-9)


def test_002_has_the_power_of_ten_of_the_bound() -> None:
    part = parts(paper("002"))["q6", "bound"]
    assert part["verdict"] == "wrong"
    assert "power of ten" in part["message"]
    assert part["expected"] == pytest.approx(2.66e-5, rel=5e-3)


def test_003_has_one_receptive_field_right() -> None:
    part = parts(paper("003"))["q1", "rf_area"]
    assert part["verdict"] not in ("correct", "carried", "missing", "unreadable")
    assert (part["entries"]["total"], part["entries"]["correct"], part["entries"]["wrong"]) == (3, 1, [[1], [2]])
    assert part["expected"] == [49, 225, 361]  # sides 7, 15 = 7 + 4 * 2 and 19 = 15 + 1 * 4
    found = parts(paper("003"))
    assert len(found["q1", "shapes"]["expected"]) == len(found["q1", "params"]["expected"]) == 11


def test_003_numbers() -> None:
    found = parts(paper("003"))
    assert found["q1", "params"]["expected"][:2] == [4736, 51264]
    assert 6554624 in found["q1", "params"]["expected"] or 147584 in found["q1", "params"]["expected"]


def test_004_numbers() -> None:
    found = parts(paper("004"))
    assert found["q3", "shapes"]["expected"] == [[62, 62, 64], [30, 30, 64], [10, 10, 64]]
    assert found["q3", "params"]["expected"] == [4864, 36928, 0]
    assert found["q4", "O"]["expected"] == [[1, 2], [-10, 8]]
    assert found["q4", "dF"]["expected"] == [[2.5, 1.75], [1.25, -1]]
    assert found["q4", "dX"]["expected"] == [[0.5, 0.5, 0], [-0.25, 0, 0.25], [-0.75, -0.5, 0.25]]
    assert found["q2b", "avg_kernel"]["expected"] == [[0.25, 0.25], [0.25, 0.25]]


@pytest.mark.parametrize("assignment", sorted(set(PAPERS.values())))
def test_all_right_earns_every_point_that_a_machine_can_give(assignment: str) -> None:
    code, report, warnings = check(EXAMPLES / assignment / "all-right.toml")
    assert code == 0
    assert warnings == ""
    for name, part in parts(report).items():
        assert part["verdict"] == ("pending" if part["kind"] == "text" else "correct"), name
    assert report["score"] + report["pending_points"] == pytest.approx(20, abs=1e-9)


@pytest.mark.parametrize("assignment", sorted(set(PAPERS.values())))
def test_the_committed_key_is_a_submission_that_earns_the_same(assignment: str) -> None:
    code, report, warnings = check(ROOT / "answer_keys" / assignment / "key.toml")
    assert (code, warnings) == (0, "")
    assert report["student"] == "key"
    for name, part in parts(report).items():
        assert part["verdict"] == ("missing" if part["kind"] == "text" else "correct"), name


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/trouble-*.toml")), ids=lambda path: path.stem)
def test_typical_trouble_gets_one_clear_answer(path: Path) -> None:
    command = [sys.executable, "-m", "grader", "check", str(path), "--format", "json"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=240, check=False)
    report, errors = json.loads(done.stdout), done.stderr.decode()
    assert "Traceback" not in errors
    if path.stem in ("trouble-not-toml", "trouble-unknown-part"):
        assert (done.returncode, report["status"], report.get("questions", [])) == (2, "rejected", [])
        assert path.name in report["message"]
        assert "line" in report["message"]
        return
    verdicts = {part["verdict"] for part in parts(report).values()}
    wanted = {"trouble-carried": "carried", "trouble-unreadable": "unreadable"}.get(path.stem, "correct")
    assert wanted in verdicts
    assert "error" not in verdicts
    if path.stem in ("trouble-rounded", "trouble-formats"):
        assert not verdicts & {"wrong", "partial", "carried", "unreadable"}


def test_there_are_examples_of_trouble() -> None:
    assert len(list(EXAMPLES.glob("*/trouble-*.toml"))) >= 4
    assert {path.parent.name for path in EXAMPLES.glob("*/paper-*.toml")} == set(PAPERS.values())
