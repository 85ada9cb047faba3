"""Every error becomes one sentence on standard error and exit status 2; no traceback, whatever is raised."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from grader.cli.boundary import guarded
from grader.cli.main import COMMANDS, run
from grader.errors import AuthorError, FaultError, Place, StudentError, UnreadableError, UsageError
from grader.messages import sentence

ROOT = Path(__file__).resolve().parents[2]
SAID = sentence("expected {expected}, received {received}", expected=3, received="\x1b[31m")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AuthorError(SAID, Place("a.toml", 3)), "a.toml: line 3: expected 3, received \\x1b[31m"),
        (StudentError(SAID, Place("b.toml", question="q1")), "b.toml: q1: expected 3, received \\x1b[31m"),
        (UnreadableError(SAID), "expected 3, received \\x1b[31m"),
        (UsageError(SAID), "expected 3, received \\x1b[31m"),
        (FaultError(SAID), "a fault of ours, no verdict on the submission: expected 3, received \\x1b[31m"),
        (FileNotFoundError(2, "No such file", "x.toml"), "x.toml: no such file or folder"),
        (IsADirectoryError(21, "Is a directory", "x"), "x: a file is expected, this is a folder"),
        (NotADirectoryError(20, "Not a directory", "x"), "x: a folder is expected, this is a file"),
        (PermissionError(13, "Permission denied", b"x"), "x: no permission to read or write it"),
        (OSError(28, "No space left on device", "x"), "x: No space left on device"),
        (RecursionError("deep"), "the document is nested too deeply to be read"),
        (MemoryError(), "there is not enough memory for this document"),
        (KeyboardInterrupt(), "interrupted"),
        (click.Abort(), "interrupted"),
        (BrokenPipeError(), "the output was closed before all was written"),
        (
            ZeroDivisionError("by\nzero"),
            "a fault of ours, no verdict on the submission: ZeroDivisionError at cli/boundary.py line ",
        ),
        (click.BadParameter("bad\nvalue"), "invalid value: bad value (see grader --help)"),
    ],
)
def test_every_error_is_one_sentence(error: BaseException, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    def call() -> int:
        raise error

    assert guarded(call) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"grader: {said}")
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_a_very_long_sentence_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    def call() -> int:
        raise StudentError(sentence("{text}", text="x" * 100_000))

    assert guarded(call) == 2
    assert len(capsys.readouterr().err) < 3_000


def test_the_code_of_a_call_is_kept() -> None:
    assert [guarded(lambda code=code: code) for code in (0, 1, 2)] == [0, 1, 2]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek", "x"], "unknown command 'chek': did you mean 'check'? The commands are check, "),
        (["zzzzzz"], "unknown command 'zzzzzz': the commands are check, "),
        (["check"], "missing argument 'SUBMISSION' (see grader check --help)"),
        (["check", "a", "b"], "got unexpected extra argument"),
        (["check", "a", "--formt", "json"], "unknown option '--formt': did you mean '--format'? (see grader check"),
        (["check", "a", "--format", "xml"], "invalid value for '--format': 'xml' is not one of 'terminal', 'markdown'"),
        (["check", "a", "--reveal", "all"], "invalid value for '--reveal': 'all' is not one of 'never', 'wrong'"),
        (["check", "a", "--keys"], "option '--keys' requires an argument (see grader"),
        (["keys"], "a command is missing (see grader keys --help)"),
        (["--nonsense"], "unknown option '--nonsense' (see grader --help)"),
        (["operations", "conv2"], "unknown operation 'conv2': the nearest are conv2d"),
        (["operations", "max_pool2x"], "unknown operation 'max_pool2x': the nearest are max_pool2d, max_unpool2d, "),
        (["operations", "qqqq"], "unknown operation 'qqqq': `grader operations` lists all"),
    ],
)
def test_a_wrong_call(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.lower().startswith(f"grader: {said}".lower())
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[name] for name in COMMANDS] + [["keys", "build"], ["keys", "check"], []])
def test_help_has_examples(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"Usage: {' '.join(['grader', *arguments])}")
    if arguments != ["keys"]:
        assert f"  grader {' '.join(arguments)}" in shown.partition("Examples:")[2]


def test_help_lists_every_command_with_a_whole_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2].split("\n")
    lines = [line.split(maxsplit=1) for line in listed if line.strip()]
    assert [name for name, _ in lines] == list(COMMANDS)
    assert all(text.endswith(".") and not text.endswith("...") for _, text in lines)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    import grader

    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"grader {grader.__version__}\n"


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX closes the stream")
@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_a_stream_that_is_closed_is_nobody_s_fault(closed: str) -> None:
    paper = ROOT / "submissions_example" / "cnn-foundations" / "paper-000.toml"
    command = f'"{sys.executable}" -m grader check "{paper}" {closed}'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert "fault" not in done.stderr + done.stdout
