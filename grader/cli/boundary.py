"""The one place where an error becomes what a person reads: one sentence on standard error, and exit status 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import click

from grader.errors import FaultError, GraderError
from grader.messages import Sentence, sentence
from grader.messages.languages import LANGUAGES, SOURCE, Language, Say, right_to_left
from grader.reports.sanitise import shorten, visible

FAILED = 2
_LONGEST = 2_000
_say: ContextVar[Say] = ContextVar("say", default=str)


def speak(code: str) -> Language:
    """Set the language of errors and warnings by its code, and return it."""
    language = LANGUAGES[code]
    _say.set(language)
    return language


def guarded(call: Callable[[], int]) -> int:
    """The exit status of the call; 2 if it raises anything, which is reported in one sentence."""
    speak(SOURCE)
    try:
        code = call()
        sys.stdout.flush()
    except BrokenPipeError:
        _close_output()
        return FAILED
    except (Exception, KeyboardInterrupt) as error:
        say(explain(error))
        return FAILED
    return code


def say(words: str) -> None:
    """Print one line on standard error."""
    print(f"grader: {words}", file=sys.stderr)


def warn(said: Sentence) -> None:
    """Print a warning on standard error, in the language that was set."""
    tell = _say.get()
    say(visible(tell(sentence("warning: {said}", said=said)), isolates=right_to_left(tell)))


def explain(error: BaseException) -> str:
    """What went wrong, in one sentence for the person who can fix it."""
    said, tell = _explained(error), _say.get()
    words = tell(said) if isinstance(said, Sentence) else str(said)
    return shorten(visible(words, isolates=right_to_left(tell)), _LONGEST)


def _explained(error: BaseException) -> Sentence | str:
    if isinstance(error, FaultError):
        return sentence("a fault of ours, no verdict on the submission: {said}", said=str(error))
    if isinstance(error, GraderError):
        return error.located
    if isinstance(error, click.ClickException):
        return _wrong_call(error)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return sentence("interrupted")
    if isinstance(error, RecursionError):
        return sentence("the document is nested too deeply to be read")
    if isinstance(error, MemoryError):
        return sentence("there is not enough memory for this document")
    if isinstance(error, OSError):
        return _system(error)
    return sentence(
        "a fault of ours, no verdict on the submission: {kind} at {place}: {said}",
        kind=type(error).__name__,
        place=_deepest(error),
        said=str(error),
    )


def _wrong_call(error: click.ClickException) -> str:
    """What is wrong with the call: the nearest option, and where to read more."""
    context = getattr(error, "ctx", None)
    path = getattr(context, "command_path", None) or "grader"
    if type(error).__name__ == "NoArgsIsHelpError":
        return f"a command is missing (see {path} --help)"
    if type(error).__name__ == "NoSuchOption":
        near = getattr(error, "possibilities", None)
        said = f": did you mean {sorted(near)[0]!r}?" if near else ""
        return f"unknown option {getattr(error, 'option_name', '')!r}{said} (see {path} --help)"
    said = " ".join(str(getattr(error, "format_message", error.__str__)()).split())
    return f"{said[:1].lower()}{said[1:].rstrip('.')} (see {path} --help)"


def _system(error: OSError) -> Sentence:
    name = error.filename if error.filename is not None else "the output"
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if isinstance(error, FileNotFoundError):
        return sentence("{name}: no such file or folder", name=name)
    if isinstance(error, IsADirectoryError):
        return sentence("{name}: a file is expected, this is a folder", name=name)
    if isinstance(error, NotADirectoryError):
        return sentence("{name}: a folder is expected, this is a file", name=name)
    if isinstance(error, PermissionError):
        return sentence("{name}: no permission to read or write it", name=name)
    return sentence("{name}: {reason}", name=name, reason=error.strerror or type(error).__name__)


def _deepest(error: BaseException) -> str:
    """The innermost frame of this package in the traceback, such as `marking/mark.py line 12`."""
    package = Path(__file__).resolve().parents[1]
    place, step = "an unknown line", error.__traceback__
    while step is not None:
        path = Path(step.tb_frame.f_code.co_filename)
        if package in path.parents:
            place = f"{path.relative_to(package).as_posix()} line {step.tb_lineno}"
        step = step.tb_next
    return place


def _close_output() -> None:
    """Report that standard output is closed, and keep the interpreter from reporting it again at exit."""
    say(str(sentence("the output was closed before all was written")))
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
