"""The command `grader`: a table of commands, each imported when it is called."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

import grader
from grader.cli.boundary import guarded
from grader.errors import UsageError
from grader.messages import sentence
from grader.messages.names import all_near

COMMANDS = {
    "check": "grader.cli.check:check",
    "read": "grader.cli.read:read",
    "batch": "grader.cli.batch:batch",
    "review": "grader.cli.review:review",
    "serve": "grader.cli.serve:serve",
    "tokens": "grader.cli.tokens:tokens",
    "people": "grader.cli.people:people",
    "database": "grader.cli.database:database",
    "import": "grader.cli.import_table:import_table",
    "export": "grader.cli.export:export",
    "keys": "grader.cli.keys:app",
    "template": "grader.cli.template:template",
    "variants": "grader.cli.variants:variants",
    "sheet": "grader.cli.sheet:sheet",
    "init": "grader.cli.init:init",
    "lint": "grader.cli.lint:lint",
    "operations": "grader.cli.operations:operations",
    "schema": "grader.cli.schema:schema",
}
"""Every command and where it is: a command, or a group of them."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called: `grader check` does not wait for the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; the number that it returns is the exit status, however the program is called."""
        try:
            code = super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort from None  # click would print an empty line
        if isinstance(code, int) and code:
            raise click.exceptions.Exit(code)
        return code

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command of that name.

        Raises UsageError, with the nearest name, for an unknown one.
        """
        del ctx
        if cmd_name not in COMMANDS:
            raise _unknown(cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is not a command")
        return command


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


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help", "-h"], "show_default": True},
)
@click.option("--version", is_flag=True, show_default=False, help="Print the version and exit.")
@click.pass_context
def app(context: click.Context, version: bool) -> None:
    """Grade the homework of convolutional-network courses.

    It computes the key from the assignment, gives credit for steps that follow from an earlier error, and names the
    mistake behind a wrong answer.

    \b
    Examples:
      grader check submissions_example/cnn-foundations/paper-000.toml
      grader template cnn-foundations > mine.toml
      grader keys check
    """
    if version:
        click.echo(f"grader {grader.__version__}")
        context.exit()
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        context.exit()


def _speak_utf8() -> None:
    """Write UTF-8 whatever encoding the terminal claims; characters that cannot be encoded become escapes.

    A stream that was closed before the program started is replaced by one that discards what is written.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""

    def call() -> int:
        code = app.main(args=list(arguments), prog_name="grader", standalone_mode=False)
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
    """Exit without tearing the interpreter down, which takes longer than grading a paper; flush output first.

    Called only if this program is the whole process.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
