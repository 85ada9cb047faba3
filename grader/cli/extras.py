"""Commands that need an extra, and the message if it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grader.errors import UsageError
from grader.messages import sentence

SERVICE = ("starlette", "uvicorn", "python_multipart", "sqlalchemy", "alembic", "prometheus_client", "joserfc", "httpx")
"""What the extra `service` installs."""


@contextmanager
def service_extra(command: str) -> Iterator[None]:
    """Report which extra is missing if importing its packages fails."""
    try:
        yield
    except ImportError as problem:
        if (problem.name or "").partition(".")[0] not in SERVICE:
            raise
        said = sentence(
            "grader {command} needs the extra {extra}: python -m pip install '{package}[{extra}]'",
            command=command,
            extra="service",
            package="cnn-homework-grader",
        )
        raise UsageError(said) from None
