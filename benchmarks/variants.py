"""How long it takes to draw and prove variants of each question of the four assignments with array or layer givens.

    python benchmarks/variants.py [--count 24] [--most 60]

Prints the draws, the proofs and the seconds of each question; exit status 1 when all take longer than `--most`.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from grader.homework.assignment import Assignment
from grader.homework.files import load_assignment
from grader.homework.solution import solve
from grader.homework.vary import VARY, VariantsHeader
from grader.variants.draw import draw_variants

KEYS = Path(__file__).resolve().parents[1] / "answer_keys"


def squares(sizes: list[int], channels: int) -> dict[str, list[list[int]]]:
    return {"choose": [[size, size, channels] for size in sizes]}


VARIED: dict[tuple[str, str], dict[str, Any]] = {
    ("cnn-foundations", "q1"): {"image": {"integers": [0, 9]}, "kernel": {"integers": [-8, 4]}},
    ("cnn-foundations", "q3"): {
        "input_shape": {"choose": [[n, n, c] for n in (28, 32, 36, 40, 44, 48) for c in (1, 3)]},
        "conv.out_channels": {"choose": [16, 24, 32, 48, 64]},
        "conv.kernel_size": {"choose": [3, 5]},
        "dense.out_features": {"choose": [32, 48, 64, 96, 128]},
    },
    ("cnn-foundations", "q4"): {"X": {"integers": [-3, 5]}, "F": {"integers": [-2, 3]}},
    ("cnn-backprop-momentum", "q1"): {
        "layers[0].out_channels": {"choose": [16, 24, 32, 48]},
        "layers[1].out_channels": {"choose": [48, 64, 80, 96]},
        "layers[3].out_channels": {"choose": [96, 112, 128, 160]},
        "layers[6].out_channels": {"choose": [192, 224, 256]},
    },
    ("cnn-backprop-momentum", "q3"): {"X": {"integers": [-3, 5]}, "F": {"integers": [-2, 3]}},
    ("cnn-backprop-momentum", "q4"): {
        "theta0": {"integers": [-3, 3]},
        "first": {"integers": [-2, 2]},
        "second": {"integers": [-2, 2]},
    },
    ("cnn-architectures", "q1"): {"image_size": {"choose": [[n, n] for n in range(96, 512, 16)]}},
    ("cnn-pooling-capsules", "q3"): {
        "input_shape": squares([112, 128, 136, 144, 160], 3),
        "layers[0].out_channels": {"choose": [32, 48, 64, 96]},
        "layers[1].out_channels": {"choose": [32, 48, 64, 96]},
    },
    ("cnn-pooling-capsules", "q4"): {"X": {"integers": [-3, 5]}, "F": {"integers": [-3, 3]}},
}
"""What differs between the variants of each question, as an author would write it."""


def varied(assignment: str, question: str, count: int) -> Assignment:
    """An assignment in which one question varies."""
    refusals: list[Any] = []
    vary = VARY.read(VARIED[assignment, question], ("vary",), refusals)
    assert not refusals, refusals
    asked = load_assignment(KEYS / assignment)
    questions = [one.replaced(vary=vary) if one.id == question else one for one in asked.questions]
    return asked.replaced(questions=questions, variants=VariantsHeader(count=count, seed="autumn"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--most", type=float, default=60, help="seconds in all")
    options = parser.parse_args()
    started = time.process_time()
    for assignment, question in VARIED:
        before = time.process_time()
        (found,) = draw_variants(solve(varied(assignment, question, options.count))).questions
        seconds = time.process_time() - before
        print(f"{assignment} {question}: {found.draws} draws, {found.proofs} proofs, {seconds:.1f} s", flush=True)
    seconds = time.process_time() - started
    print(f"{seconds:.1f} s in all (at most {options.most:g})")
    return 0 if seconds <= options.most else 1


if __name__ == "__main__":
    raise SystemExit(main())
