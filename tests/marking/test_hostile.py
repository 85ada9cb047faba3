"""Bad input by the front door: one clear sentence and exit 2, or an unreadable part; quick, small, no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader.homework.files import read_assignment
from tests.marking.homework import graded, said

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS, MEGABYTES = 20.0, 300.0
"""What no input may exceed; the seconds leave room for a machine that does other things."""

LAUNCHER = """
import os, sys
pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A small process between: a child's memory is counted from that of the process that starts it."""

ASSIGNMENT = """\
[assignment]
id = "small"
title = "Small"
[[questions]]
id = "q4"
[questions.given]
X = [[2, 3, 4], [3, 1, 5]]
[questions.compute]
O = "X * 0.5"
n = "7"
size = "(3, 4)"
R = "w + d"
[questions.symbols]
w = [2, 9]
d = [1, 4]
[questions.parts]
O = 3
n = 1
size = 1
R = 1
why = {points = 1, kind = "text"}
"""
HEAD = 'assignment = "small"\nstudent = "student-01"\n[answers.q4]\n'


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course") / "answer_keys" / "small"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(ASSIGNMENT)
    return folder.parent


def check(keys: Path, data: bytes, *options: str) -> tuple[int, str, str]:
    """Exit status, output and errors of `grader check`; the bounds of time and memory hold."""
    path = keys.parent / "paper.toml"
    path.write_bytes(data)
    command = [sys.executable, "-m", "grader", "check", str(path), "--keys", str(keys), *options]
    out, err = keys.parent / "out", keys.parent / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        launched = subprocess.run(
            [sys.executable, "-c", LAUNCHER, *command], cwd=ROOT, stdin=subprocess.PIPE, stdout=stdout, stderr=stderr
        )
    *errors_said, last = err.read_text().splitlines(keepends=True)
    used, kilobytes = map(float, last.split())
    assert used < SECONDS, f"{used:.1f} s of processor"
    assert kilobytes / 1024 < MEGABYTES
    output, errors = out.read_text(), "".join(errors_said)
    assert "Traceback" not in output + errors
    assert "\x1b" not in output + errors
    assert len(output) <= 60_000
    return launched.returncode, output, errors


def read(keys: Path, data: bytes) -> tuple[int, dict[str, Any]]:
    code, output, _ = check(keys, data, "--format", "json")
    report = json.loads(output)
    assert (report["status"] == "rejected") == (code == 2)
    return code, report


def rejected(keys: Path, data: bytes, *words: str) -> None:
    code, report = read(keys, data)
    assert code == 2
    assert not report.get("questions")
    assert "paper.toml" in report["message"]
    assert "\n" not in report["message"].strip()
    assert len(report["message"]) < 1000
    for word in words:
        assert word in report["message"], report["message"]


def unreadable(keys: Path, data: bytes, name: str) -> dict[str, Any]:
    code, report = read(keys, data)
    assert (code, report["status"]) == (1, "needs_review")
    part = {part["id"]: part for part in report["questions"][0]["parts"]}[name]
    assert (part["verdict"], part["score"]) == ("unreadable", 0)
    assert part["message"]
    return part


REJECTED = {
    "not toml": ("this is no TOML", "line 1"),
    "fraction without quotes": (HEAD + "n = 9/4\n", "line 4", "quotes"),
    "curly quotes": (HEAD + "n = “7”\n", "line 4"),
    "not utf-8": (b"\xff\xfe\x00", "UTF-8"),
    "latin-1": (HEAD.encode() + b"n = '\xe9'\n", "UTF-8"),
    "empty": ("",),
    "only comments": ("# nothing\n",),
    "too large": (b"#" + b"x" * 50_000_000, "5"),
    "nested 10,000 deep": (HEAD + "O = " + "[" * 10_000 + "]" * 10_000,),
    "10,000 digits": (HEAD + "n = " + "7" * 10_000 + "\n",),
    "unknown assignment": (HEAD.replace("small", "smal"), "smal", "small"),
    "unknown question": (HEAD.replace("q4", "q5") + "n = 7\n", "line 3", "q5", "q4"),
    "unknown part": (HEAD + "nn = 7\n", "line 4", "nn", "'n'"),
    "unknown field": ("name = 'x'\n" + HEAD, "line 1", "name"),
    "no student": (HEAD.replace('student = "student-01"\n', ""), "student"),
    "long student": (HEAD.replace("student-01", "x" * 201), "200"),
    "path for an assignment": (HEAD.replace("small", "../small"),),
}


@pytest.mark.parametrize("name", REJECTED)
def test_a_document_that_cannot_be_graded(keys: Path, name: str) -> None:
    data, *words = REJECTED[name]
    rejected(keys, data if isinstance(data, bytes) else data.encode(), *map(str, words))


