"""The operation that a call computes or differentiates, and the names of gradients."""

from __future__ import annotations

from grader.core.registry import OPERATIONS
from grader.formula.substitution import Occurrence


def _differentiated(name: str) -> str | None:
    declared = OPERATIONS.get(name)
    return None if declared is None else declared.gradient_of


def base(occurrence: Occurrence) -> str:
    """The operation that is called, or whose gradient is called."""
    return _differentiated(occurrence.operation) or occurrence.operation


def is_gradient(occurrence: Occurrence) -> bool:
    """Whether the call is one of an operation's gradients."""
    return _differentiated(occurrence.operation) is not None


def gradient(operation: str, argument: str) -> str:
    """The name of an operation's gradient with respect to one of its arguments."""
    return f"{operation}_grad_{argument}"


def gradients(argument: str, *operations: str) -> tuple[str, ...]:
    """The names of several operations' gradients with respect to the same argument."""
    return tuple(gradient(operation, argument) for operation in operations)
