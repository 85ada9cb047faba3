"""`grader serve` in a process of its own, for tests that speak to its port."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.gradebook.folders import ROOT, command


@contextmanager
def running(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """The host and port of a course that is served; nothing may be written as an error."""
    process = subprocess.Popen(
        command("serve", folder, "--port", "0", *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    assert process.stdout is not None
    with process:
        try:
            found = urlsplit(process.stdout.readline().partition(": ")[2].strip())
            assert found.hostname is not None
            assert found.port is not None
            yield found.hostname, found.port
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=120)
            assert "Traceback" not in error
            assert process.returncode == 0
        finally:
            process.kill()
