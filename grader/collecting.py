"""How often garbage is collected: hardly ever in a short command, regularly in a long-running program.

A collection of all modules takes as long as grading a paper, and reference counts free what grading leaves behind.
"""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """For a command that ends soon; call it before anything large is imported."""
    gc.set_threshold(200_000, 20, 20)


def collect_regularly() -> None:
    """For a program that runs for long, whatever it set at start."""
    gc.set_threshold(5_000, 10, 10)


def keep_what_is_loaded() -> None:
    """For a service that is ready: what exists now stays, and leaving it out of collections keeps pauses short."""
    gc.collect()
    gc.freeze()
