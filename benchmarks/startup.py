"""Start-up: the time of `grader check` on a paper, as a multiple of the time to import what it is built on.

Every run is a new process of this interpreter; the runs alternate, and medians are compared. Processor time decides:
it is nearly the wall time on an idle machine, and hardly moves on a busy one. Byte code is written and used, as it is
by what pip installs. BLAS has one thread: its others only wait, and processor time counts their waiting for both sides.

    python benchmarks/startup.py [SUBMISSION ...] [--runs 15] [--most 1.6]

Without arguments two papers are graded: a short one with a named mistake, and one whose key has formulas, whose texts
`grader check` must not search for.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMPORTS = "import numpy, pydantic, typer, rich, tomli"
EXAMPLES = ROOT / "submissions_example"
PAPERS = [EXAMPLES / "cnn-foundations" / "paper-000.toml", EXAMPLES / "cnn-architectures" / "all-right.toml"]


def measured(command: list[str], allowed: tuple[int, ...]) -> tuple[float, float]:
    """Processor and wall seconds of one process; an exit status that is not allowed ends the benchmark."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["OPENBLAS_NUM_THREADS"] = "1"
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, env=environment)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main() -> int:
    """Measure and print medians and ratios; 1 when a ratio is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("submissions", nargs="*", type=Path, default=PAPERS)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--most", type=float, default=1.6)
    options = parser.parse_args()
    commands = {IMPORTS: [sys.executable, "-c", IMPORTS]}
    for paper in options.submissions:
        shown = paper.relative_to(ROOT) if paper.is_relative_to(ROOT) else paper
        commands[f"grader check {shown}"] = [sys.executable, "-m", "grader", "check", str(paper)]
    for command in commands.values():
        measured(command, (0, 1))  # warm: byte code is written, files are in the cache
    runs = [{name: measured(command, (0, 1)) for name, command in commands.items()} for _ in range(options.runs)]
    worst = 0.0
    base = [statistics.median(run[IMPORTS][kind] for run in runs) for kind in (0, 1)]
    for name in commands:
        processor, wall = (statistics.median(run[name][kind] for run in runs) for kind in (0, 1))
        ratio = processor / base[0]
        worst = max(worst, ratio)
        print(
            f"{processor * 1000:7.1f} ms   {ratio:5.2f}   (wall {wall * 1000:7.1f} ms, {wall / base[1]:5.2f})   {name}"
        )
    print(f"at most {options.most}")
    return 0 if worst <= options.most else 1


if __name__ == "__main__":
    sys.exit(main())