UNREADABLE = {
    "nan": ("n", "nan"),
    "inf": ("O", "[[inf, 1, 1], [1, 1, 1]]"),
    "1e400": ("O", "[[1e400, 1, 1], [1, 1, 1]]"),
    "1e999999999": ("n", "1e999999999"),
    "1e999999999 in quotes": ("O", "[['1e999999999', 1, 1], [1, 1, 1]]"),
    "tower": ("R", "'9**9**9**9'"),
    "tower for a number": ("n", "'9**9**9**9'"),
    "no value": ("R", "'w + 1/0'"),
    "minus signs": ("R", "'" + "-" * 20_000 + "w'"),
    "minus signs for a number": ("n", "'" + "-" * 20_000 + "7'"),
    "brackets": ("R", "'" + "(" * 20_000 + "w" + ")" * 20_000 + "'"),
    "bool": ("n", "true"),
    "date": ("size", "2026-03-01"),
    "table": ("O", "{a = 1}"),
    "ragged": ("O", "[[1, 2, 3], [4]]"),
    "too deep": ("O", "[" * 60 + "1" + "]" * 60),
    "tuples": ("O", "'" + ", ".join(["(1, 2, 3, 4, 5, 6, 7, 8, 9)"] * 30) + " x('"),
    "digits": ("n", "'" + "7" * 100_000 + "'"),
    "control codes": ("n", '"\\u001b[31m7\\u0007"'),
    "markup": ("n", "'[red]7[/red] <script>'"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_answer_that_cannot_be_read(name: str) -> None:
    part, answer = UNREADABLE[name]
    start = time.process_time()
    report = graded(read_assignment(ASSIGNMENT.encode(), "assignment.toml"), f"[answers.q4]\n{part} = {answer}\n")
    assert time.process_time() - start < SECONDS
    found = {entry.id: entry for entry in report.parts}[part]
    assert found.score == 0
    assert (found.verdict, report.status) == ("unreadable", "needs_review")
    assert said(found)
    assert "\x1b" not in said(found)


@pytest.mark.parametrize(
    "name", ["1e400", "1e999999999", "tower for a number", "minus signs", "ragged", "control codes"]
)
def test_an_answer_that_cannot_be_read_by_the_front_door(keys: Path, name: str) -> None:
    part, answer = UNREADABLE[name]
    unreadable(keys, f"{HEAD}{part} = {answer}\n".encode(), part)


@pytest.mark.parametrize("depth", [9, 150, 300])
def test_a_value_too_deep_is_one_unreadable_part(keys: Path, depth: int) -> None:
    unreadable(keys, (HEAD + "n = 7\nO = " + "[" * depth + "1" + "]" * depth).encode(), "O")


@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_control_codes_and_markup_stay_text(keys: Path, form: str) -> None:
    evil = '"\\u001b]0;x\\u0007\\u001b[31m [bold]<img src=x> \\u202e \\u0000 | `x`"'
    text = HEAD.replace('"student-01"', '"[red]student\\u001b[31m"') + f"n = {evil}\nwhy = {evil}\nR = {evil}\n"
    code, output, errors = check(keys, text.encode(), "--format", form)
    assert code in (1, 2)
    for character in "\x00\x07\x1b\u202e":
        assert character not in output + errors


def test_exit_statuses(keys: Path) -> None:
    right = "O = [[1, 1.5, 2], [1.5, 0.5, 2.5]]\nn = 7\nsize = '3x4'\nR = 'w + d'\n"
    code, report = read(keys, (HEAD + right + "why = 'because'\n").encode())
    assert (code, report["status"], report["score"]) == (0, "needs_review", 6)
    code, report = read(keys, (HEAD + right).encode())
    assert (code, report["status"], report["score"]) == (0, "graded", 6)
    code, report = read(keys, (HEAD + right.replace("7", "8")).encode())
    assert (code, report["status"], report["score"]) == (1, "graded", 5)
    code, report = read(keys, HEAD.encode())
    assert (code, report["status"], report["score"]) == (1, "graded", 0)


def test_bom_and_crlf_are_accepted(keys: Path) -> None:
    text = (HEAD + "n = 7\n").replace("\n", "\r\n").encode("utf-8-sig")
    _, report = read(keys, text)
    assert report["score"] == 1


def test_a_long_answer_is_cut_in_the_report(keys: Path) -> None:
    _, report = read(keys, (HEAD + "why = '" + "x" * 100_000 + "'\n").encode())
    part = next(part for part in report["questions"][0]["parts"] if part["id"] == "why")
    assert part["verdict"] == "pending"
    assert len(part["submitted"]) <= 2_001


def test_a_paper_that_is_all_wrong_is_as_quick(keys: Path) -> None:
    from tests.marking.test_three_digits import Net, student, toml

    rows = [
        [7.1, -3.3, 2.7, 4.9, 1.3],
        [0.7, 8.9, -6.1, 3.7, 2.9],
        [5.3, 1.9, 4.1, -2.3, 6.7],
        [3.1, 2.2, 9.7, 0.3, 1.7],
    ]
    net = Net(rows, [[1.37, -0.59], [0.83, 2.11]], 17.27, (1, 1), (0, 0))
    folder = keys / "net"
    folder.mkdir()
    header = '[assignment]\nid = "net"\n[[questions]]\nid = "q4"\n'
    (folder / "assignment.toml").write_text(header + net.text())
    answers = student(net, lambda value: f"{value:.1e}", True)
    check(keys, (HEAD.replace("small", "net") + toml(answers)).encode())
