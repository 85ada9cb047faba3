"""The command `grader`: a table of commands, each imported when it is called."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

import grader
from grader.cli.boundary import guarded
from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.names import all_near

COMMANDS = {
    "check": "grader.cli.check:check",
    "read": "grader.cli.read:read",
    "batch": "grader.cli.batch:batch",
    "import": "grader.cli.import_table:import_table",
    "export": "grader.cli.export:export",
    "keys": "grader.cli.keys:app",
    "template": "grader.cli.template:template",
    "init": "grader.cli.init:init",
    "lint": "grader.cli.lint:lint",
    "operations": "grader.cli.operations:operations",
    "schema": "grader.cli.schema:schema",
}
"""Every command and where it is: a function, or a Typer application of its own for a group of commands."""


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are asked for: `grader check` does not wait for the others."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; the number that it returns is the exit code, however the program is called."""
        code = super().invoke(ctx)
        if isinstance(code, int) and code:
            raise typer.Exit(code)
        return code

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, built from its function; an unknown name is answered with the nearest."""
        del ctx
        if cmd_name not in COMMANDS:
            raise _unknown(cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(cmd_name)(found)
        return typer.main.get_command(single)


def _unknown(name: str) -> UsageError:
    near = all_near(name, COMMANDS, most=1)
    if near:
        return UsageError(
            sentence(
                "unknown command {name!r}: did you mean {nearest!r}? The commands are {allowed}",
                name=name,
                nearest=near[0],
                allowed=", ".join(COMMANDS),
            )
        )
    return UsageError(
        sentence("unknown command {name!r}: the commands are {allowed}", name=name, allowed=", ".join(COMMANDS))
    )


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Grade the homework of convolutional-network courses.

    Keys are computed from the assignment, errors are followed, causes are named.

    \b
    Examples:
      grader check submissions_example/cnn-foundations/paper-000.toml
      grader template cnn-foundations > mine.toml
      grader keys check
    """
    if version:
        typer.echo(f"grader {grader.__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit


def _speak_utf8() -> None:
    """Write UTF-8 whatever the terminal says that it is; what cannot be written is shown as an escape.

    A stream that was closed from the start takes what is written, and nobody reads it.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


_INTERRUPTED = 130
"""What some releases of typer make of Ctrl-C, and say nothing."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code: the whole program but for leaving it."""
    command = typer.main.get_command(app)

    def call() -> int:
        code = command.main(args=list(arguments), prog_name="grader", standalone_mode=False)
        if code == _INTERRUPTED:
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0

    return guarded(call)


def main() -> None:
    """The entry point of the command line."""
    _speak_utf8()
    code = run(sys.argv[1:])
    if sys._getframe(1).f_globals.get("__name__") == "__main__":
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """End the process at once: to take NumPy and pydantic apart piece by piece costs more than grading a paper.

    Only where this program is the process; all that it wrote is handed over first.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
