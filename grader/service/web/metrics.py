"""Metrics in the text format of Prometheus.

They are kept by its own client, which adds up those of several workers through shared files; doing that by hand would
need a protocol of our own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable for the shared files; the client reads it when imported."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The metrics of this process; with several workers, of all."""

    def __init__(self) -> None:
        """All figures are zero."""
        from prometheus_client import CollectorRegistry, Counter, Histogram
        from prometheus_client.multiprocess import MultiProcessCollector

        own = CollectorRegistry()
        self._requests = Counter(
            "grader_requests", "Requests that were answered.", ("method", "route", "status"), registry=own
        )
        self._seconds = Histogram(
            "grader_request_seconds", "Seconds until a request was answered.", ("route",), buckets=BUCKETS, registry=own
        )
        self._all = own
        if SHARED in os.environ:
            self._all = CollectorRegistry()
            MultiProcessCollector(self._all)  # type: ignore[no-untyped-call]

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All figures."""
        from prometheus_client import generate_latest

        return generate_latest(self._all)


@contextmanager
def shared_figures() -> Iterator[None]:
    """Let the processes started within the block add up their metrics."""
    folder = tempfile.mkdtemp(prefix="grader-metrics-")
    os.environ[SHARED] = folder
    try:
        yield
    finally:
        del os.environ[SHARED]
        shutil.rmtree(folder, ignore_errors=True)
