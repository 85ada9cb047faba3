"""Rate limits: a token bucket for each person or address."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

STATIC = (".css", ".js")
"""How addresses of files end that everybody may have, from memory and without limit."""


class Rate(NamedTuple):
    """Requests per second in the long run, and how many at once."""

    second: float
    burst: int


class Limiter:
    """Buckets of one rate, for at most `most` people or addresses; the least recently seen is dropped.

    A bucket that is full again is the same as none, and is not kept.
    """

    def __init__(self, rate: Rate, most: int = 50_000, clock: Callable[[], float] = time.monotonic) -> None:
        """All buckets are full."""
        self.rate = rate
        self.most = most
        self.clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """Take a token from this name's bucket: 0 if there was one, else the seconds until there is."""
        now = self.clock()
        with self._lock:
            left, seen = self._buckets.pop(name, (float(self.rate.burst), now))
            left = min(float(self.rate.burst), left + (now - seen) * self.rate.second)
            enough = left >= 1
            self._buckets[name] = (left - 1 if enough else left, now)
            full = now - self.rate.burst / self.rate.second
            while len(self._buckets) > self.most or next(iter(self._buckets.values()))[1] < full:
                self._buckets.popitem(last=False)
        return 0.0 if enough else (1 - left) / self.rate.second
