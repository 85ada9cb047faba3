"""Throughput of `grader batch`, as multiples of reading and tomli-parsing the same files in one process.

Each figure is the cost of one more submission: the time for the larger folder less that for the smaller one, so that
start-up is taken out. Of one process, processor time counts, as other work on the machine hardly changes it; two
processes are compared with one by the wall. All commands run in turn, round after round, and the quietest run of each
counts: what slows a whole round down slows every command of it. BLAS has one thread, as its others only wait. The files
lie in memory where the system has such a folder (/dev/shm), so that the disk does not decide; name another place with
--where.

    python benchmarks/batch.py [--small 2000] [--large 20000] [--rounds 7] [--where DIR] [--only marks|processes|pages]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

PARSING = """
import sys, tomli
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.toml")):
    tomli.loads(path.read_bytes().decode())
"""
# Runs the command that follows, then says its processor time and its peak memory.
MEASURING = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""


@dataclass
class Taken:
    """Processor time and wall time in seconds, and peak memory in KB."""

    processor: float
    wall: float
    memory: int


@dataclass
class Cost:
    """Processor and wall seconds that one more submission costs, and the ratio of the peaks of memory."""

    processor: float
    wall: float
    growth: float


def measured(command: list[str]) -> Taken:
    """Run a command, whose exit status may be 0 or 1."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["OPENBLAS_NUM_THREADS"] = "1"
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURING, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} left with {done.returncode}: {done.stderr}")
    processor, memory = done.stdout.split()[-2:]
    return Taken(float(processor), taken, int(memory))


class Bench:
    """The two folders and the commands."""

    def __init__(self, where: Path, small: int, large: int, rounds: int) -> None:
        """Generate both folders."""
        from classes import Class

        from grader.homework.files import load_assignment
        from grader.homework.solution import solve

        self.where = where
        self.counts = (small, large)
        self.rounds = rounds
        generated = Class(solve(load_assignment(ROOT / "answer_keys" / "cnn-foundations")))
        for count in self.counts:
            generated.write(where / str(count), count)

    def parsing(self, count: int) -> Taken:
        """Read and parse, and nothing else."""
        return measured([sys.executable, "-c", PARSING, str(self.where / str(count))])

    def batch(self, count: int, *options: str) -> Taken:
        """A first run into a new folder."""
        out = self.where / "out"
        shutil.rmtree(out, ignore_errors=True)
        command = [sys.executable, "-m", "grader", "batch", str(self.where / str(count)), "--out", str(out)]
        try:
            return measured([*command, "--keys", str(ROOT / "answer_keys"), *options])
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def costs(self, commands: Mapping[str, Callable[[int], Taken]]) -> dict[str, Cost]:
        """What one more submission costs each command, all of them run in turn."""
        runs: dict[tuple[str, int], list[Taken]] = {}
        for number in range(1, self.rounds + 1):
            for name, run in commands.items():
                for count in self.counts:
                    runs.setdefault((name, count), []).append(run(count))
            print(f"round {number} of {self.rounds} is done", file=sys.stderr, flush=True)
        return {name: self._cost(name, *(quietest(runs[name, count]) for count in self.counts)) for name in commands}

    def _cost(self, name: str, small: Taken, large: Taken) -> Cost:
        more = self.counts[1] - self.counts[0]
        processor, wall = (large.processor - small.processor) / more, (large.wall - small.wall) / more
        growth = large.memory / small.memory
        print(
            f"{name:24} {processor * 1e6:8.1f} us a submission   (wall {wall * 1e6:8.1f} us)   "
            f"peak {small.memory / 1024:.0f} and {large.memory / 1024:.0f} MB ({growth:.2f})"
        )
        return Cost(processor, wall, growth)


def quietest(taken: Sequence[Taken]) -> Taken:
    """The least times and the most memory of several runs."""
    return Taken(min(one.processor for one in taken), min(one.wall for one in taken), max(one.memory for one in taken))


def main() -> int:
    """Measure and judge; 1 when a ratio is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=2_000)
    parser.add_argument("--large", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--where", type=Path)
    parser.add_argument("--only", choices=("pages", "marks", "processes"))
    options = parser.parse_args()
    memory = Path("/dev/shm")
    parent = options.where or (memory if memory.is_dir() and os.access(memory, os.W_OK) else None)
    where = Path(tempfile.mkdtemp(dir=parent))
    try:
        return judged(Bench(where, options.small, options.large, options.rounds), options.only)
    finally:
        shutil.rmtree(where, ignore_errors=True)


PARSE, ONE, TWO, PAGES = "reading and parsing", "marks, 1 process", "marks, 2 processes", "pages, 1 process"


def judged(bench: Bench, only: str | None) -> int:
    """Print every ratio beside its limit."""
    commands: dict[str, Callable[[int], Taken]] = {PARSE: bench.parsing}
    if only in (None, "marks", "processes"):
        commands[ONE] = lambda count: bench.batch(count, "--no-pages", "--jobs", "1")
    if only in (None, "processes"):
        commands[TWO] = lambda count: bench.batch(count, "--no-pages", "--jobs", "2")
    if only in (None, "pages"):
        commands[PAGES] = lambda count: bench.batch(count, "--jobs", "1")
    costs = bench.costs(commands)
    verdicts = []

    def judge(name: str, value: float, limit: float, at_least: bool = False) -> None:
        good = value >= limit if at_least else value <= limit
        verdicts.append(good)
        print(f"    {name}: {value:.2f} (at {'least' if at_least else 'most'} {limit}) {'' if good else 'MISSED'}")

    for name, limit in ((ONE, 8), (PAGES, 20)):
        if name in costs:
            judge(f"{name}, times parsing", costs[name].processor / costs[PARSE].processor, limit)
    if TWO in costs:
        judge("rate of two processes over one", costs[ONE].wall / costs[TWO].wall, 1.5, at_least=True)
    for name in costs:
        if name != PARSE:
            judge(f"{name}, peak memory", costs[name].growth, 1.2)
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
