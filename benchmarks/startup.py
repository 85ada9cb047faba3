"""Start-up: the wall time of `grader check` on a paper, as a multiple of the time to import what it is built on.

Both are new processes of this interpreter, measured in turns within one run; the medians are compared. Byte code is
written and used, as it is by what pip installs.

    python benchmarks/startup.py [SUBMISSION] [--runs 15] [--most 1.8]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMPORTS = "import numpy, pydantic, typer, rich, tomli"
PAPER = ROOT / "submissions_example" / "cnn-foundations" / "paper-000.toml"


def seconds(command: list[str], allowed: tuple[int, ...]) -> float:
    """The wall time of one process; an exit code that is not allowed ends the benchmark."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, env=environment)
    taken = time.perf_counter() - start
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(command)} left with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return taken


def main() -> int:
    """Measure, print the two medians and their ratio; 1 when the ratio is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("submission", nargs="?", type=Path, default=PAPER)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--most", type=float, default=1.8)
    options = parser.parse_args()
    base = [sys.executable, "-c", IMPORTS]
    check = [sys.executable, "-m", "grader", "check", str(options.submission)]
    seconds(base, (0,)), seconds(check, (0, 1))  # warm: byte code is written, files are in the cache
    rounds = [(seconds(base, (0,)), seconds(check, (0, 1))) for _ in range(options.runs)]
    base_median = statistics.median(taken for taken, _ in rounds)
    check_median = statistics.median(taken for _, taken in rounds)
    ratio = check_median / base_median
    print(f"imports       {base_median * 1000:7.1f} ms   {IMPORTS}")
    print(f"grader check  {check_median * 1000:7.1f} ms   {options.submission}")
    print(f"ratio         {ratio:7.2f}      (at most {options.most})")
    return 0 if ratio <= options.most else 1


if __name__ == "__main__":
    sys.exit(main())
