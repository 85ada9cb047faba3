"""Learning-rate schedules: mistakes with the epoch, the steps and the factor."""

from __future__ import annotations

import math
from typing import Any

from grader.formula.substitution import Alternatives, Occurrence
from grader.misconceptions.registry import misconception
from grader.misconceptions.support.arrays import needs

_SCHEDULES = (
    "step_lr",
    "multi_step_lr",
    "exponential_lr",
    "cosine_annealing_lr",
    "linear_warmup_lr",
    "polynomial_lr",
    "one_cycle_lr",
)


@misconception(
    id="schedule-off-by-one",
    operations=_SCHEDULES,
    equals="the rate of the epoch before, or of the one after, is given",
    repair="Count epochs from 0: the first epoch has the initial rate.",
)
def _neighbour(occurrence: Occurrence) -> Any:
    epoch = occurrence.bound()["epoch"]
    others = [other for other in (epoch - 1, epoch + 1) if other >= 0]
    return Alternatives(tuple(occurrence.changed(epoch=other) for other in others))


@misconception(
    id="schedule-initial-rate",
    operations=_SCHEDULES,
    equals="the initial rate is given",
    repair="Follow the schedule up to the epoch that is asked for.",
)
def _initial(occurrence: Occurrence) -> Any:
    return occurrence.bound()["lr"]


@misconception(
    id="step-lr-smooth",
    operations="step_lr",
    equals="the rate falls a little in every epoch, not in steps",
    repair="Round the quotient of the epoch and the step size down.",
)
def _smooth(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return given["lr"] * given["gamma"] ** (given["epoch"] / given["step_size"])


@misconception(
    id="step-lr-once",
    operations=("step_lr", "multi_step_lr"),
    equals="the rate is multiplied by gamma once, however many steps there were",
    repair="Multiply by gamma at each step that was reached.",
)
def _once(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    needs(occurrence.right() != given["lr"])
    return given["lr"] * given["gamma"]


@misconception(
    id="decay-every-epoch",
    operations=("step_lr", "multi_step_lr"),
    equals="the rate is multiplied by gamma in every epoch",
    repair="Multiply by gamma only where a step is reached.",
)
def _every_epoch(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return given["lr"] * given["gamma"] ** given["epoch"]


@misconception(
    id="decay-linear-in-epochs",
    operations=("exponential_lr", "step_lr"),
    equals="the rate is multiplied by gamma times the number of steps, not by its power",
    repair="Raise gamma to the power of the number of steps.",
)
def _times_steps(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    steps = given["epoch"] // given.get("step_size", 1)
    needs(steps > 1)
    return given["lr"] * given["gamma"] * steps


@misconception(
    id="decay-divided",
    operations="exponential_lr",
    equals="the rate is divided by gamma's power",
    repair="Multiply by gamma in every epoch.",
)
def _divided(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return given["lr"] / given["gamma"] ** given["epoch"]


@misconception(
    id="cosine-not-halved",
    operations="cosine_annealing_lr",
    equals="1 + cos is not halved",
    repair="Halve 1 + cos: it starts at two.",
)
def _not_halved(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return 2 * occurrence.right() - given["eta_min"]


@misconception(
    id="cosine-lowest-rate-ignored",
    operations="cosine_annealing_lr",
    equals="the lowest rate is left out",
    repair="Let the rate fall to the lowest rate, not to zero.",
)
def _lowest_ignored(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["eta_min"] > 0)
    return occurrence.changed(eta_min=0.0)


@misconception(
    id="cosine-whole-turn",
    operations="cosine_annealing_lr",
    equals="a whole turn of the cosine is taken, 2π in place of π",
    repair="Take half a turn: the rate falls from the first epoch to the last.",
)
def _whole_turn(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    angle = 2 * math.pi * given["epoch"] / given["T_max"]
    return given["eta_min"] + (given["lr"] - given["eta_min"]) * (1 + math.cos(angle)) / 2


@misconception(
    id="cosine-as-line",
    operations="cosine_annealing_lr",
    equals="the rate falls along a line",
    repair="Let the rate follow the cosine: it falls slowly at first and at last.",
)
def _along_a_line(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    return given["lr"] + (given["eta_min"] - given["lr"]) * given["epoch"] / given["T_max"]


@misconception(
    id="warmup-from-zero",
    operations="linear_warmup_lr",
    equals="the rate rises from zero",
    repair="Start at the share of the rate that the schedule names.",
)
def _from_zero(occurrence: Occurrence) -> Any:
    given = occurrence.bound()
    share = min(given["epoch"], given["total_iters"]) / given["total_iters"]
    return given["lr"] * given["end_factor"] * share


@misconception(
    id="polynomial-linear",
    operations="polynomial_lr",
    equals="the rate falls along a line",
    repair="Raise the share that is left to the power that is given.",
)
def _linear(occurrence: Occurrence) -> Any:
    needs(occurrence.bound()["power"] != 1)
    return occurrence.changed(power=1.0)
