"""Schedules: the learning rate at an epoch, computed from the initial rate. Epochs count from 0.

The arguments are those of the classes of torch.optim.lr_scheduler, whose closed forms these are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from grader.core.registry import operation
from grader.core.support.inputs import entries, is_sequence, one_of, real, shown, switch, whole

_STRATEGIES = ("cos", "linear")
_MOST_STEPS = 10**15


def _at(lr: float, epoch: int) -> tuple[float, int]:
    return real(lr, "lr", 0.0), whole(epoch, "epoch")


def _multiplied(lr: float, gamma: float, times: int) -> float:
    """lr gamma^times; a rate that overflows raises ValueError."""
    factor = real(gamma, "gamma", 0.0)
    try:
        # from here on every power of a number below 1 is 0 in float64
        return float(lr * factor ** min(times, 10**18))
    except OverflowError:
        raise ValueError(f"expected a rate below 1.8e308, received {lr:g} times a power of {factor:g}") from None


@operation(topic="schedule", stepped=True)
def step_lr(lr: float, epoch: int, step_size: int, gamma: float = 0.1) -> float:
    """The rate that is multiplied by gamma every step_size epochs: lr gamma^(epoch // step_size).

    Raises ValueError for a negative rate, epoch or gamma and a step_size below 1. Source:
    torch.optim.lr_scheduler.StepLR.

    >>> step_lr(1, 7, 3, gamma=0.5)
    0.25
    """
    initial, now = _at(lr, epoch)
    return _multiplied(initial, gamma, now // whole(step_size, "step_size", 1))


@operation(topic="schedule", stepped=True)
def multi_step_lr(lr: float, epoch: int, milestones: Sequence[int], gamma: float = 0.1) -> float:
    """The rate that is multiplied by gamma at each of the milestones that the epoch has reached.

    Raises ValueError for a negative rate, epoch, gamma or milestone. Source: torch.optim.lr_scheduler.MultiStepLR.

    >>> multi_step_lr(1, 8, [3, 8, 10], gamma=0.5)
    0.25
    """
    initial, now = _at(lr, epoch)
    if not is_sequence(milestones):
        raise ValueError(f"expected milestones as a list of epochs, received {shown(milestones)}")
    reached = sum(whole(each, "every milestone") <= now for each in entries(milestones))
    return _multiplied(initial, gamma, reached)


@operation(topic="schedule", stepped=True)
def exponential_lr(lr: float, epoch: int, gamma: float) -> float:
    """The rate that is multiplied by gamma in every epoch: lr gamma^epoch.

    Raises ValueError for a negative rate, epoch or gamma. Source: torch.optim.lr_scheduler.ExponentialLR.

    >>> exponential_lr(8, 3, 0.5)
    1.0
    """
    initial, now = _at(lr, epoch)
    return _multiplied(initial, gamma, now)


@operation(topic="schedule", stepped=True)
def cosine_annealing_lr(lr: float, epoch: int, T_max: int, eta_min: float = 0.0) -> float:  # noqa: N803 - PyTorch's name
    """The rate that falls along half a cosine: eta_min + (lr - eta_min) (1 + cos(pi epoch / T_max)) / 2.

    After T_max epochs it rises again, as in PyTorch.

    Raises ValueError for a negative rate or epoch and a T_max below 1. Source: Loshchilov and Hutter, "SGDR" (2017);
    torch.optim.lr_scheduler.CosineAnnealingLR.

    >>> cosine_annealing_lr(1, 5, 10)
    0.5
    """
    initial, now = _at(lr, epoch)
    least, period = real(eta_min, "eta_min", 0.0), whole(T_max, "T_max", 1)
    # the angle is taken within one period, so that the rate repeats exactly
    return least + (initial - least) * (1 + math.cos(math.pi * (now % (2 * period) / period))) / 2


@operation(topic="schedule", stepped=True)
def linear_warmup_lr(
    lr: float, epoch: int, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
) -> float:
    """The rate that goes in equal steps from lr start_factor at epoch 0 to lr end_factor at epoch total_iters.

    Raises ValueError for a negative option, a start_factor of 0 or above 1, an end_factor above 1 and a total_iters
    below 1. Source: torch.optim.lr_scheduler.LinearLR.

    >>> linear_warmup_lr(1, 2, start_factor=0.5, total_iters=4)
    0.75
    """
    initial, now = _at(lr, epoch)
    first, last = real(start_factor, "start_factor", 0.0, 1.0), real(end_factor, "end_factor", 0.0, 1.0)
    if first == 0:
        raise ValueError("expected start_factor to be above 0, received 0")
    steps = whole(total_iters, "total_iters", 1)
    return initial * (first + (last - first) * (min(now, steps) / steps))


@operation(topic="schedule", stepped=True)
def polynomial_lr(lr: float, epoch: int, total_iters: int = 5, power: float = 1.0) -> float:
    """The rate that falls to 0 at epoch total_iters: lr (1 - epoch / total_iters)^power.

    Raises ValueError for a negative option and a total_iters below 1. Source: torch.optim.lr_scheduler.PolynomialLR.

    >>> polynomial_lr(1, 2, total_iters=4, power=2)
    0.25
    """
    initial, now = _at(lr, epoch)
    steps, exponent = whole(total_iters, "total_iters", 1), real(power, "power", 0.0)
    return float(initial * (1 - min(now, steps) / steps) ** exponent)


def _between(start: float, end: float, share: float, strategy: str) -> float:
    """The rate at a share of the way from start to end, along a line or half a cosine."""
    if strategy == "linear":
        return start + (end - start) * share
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


def _total(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    """The number of steps, given as such or as epochs times steps."""
    if total_steps is not None:
        return whole(total_steps, "total_steps", 1)
    if epochs is None or steps_per_epoch is None:
        raise ValueError("expected total_steps, or epochs and steps_per_epoch, received neither")
    return whole(epochs, "epochs", 1) * whole(steps_per_epoch, "steps_per_epoch", 1)


@operation(topic="schedule", stepped=True)
def one_cycle_lr(
    lr: float,
    epoch: int,
    max_lr: float | None = None,
    total_steps: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: str = "cos",
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
    three_phase: bool = False,
) -> float:
    """The rate of the one-cycle policy at step `epoch`: up to max_lr, then down far below the first one.

    As in PyTorch the first rate is max_lr / div_factor and the last one is that over final_div_factor; lr is max_lr
    where that is not given, and counts nothing where it is. total_steps may be given as epochs and steps_per_epoch.
    The rise takes the share pct_start of the steps; with three_phase the rate falls to the first one in as many steps,
    then to the last one. anneal_strategy is "cos" or "linear".

    Raises ValueError for an epoch that is not below the number of steps, options out of range and an unknown strategy.
    Source: Smith and Topin, "Super-Convergence" (2018); torch.optim.lr_scheduler.OneCycleLR.

    >>> round(one_cycle_lr(1, 0, total_steps=10), 6), one_cycle_lr(1, 2, total_steps=10)
    (0.04, 1.0)
    """
    now, steps = whole(epoch, "epoch"), _total(total_steps, epochs, steps_per_epoch)
    if steps > _MOST_STEPS:
        raise ValueError(f"expected at most {_MOST_STEPS} steps, received {steps}")
    if now >= steps:
        raise ValueError(f"expected epoch below the number of steps {steps}, received {now}")
    top = real(lr if max_lr is None else max_lr, "max_lr", 0.0)
    share, strategy = real(pct_start, "pct_start", 0.0, 1.0), one_of(anneal_strategy, "anneal_strategy", _STRATEGIES)
    first = top / real(div_factor, "div_factor", 1.0)
    last = first / real(final_div_factor, "final_div_factor", 1.0)
    phases = [(share * steps - 1, first, top), (steps - 1.0, top, last)]
    if switch(three_phase, "three_phase"):
        phases = [(share * steps - 1, first, top), (2 * share * steps - 2, top, first), (steps - 1.0, first, last)]
    begin = 0.0
    for end, low, high in phases:
        if now <= end:
            return _between(low, high, (now - begin) / (end - begin) if end > begin else 1.0, strategy)
        begin = end
    return last
