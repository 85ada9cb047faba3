"""Numbers that are mathematically 0 but about 1e-17 in floating point.

Whether a small number is rounding noise cannot be told from the number: 3 * 1e-14 is tiny but meant, while a sum such
as 0.1 + 0.2 - 0.3 should be 0. It can be told from its terms and factors: when every given and every inner value is
perturbed by a small random share, a product changes by that share of itself, a sum by that share of its terms.

Source: the random rounding of the CESTAC method (Vignes 1993), with larger perturbations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.core.support.inputs import Array
from grader.errors import AuthorError
from grader.formula.arithmetic import is_number, plain
from grader.formula.evaluation import Evaluation
from grader.formula.substitution import Occurrence, Rule, Site, Substitution

NOISE = 1e-12
"""A number that is smaller than this, relative to its terms, is 0."""
PERTURBATION = 1e-6
"""The share by which each number is perturbed."""
RUNS = 3
_DOUBTFUL = 1e-3
"""A number above this is never taken for noise; noise this large needs terms above a billion."""


def settled(evaluation: Evaluation, name: str) -> Any:
    """The value of a name, with rounding noise replaced by 0.0.

    Raises:
        AuthorError: where the name has no value.
    """
    value = evaluation.value(name)
    numbers = _floats(value)
    if numbers is None:
        return value
    sizes = np.abs(numbers)
    small = (sizes > 0) & (sizes < _DOUBTFUL)
    if not small.any() or not (small & (sizes <= NOISE * _largest(evaluation))).any():
        return value
    noise = small & (sizes <= NOISE * _terms(evaluation, name, numbers))
    if not noise.any():
        return value
    return plain(np.where(noise, 0.0, numbers)) if numbers.shape else 0.0


def _floats(value: Any) -> Array | None:
    """A value of floats as an array; None for counts, shapes and values without numbers."""
    if isinstance(value, float):
        return np.array(value)
    if isinstance(value, list) and all(isinstance(item, float) for item in value):
        return np.array(value)
    return value if isinstance(value, np.ndarray) and value.dtype == np.float64 else None


def _largest(evaluation: Evaluation) -> float:
    """The largest number among givens, substituted values and results."""
    at, sizes = [evaluation], [0.0]
    while at[-1].base is not None:
        at.append(at[-1].base)
    for one in at:
        held = (*one.graph.givens.values(), *one.substitution.givens.values(), *one.substitution.values.values())
        sizes += [size for value in (*held, *one.results.values()) for size in _sizes(value)]
    return max(size for size in sizes if np.isfinite(size))


def _sizes(value: Any) -> Iterator[float]:
    if isinstance(value, np.ndarray) and value.dtype == np.float64 and value.size:
        yield float(np.abs(value).max())
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _sizes(item)
    elif is_number(value):
        yield abs(float(min(max(value, -1e300), 1e300)))


def _terms(evaluation: Evaluation, name: str, value: Array) -> Array:
    """For each number, the size of the terms or factors that it came from; 0 where unknown."""
    for whole_numbers in (True, False):
        stream = np.random.default_rng(20)
        try:
            moved = [_floats(_moved(evaluation, stream, whole_numbers).value(name)) for _ in range(RUNS)]
        except AuthorError:
            continue  # perturbed integers no longer work as indices or sizes
        if all(one is not None and one.shape == value.shape for one in moved):
            return np.max([np.abs(one - value) / PERTURBATION for one in moved if one is not None], axis=0)  # type: ignore[no-any-return]
    return np.zeros_like(value)


def _moved(evaluation: Evaluation, stream: np.random.Generator, whole_numbers: bool) -> Evaluation:
    """The same evaluation with every given, substituted value and result perturbed; integer lists too if requested."""
    chain = [evaluation]
    while chain[-1].base is not None:
        chain.append(chain[-1].base)
    givens: dict[str, Any] = dict(evaluation.graph.givens)
    values: dict[Any, Any] = {}
    operations: dict[Site, Rule] = {}
    for one in reversed(chain):
        givens |= one.substitution.givens
        values |= one.substitution.values
        operations |= {site: _moving(None, stream) for site in one.records}
    for one in reversed(chain):
        operations |= {site: _moving(rule, stream) for site, rule in one.substitution.operations.items()}

    def moved(value: Any) -> Any:
        return _shaken(value, stream, whole_numbers)

    return evaluation.graph.evaluate(
        Substitution(
            {node: moved(value) for node, value in values.items()},
            {name: moved(value) for name, value in givens.items()},
            operations,
        )
    )


def _moving(rule: Rule | None, stream: np.random.Generator) -> Rule:
    def moving(occurrence: Occurrence) -> Any:
        result = occurrence.right() if rule is None else plain(occurrence.value_of(rule(occurrence)))
        return _shaken(result, stream, whole_numbers=False)

    return moving


def _shaken(value: Any, stream: np.random.Generator, whole_numbers: bool) -> Any:
    """A float, or an array's cells, each perturbed by a random share of itself; integers in lists if requested."""
    numbers = _floats(value)
    if numbers is None and whole_numbers and isinstance(value, list):
        array = np.array(value) if _regular(value) else None
        numbers = array.astype(np.float64) if array is not None and array.dtype.kind in "if" else None
    if numbers is None:
        return [_shaken(item, stream, whole_numbers) for item in value] if type(value) is list else value
    share = PERTURBATION * stream.uniform(0.5, 1.0, numbers.shape) * stream.choice([-1.0, 1.0], numbers.shape)
    return plain(numbers * (1 + share))


def _regular(value: Any) -> bool:
    """Whether nested lists hold numbers and are not ragged."""
    if not isinstance(value, list):
        return is_number(value)
    sizes = {len(item) if isinstance(item, list) else None for item in value}
    return len(sizes) == 1 and all(map(_regular, value))
